#!/usr/bin/env python3
"""How `outlive run` plays: several at once, interrupted, into several reports.

    test_run.py PROGRAM
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

from runs import SCENARIOS, open_terminal, run

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"

SHORT = SCENARIOS / "first-steps"
# Hours of work for a machine, so that it is interrupted on the way.
ENDLESS = """title = "Endless"
duration = "400h"
[[instance]]
name = "valkey"
[environment]
TENSORZERO_VALKEY_URL = "valkey://valkey"
[[traffic]]
kind = "cache"
rate = "1000/s"
prompts = 5
[[check]]
kind = "errors"
"""


class Run(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def test_several_at_once_are_the_same_plays_in_the_same_order(self):
        files = sorted((SCENARIOS / "policies").glob("*.toml"))
        # On standard error a slow machine is told how far the plays are.
        one_by_one = run(PROGRAM, "run", *files, "--format", "json", "--jobs", 1)[:2]
        self.assertEqual(run(PROGRAM, "run", *files, "--format", "json", "--jobs", 4)[:2], one_by_one)
        self.assertEqual([one["file"] for one in json.loads(one_by_one[1])["scenarios"]], list(map(str, files)))

    def test_an_instance_of_another_profile_plays_alike_in_a_process_of_its_own(self):
        text = (SHORT / "mended.toml").read_text()
        old = self.write("old.toml", text.replace("[[instance]]\n", '[[instance]]\nprofile = "valkey-8.0"\n'))
        by_profile = [json.loads(run(PROGRAM, "run", file, "--format", "json", *words)[1])["scenarios"][0]["digest"]
                      for file, *words in ((SHORT / "mended.toml",), (old,), (old, "--target", "serve"))]
        self.assertNotEqual(by_profile[0], by_profile[1])  # other memory, other evictions
        self.assertEqual(by_profile[1], by_profile[2])

    def test_servers_of_plays_that_go_on_at_once_do_not_meet(self):
        def digests(*words):
            status, out, err = run(PROGRAM, "run", SHORT, "--format", "json", *words)
            self.assertEqual(status, 0, err)
            return [one["digest"] for one in json.loads(out)["scenarios"]]

        self.assertEqual(digests("--target", "serve", "--jobs", 4), digests("--jobs", 1))

    def test_a_target_is_one_word_and_a_file_may_follow_it(self):
        status, out, err = run(PROGRAM, "run", "--target", "embedded", SHORT)
        self.assertEqual((status, err), (0, ""))
        self.assertIn("2 scenarios on embedded", out)

    def test_one_run_writes_several_reports(self):
        alone = run(PROGRAM, "run", SHORT, "--format", "json")[1]
        file = self.folder / "report.json"
        status, out, _ = run(PROGRAM, "run", "--format", f"json={file}", SHORT)
        self.assertEqual(status, 0)
        self.assertIn("2 scenarios on embedded", out)
        self.assertEqual(file.read_text(), alone)

    def test_reports_that_cannot_be_written_are_refused_before_anything_is_played(self):
        for formats, says in (
            (["json", "table"], "two reports would go to standard output"),
            (["jsn"], 'there is no format "jsn"; did you mean "json"?'),
            (["json="], "names no file"),
            ([f"json={self.folder}/nowhere/report.json"], "can't be written: No such file or directory"),
        ):
            with self.subTest(formats=formats):
                words = [word for one in formats for word in ("--format", one)]
                status, out, err = run(PROGRAM, "run", SHORT, *words)
                self.assertEqual((status, out), (2, ""))
                self.assertIn(says, err)

    def test_a_report_for_programs_tells_of_mistakes_too(self):
        wrong = self.write("wrong.toml", ENDLESS.replace("[[check]]\nkind", "[[check]]\nknd"))
        status, out, err = run(PROGRAM, "run", wrong, "--format", "json")
        self.assertEqual(status, 2)
        self.assertIn("wrong.toml:", err)
        report = json.loads(out)
        self.assertEqual((report["exit_status"], report["scenarios"]), (2, []))
        self.assertIn(f"{wrong}:11: ", report["error"])

    def test_what_had_ended_before_ctrl_c_is_reported(self):
        endless = self.write("endless.toml", ENDLESS)
        terminal, ours = open_terminal()
        self.addCleanup(os.close, terminal)
        running = subprocess.Popen([PROGRAM, "run", SHORT / "mended.toml", endless, "--jobs", "1"], text=True,
                                   stdout=subprocess.PIPE, stderr=ours)
        os.close(ours)
        self.addCleanup(lambda: running.poll() is None and running.kill())
        shown = b""
        while b"1 of 2 scenarios played; Endless" not in shown:  # the endless one has begun
            shown += os.read(terminal, 4096)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 130)
        self.assertIn("all hold", out)
        self.assertRegex(out, r"(?m)^Endless .* interrupted$")
        self.assertIn("2 scenarios on embedded", out)
        self.assertIn("1 as stated, 1 interrupted.", out)

    def test_a_long_play_tells_now_and_then_how_far_it_is(self):
        long = self.write("long.toml", ENDLESS.replace("400h", "10m"))
        lines = run(PROGRAM, "run", long)[2].splitlines()
        percents = [int(re.fullmatch(r"Endless: (\d+) % of 600,000 requests", line)[1]) for line in lines]
        self.assertEqual([percent // 25 for percent in percents], [1, 2, 3])


if __name__ == "__main__":
    unittest.main()
