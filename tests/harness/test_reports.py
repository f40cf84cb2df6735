#!/usr/bin/env python3
"""What programs read of `outlive run`: JSON by its schema, JUnit's XML, annotations.

    test_reports.py PROGRAM
"""
import html.parser
import itertools
import json
import pathlib
import re
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

import schemas
from runs import FILES, ROOT, SCENARIOS, run

SKIPPED = 77
PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"
SCHEMA = ROOT / "harness" / "report" / "run.schema.json"


class Page(html.parser.HTMLParser):
    """What of an HTML page can be seen without a browser."""
    EMPTY = {"meta", "br", "link", "img", "input", "hr"}

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.from_outside = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.from_outside += [value for name, value in attrs
                              if name in ("src", "href", "xlink:href") and not value.startswith("#")]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        if self.open[-1] != tag:
            raise AssertionError(f"</{tag}> in <{self.open[-1]}>, {self.getpos()}")
        self.open.pop()


def mistakes_in(*reports):
    return schemas.mistakes_in(reports, SCHEMA, PYTHON)


class Reports(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.files = {name: cls.folder / f"shipped.{name}" for name in ("json", "junit", "html")}
        words = [word for name, file in cls.files.items() for word in ("--format", f"{name}={file}")]
        cls.status, _, cls.err = run(PROGRAM, "run", SCENARIOS, *words)
        cls.shipped = json.loads(cls.files["json"].read_text())

    def json_of(self, *words):
        return json.loads(run(PROGRAM, "run", "--format", "json", *words)[1])

    def wrong(self):
        """A scenario whose first check is not as it states."""
        text = (SCENARIOS / "policies" / "allkeys-lru.toml").read_text()
        (self.folder / "wrong.toml").write_text(text.replace('expect = "violated"\n', "", 1))
        return self.folder / "wrong.toml"

    def test_the_json_of_all_that_ships_is_as_its_schema_says(self):
        self.assertEqual(self.status, 0, self.err)
        self.assertEqual(mistakes_in(self.shipped), [None])
        self.assertEqual({one["file"] for one in self.shipped["scenarios"]}, set(map(str, FILES)))

    def test_so_is_that_of_runs_that_fail(self):
        (self.folder / "broken.toml").write_text("title = 1\n")
        failed = [self.json_of(self.wrong()),
                  self.json_of(self.folder / "broken.toml"),
                  self.json_of(SCENARIOS / "first-steps", "--target", "exec:/bin/false")]
        self.assertEqual(mistakes_in(*failed), [None, None, None])
        self.assertEqual([one["exit_status"] for one in failed], [1, 2, 2])
        self.assertIn("error", failed[1])
        self.assertIn("error", failed[2]["scenarios"][0])

    def test_the_schema_sees_what_is_wrong(self):
        def changed(change):
            report = json.loads(json.dumps(self.shipped))
            change(report)
            return report

        wrong = mistakes_in(
            changed(lambda report: report.pop("version")),
            changed(lambda report: report.update(version=2)),
            changed(lambda report: report["scenarios"][0]["timeline"][0]["instances"][0].pop("name")),
            changed(lambda report: report["scenarios"][0]["checks"][0].update(verdict="maybe")),
            changed(lambda report: report["scenarios"][0].update(more=1)))
        self.assertNotIn(None, wrong)

    def test_the_program_prints_the_schema(self):
        self.assertEqual(run(PROGRAM, "run", "--json-schema"), (0, SCHEMA.read_text(), ""))

    def test_two_runs_are_the_same_report_to_the_letter(self):
        file = SCENARIOS / "first-steps" / "broken.toml"
        words = ("run", file, "--format", "json")
        self.assertEqual(run(PROGRAM, *words), run(PROGRAM, *words))

    def test_a_check_knows_its_line(self):
        for scenario in self.shipped["scenarios"]:
            for check in scenario["checks"]:
                line = pathlib.Path(check["file"]).read_text().splitlines()[check["line"] - 1]
                self.assertEqual(line.split("#")[0].strip(), "[[check]]", check)

    def test_the_timeline_follows_maxmemory_when_an_event_changes_it(self):
        found = next(one for one in self.shipped["scenarios"] if one["title"].startswith("maxmemory"))
        self.assertEqual(found["events"][0]["kind"], "config")
        caps = [slice["instances"][0]["maxmemory"] for slice in found["timeline"]]
        self.assertEqual(caps, sorted(caps, reverse=True))
        self.assertGreater(len(set(caps)), 1)
        at = found["events"][0]["at_us"]
        first = next(slice for slice in found["timeline"] if slice["instances"][0]["maxmemory"] < caps[0])
        self.assertGreaterEqual(first["at_us"], at)

    def test_the_timeline_ends_as_the_play_does(self):
        for scenario in self.shipped["scenarios"]:
            last = scenario["timeline"][-1]
            self.assertEqual(last["cache"], scenario["cache"])
            for name, count in last["admission"].items():
                self.assertEqual(count, scenario["admission"][name])
            for then, end in zip(last["instances"], scenario["instances"]):
                for part, whole in zip(then["patterns"], end["patterns"]):
                    self.assertEqual((part["pattern"], part["evicted"]), (whole["pattern"], whole["evicted"]))

    def test_the_page_stands_alone_and_is_whole(self):
        page = Page()
        page.feed(self.files["html"].read_text())
        page.close()
        self.assertEqual(page.open, [])
        self.assertEqual(page.from_outside, [])
        self.assertEqual([page.seen.count(tag) for tag in ("script", "section", "table")],
                         [0, len(self.shipped["scenarios"]), 1])

    def test_the_page_draws_a_memory_chart_an_instance_and_a_mark_an_event(self):
        text = self.files["html"].read_text()
        instances = sum(len(one["instances"]) for one in self.shipped["scenarios"])
        self.assertEqual(len(re.findall(r"<figcaption>Memory(?: on \w+)?</figcaption>", text)), instances)
        events = sum(len(one["events"]) for one in self.shipped["scenarios"])
        self.assertEqual(sum(one.count("<li>") for one in re.findall(r'<ol class="events">(.*?)</ol>', text, re.DOTALL)),
                         events)

    def test_a_chart_shows_the_figures_of_the_json(self):
        words = (SCENARIOS / "split" / "cache-down.toml", "--format")
        page = run(PROGRAM, "run", *words, "html")[1]
        timeline = self.json_of(*words[:1])["scenarios"][0]["timeline"]
        figure = page[page.index("<figcaption>Memory on cache"):].split("</figure>")[0]
        path = re.search(r'<path class="line memory" d="([^"]+)"', figure)[1]
        # A gap where the instance is down: as many pieces as stretches with memory in use.
        used = [slice["instances"][1]["used_memory"] for slice in timeline]
        pieces = [list(points) for there, points in itertools.groupby(used, bool) if there]
        self.assertEqual([piece.count(" ") for piece in path.split("M")[1:]], [len(piece) for piece in pieces])
        self.assertGreater(len(pieces), 1)
        # Heights go with bytes.
        heights = [float(point.split(" ")[1]) for point in re.findall(r"[\d.]+ [\d.]+", path)]
        bytes_there = [one for one in used if one]
        self.assertEqual(heights.index(min(heights)), bytes_there.index(max(bytes_there)))

    def test_junit_has_a_suite_a_scenario_and_a_case_a_check(self):
        root = xml.parse(self.files["junit"]).getroot()
        suites = root.findall("testsuite")
        self.assertEqual([suite.get("name") for suite in suites], [one["title"] for one in self.shipped["scenarios"]])
        self.assertEqual([len(suite.findall("testcase")) for suite in suites],
                         [len(one["checks"]) for one in self.shipped["scenarios"]])
        self.assertEqual((root.get("failures"), root.get("errors")), ("0", "0"))
        self.assertEqual(int(root.get("tests")), len(root.findall("testsuite/testcase")))

    def test_junit_tells_failures_from_errors(self):
        wrong = xml.fromstring(run(PROGRAM, "run", self.wrong(), "--format", "junit")[1])
        self.assertIn("valkey evicted tensorzero_ratelimit:", wrong.find("testsuite/testcase/failure").text)
        gone = run(PROGRAM, "run", self.wrong(), "--target", "exec:/bin/false", "--format", "junit")[1]
        self.assertIn("/bin/false does not serve", xml.fromstring(gone).find("testsuite/testcase/error").text)

    def test_annotations_stand_at_the_check(self):
        wrong = self.wrong()
        status, out, _ = run(PROGRAM, "run", wrong, "--format", "github")
        self.assertEqual(status, 1)
        check = self.json_of(wrong)["scenarios"][0]["checks"][0]
        self.assertRegex(out, f"(?m)^::error title=.*,file={wrong},line={check['line']}::violated, not as stated: ")

    def test_annotations_tell_of_mistakes_in_files(self):
        (self.folder / "broken.toml").write_text("title = 1\n")
        out = run(PROGRAM, "run", self.folder / "broken.toml", "--format", "github")[1]
        self.assertRegex(out, rf"(?m)^::error title=outlive run,file={self.folder}/broken.toml,line=1::")


if __name__ == "__main__":
    try:
        PYTHON = schemas.python_with_schemas()
    except schemas.Unavailable as why:
        print(f"skipped, {why}")
        sys.exit(SKIPPED)
    unittest.main()
