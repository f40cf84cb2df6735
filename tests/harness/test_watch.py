#!/usr/bin/env python3
"""`outlive run --watch`: plays again when a file is saved, shows what is broken and goes on, ends on Ctrl-C.

    test_watch.py PROGRAM
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

from runs import open_terminal

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"

SCENARIO = """title = "Watched"
duration = "1m"
include = "_part.toml"
[[traffic]]
kind = "commands"
instance = "valkey"
rate = "5/s"
arrivals = "regular"
keys = 10
size = { histogram = "sizes.csv" }
commands = ["SET k:{key} {value} EX 60"]
[[traffic]]
kind = "transcript"
instance = "valkey"
file = "recorded.log"
[[check]]
kind = "errors"
"""
PART = """[[instance]]
name = "valkey"
"""
SIZES = "100,1\n"
RECORDED = '1700000000.000001 [0 127.0.0.1:1234] "SET" "a" "1"\n'
# Hours of work for a machine: a play that only an interrupt ends.
ENDLESS = SCENARIO.replace('"1m"', '"400h"').replace('"5/s"', '"1000/s"')

LOST_MINUTES = 5  # a test that hangs for so long has failed


class Watch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "mine.toml"
        for name, text in (("mine.toml", SCENARIO), ("_part.toml", PART), ("sizes.csv", SIZES),
                           ("recorded.log", RECORDED)):
            self.save(name, text)

    def save(self, name, text):
        """As editors do: another file takes the place of the old one."""
        (self.folder / "saving").write_text(text)
        (self.folder / "saving").replace(self.folder / name)

    def watch(self, *words, **streams):
        streams = streams or {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        running = subprocess.Popen([PROGRAM, "run", "--watch", *map(str, words)], text=True, **streams)
        late = threading.Timer(60 * LOST_MINUTES, running.kill)
        late.start()
        self.addCleanup(lambda: (late.cancel(), running.poll() is None and running.kill(), running.wait(),
                                 running.stdout and running.stdout.close()))
        return running

    def shown(self, running):
        """All that is said up to the line that ends a play."""
        said = []
        for line in running.stdout:
            if line.startswith("Watching "):
                return "".join(said)
            said.append(line)
        self.fail("it ended: " + "".join(said))

    def end(self, running):
        running.send_signal(signal.SIGINT)
        rest = running.communicate()[0]
        self.assertEqual(running.returncode, 130, rest)
        return rest

    def test_every_file_of_a_scenario_makes_it_play_again(self):
        running = self.watch(self.file)
        before = self.shown(running)
        self.assertIn("301 requests in 1 min", before)
        for name, text, seen in (("mine.toml", SCENARIO.replace('"5/s"', '"6/s"'), "361 requests"),
                                 ("_part.toml", PART.replace('"valkey"', '"valkey"\nmaxmemory = "900kb"'), "violated"),
                                 ("_part.toml", PART, "361 requests"),
                                 ("sizes.csv", SIZES.replace("100", "2000"), "digest"),
                                 ("recorded.log", RECORDED * 3, "363 requests")):
            with self.subTest(name):
                self.save(name, text)
                now = self.shown(running)
                self.assertIn(seen, now)
                self.assertNotEqual(now, before)
                before = now
        self.assertEqual(self.end(running), "")

    def test_a_broken_file_shows_its_mistakes_and_the_next_save_may_mend_it(self):
        running = self.watch(self.file)
        whole = self.shown(running)
        self.save("mine.toml", SCENARIO.replace("rate =", "rat ="))
        self.assertIn(f'{self.file}:7: ', self.shown(running))
        self.save("mine.toml", SCENARIO)
        self.assertEqual(self.without_time(self.shown(running)), self.without_time(whole))
        self.end(running)

    def without_time(self, table):
        return [line for line in table.splitlines() if "1 scenario on embedded" not in line]

    def test_what_is_not_there_yet_is_waited_for(self):
        (self.folder / "_part.toml").unlink()
        running = self.watch(self.file)
        self.assertIn("_part.toml can't be read", self.shown(running))
        self.save("_part.toml", PART)
        self.assertIn("301 requests", self.shown(running))
        self.file.unlink()
        self.assertIn("can't be read", self.shown(running))
        self.save("mine.toml", SCENARIO)
        self.assertIn("301 requests", self.shown(running))
        self.end(running)

    def test_in_a_folder_a_new_scenario_is_played_too(self):
        running = self.watch(self.folder)
        self.assertIn("1 scenario on embedded", self.shown(running))
        self.save("another.toml", SCENARIO)
        self.assertIn("2 scenarios on embedded", self.shown(running))
        self.end(running)

    def test_a_mistake_in_the_words_ends_it(self):
        running = self.watch(self.file, "--set", "x")
        said = running.communicate()[0]
        self.assertEqual(running.returncode, 2)
        self.assertIn("say which axis and which values", said)

    def test_on_a_terminal_each_table_has_the_screen_for_itself(self):
        terminal, ours = open_terminal()
        self.addCleanup(os.close, terminal)
        running = self.watch(self.file, stdout=ours, stderr=ours)
        os.close(ours)
        screens = b""
        while screens.count(b"Watching") < 1:
            screens += os.read(terminal, 4096)
        self.save("mine.toml", SCENARIO.replace('"5/s"', '"6/s"'))
        while screens.count(b"Watching") < 2:
            screens += os.read(terminal, 4096)
        parts = screens.split(b"\x1b[2J\x1b[3J\x1b[H")
        self.assertEqual([part.count(b"requests in 1 min") for part in parts], [0, 1, 1])
        running.send_signal(signal.SIGINT)
        running.wait()
        self.assertEqual(running.returncode, 130)

    def test_ctrl_c_ends_a_play_too(self):
        terminal, ours = open_terminal()
        self.addCleanup(os.close, terminal)
        self.save("mine.toml", ENDLESS)
        running = self.watch(self.file, stdout=subprocess.PIPE, stderr=ours)
        os.close(ours)
        progress = b""
        while b"Watched: 0 % of" not in progress:  # it plays
            progress += os.read(terminal, 4096)
        self.assertIn("0 as stated, 1 interrupted.", self.end(running))


if __name__ == "__main__":
    unittest.main()
