#!/usr/bin/env python3
"""The pages of docs/guide/, followed as they are written: in a folder of its own for each page the files are written, the
edits made, the commands typed; what is said must be what the page shows, numbers included. C++ must stand in a file that
the build compiles. Every link leads somewhere.

    test_guide.py PROGRAM
"""
import os
import pathlib
import re
import sys
import unittest

from guide_pages import PageError, Walk, mismatch, servers, steps
from runs import ROOT

PROGRAM = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else "outlive").resolve()
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(page for page in GUIDE.glob("*.md") if page.name != "README.md")
COMPILED = [file.read_text() for file in (ROOT / "examples" / "cpp-test" / "limits_test.cpp",)]
CLIENT = "redis==8.1.0"  # which a page's Python test imports
PATH = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"


def follow(page, path=PATH):
    walk = Walk(page, path, COMPILED)
    try:
        for step in walk.steps:
            walk.take(step)
    finally:
        walk.finish()


class Guide(unittest.TestCase):
    maxDiff = None

    def follow(self, name):
        page = (GUIDE / name).read_text()
        path = PATH
        if "import redis" in page:
            python, complaint = servers.tool("python-with", CLIENT)
            if python is None:
                self.skipTest(f"{CLIENT} can't be had: {complaint}")
            path = f"{pathlib.Path(python).parent}{os.pathsep}{PATH}"
        follow(page, path)


for one in PAGES:
    setattr(Guide, f"test_{one.stem.replace('-', '_')}", lambda self, name=one.name: self.follow(name))


class Links(unittest.TestCase):
    def test_relative_links_lead_to_files_and_their_headings(self):
        for page in GUIDE.glob("*.md"):
            for link in re.findall(r"\]\(([^)]+)\)", page.read_text()):
                if link.startswith("https://"):
                    continue
                name, _, heading = link.partition("#")
                with self.subTest(page=page.name, link=link):
                    target = (page.parent / name) if name else page
                    self.assertTrue(target.exists())
                    if heading:
                        headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
                        self.assertIn(heading, [re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings])

    def test_every_page_is_in_the_index_and_the_index_in_the_readme(self):
        index = (GUIDE / "README.md").read_text()
        self.assertEqual([page.name for page in PAGES if f"]({page.name})" not in index], [])
        self.assertTrue("](docs/guide/README.md)" in (ROOT / "README.md").read_text(), "README.md has no link to the guide")


class SeesMistakes(unittest.TestCase):
    """On made-up pages: what is wrong in a page is found, and said with its line."""

    def assert_refused(self, page, *words):
        with self.assertRaises(PageError) as caught:
            follow(page)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_a_page_that_is_right_passes(self):
        follow("In `a/greeting.txt`:\n```text\nhello\nyou\n```\nNow in `a/greeting.txt`:\n```diff\n-you\n+all\n```\n"
               "```console\n$ cat a/greeting.txt\nhello\nall\n$ echo one; \\\n  exit 3    # exit status 3\n…\n```\n")

    def test_a_wrong_number_is_found(self):
        self.assert_refused("\n```console\n$ echo '12 of 500 lost'\n13 of 500 lost\n```\n", "line 3", "not said: 13 of 500")

    def test_a_wrong_line_after_lines_left_out_is_found(self):
        self.assert_refused("```console\n$ printf 'a\\nb\\nc\\n'\n…\nb\nd\n```\n", "not said: d")

    def test_lines_that_the_page_leaves_out_without_saying_so_are_found(self):
        self.assert_refused("```console\n$ printf 'a\\nb\\n'\na\n```\n", "this was said: b")
        self.assert_refused("```console\n$ printf 'a\\nb\\n'\nb\n```\n", "not said: b")

    def test_another_exit_status_is_found(self):
        self.assert_refused("```console\n$ false\n```\n", "ended with 1, the page says 0")
        self.assert_refused("```console\n$ true   # exit status 1\n```\n", "ended with 0, the page says 1")

    def test_an_edit_that_does_not_fit_is_found(self):
        self.assert_refused("`a`:\n```text\nx\n```\n`a`:\n```diff\n-y\n+z\n```\n", "0 times in a")

    def test_a_block_that_nothing_checks_is_found(self):
        self.assert_refused("Nice:\n```toml\na = 1\n```\n", "line 3", "nothing checks")
        self.assert_refused("```console\nhello\n```\n", "begins with a command")

    def test_code_that_is_not_compiled_is_found(self):
        follow("```cpp\nclass Limiter {\n…\n  bool admits(const std::string& user) {\n```\n")
        self.assert_refused("```cpp\nclass Limiter {\n…\n  bool admits(int user) {\n```\n", "in no file that is compiled")

    def test_a_server_has_a_free_port_in_place_of_the_one_shown_and_ends_with_the_page(self):
        page = ("```console\n$ outlive serve --port 6390 &\n…\n… port=6390. …\n…\n$ outlive ask -p 6390 echo 6390\n6390\n"
                "$ outlive ask -p 6390 info server | grep process_id > pid\n```\n")
        walk = Walk(page, PATH)
        self.addCleanup(walk.finish)
        for step in walk.steps:
            walk.take(step)
        self.assertNotEqual(walk.ports["6390"], "6390")
        process = walk.running[0].process
        self.assertIn(str(process.pid), walk.path("pid").read_text())
        walk.finish()
        self.assertIsNotNone(process.returncode)

    def test_the_port_that_a_server_took_stands_for_the_one_shown(self):
        follow("```console\n$ outlive serve --port 0 &\n…\n… port=41234. …\n…\n$ outlive ask -p 41234 ping\nPONG\n$ kill %1\n"
               "$ outlive ask -p 41234 ping    # exit status 1\n… 127.0.0.1:41234: Connection refused\n```\n")

    def test_a_server_that_does_not_start_is_found(self):
        self.assert_refused("```console\n$ outlive serve --port 6390 --maxmemory much &\n```\n", "did not start")


class Comparing(unittest.TestCase):
    def test_lines_and_parts_of_lines_may_be_left_out(self):
        said = ["one", "two 22", "three", "four"]
        for shown in (said, ["…"], ["one", "…"], ["…", "four"], ["one", "…", "three", "…"], ["one", "two …", "…"],
                      ["…", "t…", "four", ""], ["one", "…", "two 22", "…", "four"]):
            with self.subTest(shown):
                self.assertIsNone(mismatch(shown, said))

    def test_what_is_shown_must_be_said_in_this_order(self):
        for shown, wrong in ((["one", "three", "…"], "three"), (["…", "three", "two 22", "…"], "two 22"),
                             (["…", "three"], "three"), (["one", "…", "four", "…", "one"], "one"),
                             (["one", "two …"], "the end, where this was said: three")):
            with self.subTest(shown):
                self.assertEqual(mismatch(shown, ["one", "two 22", "three", "four"]), wrong)

    def test_a_command_goes_on_after_a_backslash(self):
        command, = steps("```console\n$ echo a \\\n    b   # exit status 2\nc\n```\n")
        self.assertEqual((command.words, command.status, command.shown), ("echo a \\\n    b", 2, ["c"]))


if __name__ == "__main__":
    unittest.main()
