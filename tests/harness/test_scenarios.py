#!/usr/bin/env python3
"""The scenarios that ship with outlive, on the embedded emulator.

    test_scenarios.py PROGRAM
"""
import json
import pathlib
import re
import sys
import tempfile
import unittest

from runs import FILES, ROOT, SCENARIOS, figure, played, run

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"

PACKS = SCENARIOS / "packs"
PACKED = [file for file in FILES if PACKS in file.parents]
OTHERS = [file for file in FILES if file not in PACKED]
FOLDERS = {file.parent.name for file in OTHERS}

BROKEN = """title = "Broken"
duration = "1h"
[[instance]]
name = "valkey"
maxmemory-polcy = "volatile-ttl"
[environment]
TENSORZERO_VALKEY_URL = "valkey://valky"
[[traffic]]
kind = "cache"
rate = "1/s"
prompts = 5
[[check]]
kind = "errors"
"""


def with_events_reversed(text):
    """A scenario whose [[event]] tables change places: the first with the last, and so on."""
    tables = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    places = [i for i, table in enumerate(tables) if table.startswith("[[event]]")]
    for place, event in zip(places, [tables[i] for i in reversed(places)]):
        tables[place] = event
    return "".join(tables)


class Scenarios(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "report.json"
            cls.status, cls.out, cls.err = run(PROGRAM, "run", SCENARIOS, "--format", "table", "--format", f"json={report}")
            cls.first = {pathlib.Path(one["file"]).name: one for one in json.loads(report.read_text())["scenarios"]}

    def test_every_verdict_is_as_stated(self):
        self.assertEqual(self.status, 0, self.out + self.err)
        self.assertIn(f": {len(FILES)} as stated", self.out)

    def test_both_readmes_list_every_file(self):
        for readme, suffix in ((SCENARIOS / "README.md", ".toml"), (ROOT / "README.md", "")):
            rows = [line for line in readme.read_text().splitlines() if line.startswith("| `")]
            listed = [name for row in rows for name in re.findall(r"`([a-z-]+/[a-z0-9-]+)" + suffix + "`", row)]
            there = sorted(str(file.relative_to(SCENARIOS).with_suffix("")) for file in OTHERS)
            with self.subTest(readme=readme):
                self.assertEqual(sorted(name for name in listed if name.split("/")[0] in FOLDERS), there)

    def test_every_pack_is_listed_and_lists_its_scenarios(self):
        packs = sorted({file.parent.name for file in PACKED})
        self.assertGreater(len(packs), 5)
        for readme in (SCENARIOS / "README.md", ROOT / "README.md"):
            rows = [line for line in readme.read_text().splitlines() if line.startswith("| [`packs/")]
            with self.subTest(readme=readme):
                self.assertEqual(sorted(re.findall(r"^\| \[`packs/([a-z-]+)`\]", "\n".join(rows), re.MULTILINE)), packs)
        listed = re.findall(r"`packs/([a-z-]+/[a-z-]+)`", (PACKS / "README.md").read_text())
        self.assertEqual(sorted(listed), sorted(str(file.relative_to(PACKS).with_suffix("")) for file in PACKED))
        for pack in packs:
            page = (PACKS / pack / "README.md").read_text()
            with self.subTest(pack):
                self.assertEqual(re.findall(r"^## (.*)$", page, re.MULTILINE),
                                 ["What is kept", "What breaks", "What to set", "Sources"])
                self.assertEqual(sorted(set(re.findall(r"\]\(([a-z-]+\.toml)\)", page))),
                                 sorted(file.name for file in PACKED if file.parent.name == pack))

    def test_every_scenario_of_a_pack_says_what_is_tested_where_that_stands_and_why(self):
        for file in PACKED:
            text = file.read_text()
            for word in ("title", "rule", "source", "story"):
                with self.subTest(str(file.relative_to(SCENARIOS)), word=word):
                    self.assertRegex(text, rf"(?m)^{word} +=")

    def test_another_seed_is_another_play(self):
        file = SCENARIOS / "policies" / "allkeys-lru.toml"
        self.assertNotEqual(played(PROGRAM, file)[file.name]["digest"],
                            played(PROGRAM, file, "--seed", 2)[file.name]["digest"])

    def test_two_plays_of_one_seed_are_one(self):
        again = played(PROGRAM, SCENARIOS)
        self.assertEqual(len(self.first), len(FILES))
        for name, scenario in self.first.items():
            with self.subTest(name):
                self.assertEqual(scenario, again[name])

    def test_the_order_of_events_in_the_file_makes_no_difference(self):
        shuffled = 0
        for file in FILES:
            text = file.read_text()
            other = with_events_reversed(text)
            if other == text:
                continue
            shuffled += 1
            with self.subTest(file.name), tempfile.TemporaryDirectory() as folder:
                copy = pathlib.Path(folder) / file.name
                copy.write_text(other)
                self.assertEqual(played(PROGRAM, file)[file.name]["digest"], played(PROGRAM, copy)[file.name]["digest"])
        self.assertGreater(shuffled, 3)

    def test_domination_loses_as_many_limits_as_valkey_does(self):
        # Valkey 8.1.1, two runs: 4,543 and 4,422 of 50,000.
        file = SCENARIOS / "rate-limits" / "domination.toml"
        for seed in (1, 2):
            with self.subTest(seed=seed):
                lost = figure(played(PROGRAM, file, "--seed", seed)[file.name], "outlives", "lost")
                self.assertGreater(lost, 4_100)
                self.assertLess(lost, 4_900)


AXES = """title = "A cache that does not fit"
duration = "10m"
axes = { policy = ["noeviction", "allkeys-lru"], prompts = 2000 }
include = "_parts/instance.toml"
[[traffic]]
kind = "cache"
rate = "10/s"
prompts = "$prompts"
size = "2kb"
[[check]]
kind = "never-evicted"
keys = "tensorzero_cache:*"
expect = [{ when = { policy = "allkeys-lru" }, finding = "violated" }, { finding = "holds" }]
"""
PART = """[environment]
TENSORZERO_VALKEY_URL = "valkey://valkey"
[[instance]]
name = "valkey"
maxmemory = "2mb"
maxmemory-policy = "$policy"
"""


class Axes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "_parts").mkdir()
        (self.folder / "_parts" / "instance.toml").write_text(PART)
        (self.folder / "axes.toml").write_text(AXES)

    def test_each_value_of_an_axis_is_a_play(self):
        status, out, err = run(PROGRAM, "run", self.folder, "--format", "json")
        self.assertEqual(status, 0, out + err)
        plays = json.loads(out)["scenarios"]
        self.assertEqual([play["title"] for play in plays],
                         ["A cache that does not fit [policy = noeviction]",
                          "A cache that does not fit [policy = allkeys-lru]"])
        self.assertEqual(plays[0]["axes"], {"policy": "noeviction", "prompts": "2000"})

    def test_set_plays_with_other_values(self):
        status, out, err = run(PROGRAM, "run", self.folder, "--set", "policy=allkeys-lru", "--set", "prompts=10")
        self.assertEqual(status, 1, out + err)  # ten answers fit
        self.assertIn("A cache that does not fit  ", out)

    def test_a_setting_that_nobody_knows_is_refused(self):
        for words, says in (("polcy=x", 'no scenario here has an axis of that name; did you mean "policy"?'),
                            ("prompts=many", "the scenario gives it a value like 2000"),
                            ("policy", "like --set cache_ttl=24h,36h"),
                            ("policy=allkeys-lry", 'maxmemory-policy = "allkeys-lry": ')):
            with self.subTest(words):
                status, out, err = run(PROGRAM, "run", self.folder, "--set", words)
                self.assertEqual((status, out), (2, ""))
                self.assertIn(says, err)


