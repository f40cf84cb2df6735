#!/usr/bin/env python3
"""`outlive new`: what it writes plays at once, is broken, and can be mended as it says.

    test_new.py PROGRAM
"""
import pathlib
import re
import sys
import tempfile
import unittest

from runs import ROOT, run

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"
TEMPLATES = sorted((ROOT / "harness" / "cli" / "templates").glob("*.toml"))


def mended(text):
    """As "# mend it: word = value" says: in place of the line above if that is about the same word, else anew."""
    lines = []
    for line in text.splitlines():
        found = re.fullmatch(r"# mend it: (([\w-]+) = .*)", line)
        if found and lines[-1].startswith(found[2] + " ="):
            lines[-1] = found[1]
        else:
            lines.append(found[1] if found else line)
    return "\n".join(lines)


class New(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_each_pattern_plays_is_broken_and_is_mended_as_it_says(self):
        for template in TEMPLATES:
            with self.subTest(template.stem):
                file = self.folder / template.name
                status, out, err = run(PROGRAM, "new", file, "--from", template.stem)
                self.assertEqual((status, err), (0, ""))
                self.assertIn(f"outlive run {file}", out)
                self.assertEqual(file.read_text(), template.read_text())
                status, out, _ = run(PROGRAM, "run", file)
                self.assertEqual(status, 1, out)
                self.assertIn("violated, not as stated", out)
                file.write_text(mended(template.read_text()))
                self.assertNotEqual(file.read_text(), template.read_text())
                status, out, _ = run(PROGRAM, "run", file)
                self.assertEqual(status, 0, out)

    def test_the_ending_may_be_left_out(self):
        self.assertEqual(run(PROGRAM, "new", self.folder / "mine")[0], 0)
        self.assertEqual([file.name for file in self.folder.iterdir()], ["mine.toml"])

    def test_what_is_there_is_left_alone(self):
        file = self.folder / "mine.toml"
        file.write_text("precious")
        status, _, err = run(PROGRAM, "new", self.folder / "mine")
        self.assertEqual(status, 2)
        self.assertIn("mine.toml is there already", err)
        self.assertEqual(file.read_text(), "precious")

    def test_what_is_wrong_is_told_in_a_line(self):
        for words, says in (
            ((self.folder / "a", "--from", "spilt"), 'there is no pattern "spilt"; did you mean "split"?'),
            ((self.folder / "a", "--from", "moon"), "there are shared split plain incident"),
            ((self.folder / "nowhere" / "a",), "can't be written: No such file or directory"),
            ((self.folder / "a", "--form", "split"), "Did you mean --from?"),
        ):
            with self.subTest(words=words):
                status, _, err = run(PROGRAM, "new", *words)
                self.assertEqual(status, 2)
                self.assertIn(says, err)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_help_names_every_pattern(self):
        status, out, _ = run(PROGRAM, "new", "--help")
        self.assertEqual(status, 0)
        for template in TEMPLATES:
            self.assertIn(f"{template.stem}: ", out)


if __name__ == "__main__":
    unittest.main()
