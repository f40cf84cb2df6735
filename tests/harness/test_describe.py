#!/usr/bin/env python3
"""Scenarios told in words, and listed.

    test_describe.py PROGRAM
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from runs import FILES, SCENARIOS, open_terminal, run

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"

WITH_AXES = """title = "Two"
duration = "1h"
[axes]
ttl = ["24h", "36h"]
users = 5
[[instance]]
name = "valkey"
[environment]
TENSORZERO_VALKEY_URL = "valkey://valkey"
[[traffic]]
kind = "gateway"
rate = "2/s"
users = "$users"
limits = [{ window = "day", capacity = 3 }]
prompts = 7
ttl = "$ttl"
[[check]]
kind = "errors"
expect = [{ when = { ttl = "36h" }, finding = "violated" }, { when = { target = "exec" }, finding = "violated" }, { finding = "holds" }]
"""


def flow(text):
    return " ".join(text.split())


def on_terminal(columns, *words):
    """What the program shows on a terminal that is so wide."""
    terminal, ours = open_terminal()
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    subprocess.run(["stty", "cols", str(columns)], stdin=ours, check=True)
    with subprocess.Popen([PROGRAM, *map(str, words)], stdout=ours, env=environment):
        os.close(ours)
        shown = b""
        while True:
            try:
                more = os.read(terminal, 65536)
            except OSError:  # nobody writes any more
                break
            if not more:
                break
            shown += more
    os.close(terminal)
    return shown.decode().replace("\r\n", "\n")


class Describe(unittest.TestCase):
    def test_every_shipped_scenario_is_told_whole(self):
        for file in FILES:
            with self.subTest(file.name):
                status, out, err = run(PROGRAM, "describe", file)
                self.assertEqual((status, err), (0, ""))
                for heading in ("What there is", "What comes", "What is checked"):
                    self.assertIn(f"\n{heading}\n", out)
                gateway = "[environment]" in file.read_text()
                self.assertEqual("\nWhere the gateway keeps things\n" in out, gateway)
                happens = "[[event]]" in file.read_text()
                self.assertEqual("\nWhat happens on the way\n" in out, happens)

    def test_a_short_name_finds_what_ships(self):
        by_name = run(PROGRAM, "describe", "split/split")[1].splitlines()
        by_path = run(PROGRAM, "describe", SCENARIOS / "split" / "split.toml")[1].splitlines()
        self.assertTrue(by_name[1].endswith("scenarios/split/split.toml"))
        self.assertEqual(by_name[2:], by_path[2:])

    def test_what_differs_by_axis_is_told_for_each_value_and_the_rest_once(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "two.toml"
            file.write_text(WITH_AXES)
            status, out, err = run(PROGRAM, "describe", file)
            listed = json.loads(run(PROGRAM, "list", file, "--format", "json")[1])["scenarios"][0]
        self.assertEqual((status, err), (0, ""))
        words = flow(out)
        self.assertIn("It is played 2 times, with ttl = 24h or 36h and users = 5.", words)
        self.assertIn("With ttl = 24h: An answer stays in the cache for 1 d. With ttl = 36h: An answer stays", words)
        self.assertIn("With ttl = 24h: Expected to be violated on exec and to hold elsewhere.", words)
        self.assertEqual(words.count("2 requests a second"), 1)
        self.assertEqual(listed["axes"], {"ttl": ["24h", "36h"], "users": ["5"]})
        self.assertEqual([play["checks"][0]["expected"] for play in listed["plays"]], ["holds", "violated"])
        self.assertEqual(listed["plays"][0]["checks"][0]["expected_on"], {"exec": "violated"})


class List(unittest.TestCase):
    def test_a_line_a_scenario_with_what_is_expected(self):
        status, out, err = run(PROGRAM, "list")
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(len(out.splitlines()), len(FILES))
        self.assertGreater(max(map(len, out.splitlines())), 150)  # nothing is cut for programs
        self.assertRegex(out, r"(?m)^split/split +Rate limits and cache on two instances \[6 hold and 1 violated\]: ")

    def test_on_a_terminal_lines_are_as_wide_as_it_is_and_what_is_cut_is_marked(self):
        whole = run(PROGRAM, "list")[1].splitlines()
        for columns in (60, 100, 1000):
            with self.subTest(columns=columns):
                lines = on_terminal(columns, "list").splitlines()
                self.assertEqual(len(lines), len(whole))
                for line, full in zip(lines, whole):
                    self.assertEqual(line, full if len(full) <= columns else full[:columns - 1] + "…")


if __name__ == "__main__":
    unittest.main()