class CommandLine(unittest.TestCase):
    def test_a_verdict_that_is_not_as_stated_fails_the_run_and_shows_evidence(self):
        with tempfile.TemporaryDirectory() as folder:
            wrong = pathlib.Path(folder) / "wrong.toml"
            text = (SCENARIOS / "policies" / "allkeys-lru.toml").read_text()
            wrong.write_text(text.replace('expect = "violated"\n', "", 1))
            status, out, _ = run(PROGRAM, "run", wrong)
        self.assertEqual(status, 1)
        self.assertIn("violated, not as stated", out)
        self.assertIn("valkey evicted tensorzero_ratelimit:", out)

    def test_mistakes_of_all_files_are_told_and_nothing_is_played(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a.toml", "b.toml"):
                (pathlib.Path(folder) / name).write_text(BROKEN)
            status, out, err = run(PROGRAM, "run", folder, SCENARIOS)
        self.assertEqual((status, out), (2, ""))
        for name in ("a.toml", "b.toml"):
            self.assertIn(f'{name}:5: valkey.conf knows no "maxmemory-polcy"; did you mean "maxmemory-policy"?', err)
            self.assertIn(f'{name}:7: TENSORZERO_VALKEY_URL: the scenario knows no "valky"; did you mean "valkey"?', err)

    def test_a_directive_that_a_server_refuses_is_refused_with_its_words(self):
        with tempfile.TemporaryDirectory() as folder:
            wrong = pathlib.Path(folder) / "wrong.toml"
            text = (SCENARIOS / "policies" / "allkeys-lru.toml").read_text()
            wrong.write_text(text.replace('"allkeys-lru"', '"allkeys-lry"', 1))
            status, _, err = run(PROGRAM, "run", wrong)
        self.assertEqual(status, 2)
        self.assertRegex(err, r'wrong\.toml:\d+: maxmemory-policy = "allkeys-lry": ')

    def test_what_cannot_be_run_ends_with_status_2_and_one_line(self):
        for words, says in (
            (["run", "nowhere.toml"], "nowhere.toml: can't be read"),
            (["run", SCENARIOS, "--target", "moon"], "must be embedded, serve, serve:PATH"),
            (["describe"], "PATH is required"),
            (["describe", "split/spilt"], 'did you mean "split/split"?'),
            (["run", SCENARIOS, "--targt", "x"], "Did you mean --target?"),
            (["runn"], 'did you mean "run"?'),
        ):
            with self.subTest(words=words):
                status, _, err = run(PROGRAM, *words)
                self.assertEqual(status, 2)
                self.assertIn(says, err)

    def test_a_program_that_is_no_server_fails_the_scenario_alone(self):
        status, out, _ = run(PROGRAM, "run", SCENARIOS / "policies" / "volatile-ttl.toml", "--target", "exec:/bin/false")
        self.assertEqual(status, 2)
        self.assertIn("could not run: /bin/false does not serve", out)

    def test_help_and_version_say_what_there_is(self):
        status, out, _ = run(PROGRAM, "--help")
        self.assertEqual(status, 0)
        for example in ("new", "run first.toml", "run first.toml --watch", "run first.toml --format html=page.html",
                        "list", "describe split/split", "run split/split", "serve --port 6379"):
            self.assertRegex(out, rf"(?m)^  outlive {re.escape(example)}(  | --maxmemory)")
        page = re.search(r"(?m)^(.*README\.md)\nteaches how to write a scenario", out)[1]
        self.assertTrue(pathlib.Path(page).samefile(SCENARIOS / "README.md"), page)
        self.assertEqual(run(PROGRAM, "run", "--help")[0], 0)
        self.assertRegex(run(PROGRAM, "--version")[1], r"^outlive \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
