#!/usr/bin/env python3
"""What people are told of the mistakes in their scenario files.

    test_mistakes.py PROGRAM [--accept]

For each FILE.toml in mistakes/ it runs `outlive run FILE.toml`, with the further words in FILE.words if there is
one: exit status 2, nothing on standard output, and on standard error the letters of FILE.says, no more and no less.
`--accept` writes FILE.says anew, for a person to read the diff. Names that begin with _ are parts of others.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ACCEPT = "--accept" in sys.argv
if ACCEPT:
    sys.argv.remove("--accept")
PROGRAM = str(pathlib.Path(sys.argv.pop()).resolve()) if len(sys.argv) > 1 else "outlive"

FOLDER = pathlib.Path(__file__).resolve().parent / "mistakes"
FILES = sorted(path for path in FOLDER.glob("*.toml") if not path.name.startswith("_"))
# Mistakes in the words of the command line have no place in a file.
HEADING = "outlive: nothing was played:\n"
PLACE = re.compile(r"[^\s:]+:[1-9]\d*: \S")


def run(*words, folder=FOLDER):
    """Exit status, standard output, standard error; bytes, for files hold any."""
    done = subprocess.run([PROGRAM, *map(str, words)], cwd=folder, capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


def words_for(path):
    words = path.with_suffix(".words")
    return words.read_text(encoding="utf-8").split() if words.exists() else []


def told_of(text):
    """Without the heading, a mistake a line."""
    return text.decode("utf-8").removeprefix(HEADING).splitlines()


class Mistakes(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_each_file_is_refused_with_these_very_words(self):
        self.assertGreater(len(FILES), 160)
        for path in FILES:
            with self.subTest(path.name):
                status, out, err = run("run", path.name, *words_for(path))
                self.assertEqual((status, out), (2, b""))
                if ACCEPT:
                    path.with_suffix(".says").write_bytes(err)
                self.assertEqual(err.decode("utf-8"), path.with_suffix(".says").read_text(encoding="utf-8"))

    def test_every_mistake_has_its_file_and_line(self):
        for path in FILES:
            with self.subTest(path.name):
                says = path.with_suffix(".says").read_text(encoding="utf-8")
                if not says.startswith("outlive: --set"):
                    self.assertTrue(says.startswith(HEADING), says)
                    for line in says.removeprefix(HEADING).splitlines():
                        self.assertRegex(line, PLACE)

    def test_every_expectation_belongs_to_a_file(self):
        for path in FOLDER.iterdir():
            if path.suffix in (".says", ".words"):
                self.assertIn(path.with_suffix(".toml"), FILES)

    def test_mistakes_stand_in_the_order_of_the_file(self):
        for path in FILES:
            with self.subTest(path.name):
                says = path.with_suffix(".says").read_text(encoding="utf-8")
                lines = [int(found) for found in re.findall(rf"(?m)^{re.escape(path.name)}:(\d+):", says)]
                self.assertEqual(lines, sorted(lines))

    def test_describe_and_list_tell_the_same(self):
        for path in FILES:
            if words_for(path):
                continue
            with self.subTest(path.name):
                told = told_of(path.with_suffix(".says").read_bytes())
                status, out, err = run("describe", path.name)
                self.assertEqual((status, out), (2, b""))
                self.assertEqual(err.decode("utf-8").splitlines(), ["outlive: nothing can be told of this:", *told])
                status, out, err = run("list", path.name)
                self.assertEqual((status, out), (2, b""))
                self.assertEqual(err.decode("utf-8").splitlines(), ["outlive: nothing can be listed:", *told])

    def test_of_several_files_the_mistakes_of_all_are_told_and_nothing_is_played(self):
        sound = pathlib.Path(__file__).resolve().parents[2] / "scenarios" / "first-steps" / "mended.toml"
        broken = [FOLDER / "toml-no-value.toml", FOLDER / "instance-unknown.toml"]
        told = [told_of(path.with_suffix(".says").read_bytes()) for path in broken]
        status, out, err = run("run", broken[0].name, sound, "nowhere.toml", broken[1].name)
        self.assertEqual((status, out), (2, b""))
        lines = told_of(err)
        self.assertEqual(lines[0], told[0][0])
        self.assertRegex(lines[1], r"^nowhere\.toml: can't be read; name a scenario file")
        self.assertEqual(lines[2:], told[1])

    @unittest.skipUnless(os.path.exists("/proc/self/mem"), "there is no /proc with a file that can't be read")
    def test_the_system_s_own_reason_is_told(self):
        status, _, err = run("run", "/proc/self/mem")
        self.assertEqual(status, 2)
        self.assertIn("/proc/self/mem: can't be read: Input/output error; name a scenario file", err.decode())

    def test_what_cannot_be_read_is_told_with_the_reason(self):
        folder = self.folder / "folder.toml"
        folder.mkdir()
        (folder / "inside.txt").write_text("no scenario")
        status, _, err = run("run", folder)
        self.assertEqual(status, 2)
        self.assertIn(f"{folder}: there is no scenario (*.toml) in this folder", err.decode())
        huge = self.folder / "huge.toml"
        with huge.open("wb") as file:
            file.truncate(1 << 30)
        status, _, err = run("run", huge)
        self.assertEqual(status, 2)
        self.assertIn(f"{huge}: can't be read: it is larger than 16,777,216 bytes", err.decode())


if __name__ == "__main__":
    unittest.main()
