#!/usr/bin/env python3
"""The ten minutes of scenarios/README.md, done as they are written: its commands say what the page shows, and its edits
fit what is there. Where the page shows a number any number will do; "…" stands for any lines.

    test_tutorial.py PROGRAM
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from runs import SCENARIOS

PROGRAM = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else "outlive").resolve()
BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def section(title):
    text = (SCENARIOS / "README.md").read_text()
    return re.search(rf"^## {title}\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]


def commands(block):
    """Each with the lines that are shown below it."""
    for part in block.split("$ ")[1:]:
        command, *lines = part.splitlines()
        yield command, [line for line in lines if line != "…"]


def without_numbers(line):
    return re.sub(r"\d[\d,.]*", "0", line)


class Tutorial(unittest.TestCase):
    maxDiff = None

    def follow(self, folder, kind, block):
        if kind == "diff":
            old, new = ("".join(line[1:] + "\n" for line in block.splitlines() if line[0] == sign) for sign in "-+")
            file = folder / "sessions.toml"
            self.assertEqual(file.read_text().count(old), 1, old)
            file.write_text(file.read_text().replace(old, new))
            return
        for command, lines in commands(block):
            with self.subTest(command):
                path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
                done = subprocess.run(command, shell=True, cwd=folder, env={**os.environ, "PATH": path}, check=False,
                                      capture_output=True, text=True)
                self.assertEqual(done.stderr, "")
                said = iter(map(without_numbers, done.stdout.splitlines()))
                for line in lines:  # in this order, others between them
                    self.assertTrue(without_numbers(line) in said, f"not said: {line}\nbut: {done.stdout}")
                self.assertEqual(done.returncode, "not as stated" in block.split(command + "\n")[1].split("$ ")[0])

    def test_what_the_page_shows_is_what_happens(self):
        blocks = BLOCK.findall(section("Ten minutes"))
        self.assertEqual([kind for kind, _ in blocks], ["console", "diff", "console", "diff", "console"])
        with tempfile.TemporaryDirectory() as folder:
            for kind, block in blocks:
                self.follow(pathlib.Path(folder), kind, block)

    def test_every_word_that_the_page_shows_in_passing_is_known(self):
        said = subprocess.run([PROGRAM, "run", "--help"], capture_output=True, text=True, check=True).stdout
        made = subprocess.run([PROGRAM, "new", "--help"], capture_output=True, text=True, check=True).stdout
        text = section("Ten minutes")
        for option in set(re.findall(r"--[a-z]+", text)):
            self.assertIn(option, said + made)
        for pattern in re.findall(r"--from (\w+)", text) + ["split", "incident"]:
            self.assertIn(f"{pattern}: ", made)


if __name__ == "__main__":
    unittest.main()
