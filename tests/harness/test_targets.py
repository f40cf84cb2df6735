#!/usr/bin/env python3
"""All scenarios on a real Valkey 8.1, on outlive as a server and on the embedded emulator: the same requests, the
same verdicts, and figures as far apart as chance explains. Exit status 77 where no real server is to be had.

    test_targets.py PROGRAM
"""
import concurrent.futures
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from statistics import mean, stdev as deviation

from runs import FILES, ROOT, SCENARIOS, played, verdicts

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"
SKIPPED = 77

SEEDS = range(1, 11)
AFRESH = range(2, 12)
# How far a further play may lie from the mean of ten, in their standard deviations: Student's t with nine degrees of
# freedom leaves 1 in 1,000 outside. Of some 500 figures one in two runs would be; so a figure that lies outside is
# looked at again, and only one that lies outside three times in three plays differs.
STUDENT = 4.78
DEVIATIONS = STUDENT * math.sqrt(1 + 1 / len(SEEDS))
PLAYS = 3
# What keys weigh is modelled within 3 % (the worst figures of the test fidelity), and the connection over which a real
# server is played on has some ten kilobytes of its own. So much of whatever follows from how many keys fit.
MODEL = 0.05
# A policy that goes by idle time or by minutes: a real server's clock can't be moved, so that what took hours takes
# seconds. It is held against outlive in that server's place, whose idle times shrink alike. Where a second ends within
# such a play is chance: of both servers alike the figure most exposed to it spreads by a sixth of its mean. So one that
# lies further apart in a first play than is allowed is looked at in ten more of both, seed by seed, and differs if more
# than what is allowed is left of their mean distance when Student's share of its error is taken off.
BY_IDLE_TIME = re.compile(r'^maxmemory-policy = "[a-z]+-(lru|lfu)"', re.MULTILINE)
SOCKET = 0.08
SOCKET_REQUESTS = 0.01
FEW = 2  # apart is nothing


def reference_server():
    found = subprocess.run([ROOT / "tools" / "reference-server", "trixie", "valkey-server"],
                           capture_output=True, text=True, check=False)
    if found.returncode != 0:
        print(f"skipped, no real server: {found.stderr.strip()}")
        sys.exit(SKIPPED)
    return found.stdout.strip()


def figures(scenario):
    """What a play counted, by name."""
    counted = {f"cache {name}": count for name, count in scenario["cache"].items()}
    counted |= {f"tickets {name}": count for name, count in scenario["admission"].items()}
    for instance in scenario["instances"]:
        for pattern in instance["patterns"]:
            counted |= {f"{instance['name']} {pattern['pattern']} {name}": count for name, count in pattern.items()
                        if isinstance(count, int) and name != "stale"}  # which a real server does not tell
        for operation in instance["operations"]:
            failed = sum(error["count"] for error in operation["errors"])
            counted[f"{instance['name']} {operation['operation']} failed"] = failed
    return counted


def apart(found, expected, allowed):
    """How far each figure lies from what is expected, of those that lie further than is allowed."""
    by = {name: found[name] - expected[name] for name in expected}
    return {name: distance for name, distance in by.items() if abs(distance) > allowed[name]}


class Plays:
    """Plays one file at a time, as many at once as there are processors."""

    def __init__(self, folder):
        processors = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        # A play and the server that it is on take turns, a hundred thousand times: on one processor they hand over
        # sooner than one processor wakes another.
        free = iter(processors)
        self.pool = concurrent.futures.ThreadPoolExecutor(
            len(processors) or os.cpu_count(),
            initializer=lambda: processors and os.sched_setaffinity(0, {next(free)}))
        # The shipped ones, with the allocator that Debian's Valkey has, and the same played natively.
        self.alike, self.natively = (folder / name / "scenarios" for name in ("alike", "natively"))
        for copies, before in ((self.alike, ""), (self.natively, 'engine = "native"\n')):
            shutil.copytree(SCENARIOS, copies)  # with the recordings beside them
            for file in FILES:
                text = before + file.read_text()
                text = re.sub(r"^\[\[instance\]\]$", r"\g<0>\noutlive-allocator-quantum = 16", text, flags=re.MULTILINE)
                (copies / file.relative_to(SCENARIOS)).write_text(text)
        link = folder / "valkey-server"  # under this name it is a server
        link.symlink_to(pathlib.Path(PROGRAM).resolve())
        self.server = self.with_a_quick_cron(folder / "in its place", link)
        self.real = self.with_a_quick_cron(folder / "real", SERVER)

    @staticmethod
    def with_a_quick_cron(folder, server):
        """The target. A real server's cron frees some 15 KB of a connection within a tenth of a second. A play lasts
        three: whether `maxmemory = "used"` is read before or after would decide over a dozen keys. So it comes at once;
        and since it moves the LRU clock, on both servers."""
        file = folder / "valkey-server"
        folder.mkdir()
        file.write_text(f'#!/bin/sh\nexec "{server}" "$@" --dynamic-hz no --hz 500\n')
        file.chmod(0o755)
        return f"exec:{file}"

    def start(self, file, target="embedded", seed=1):
        copies = {"real": SCENARIOS, "natively": self.natively}.get(target, self.alike)
        where = copies / file.relative_to(SCENARIOS)
        name = {"real": self.real, "in its place": self.server, "natively": "embedded"}.get(target, target)
        return self.pool.submit(lambda: played(PROGRAM, where, "--target", name, "--seed", seed)[file.name])


class Targets(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.plays = Plays(pathlib.Path(cls.folder.name))
        cls.by_idle_time = {file for file in FILES if BY_IDLE_TIME.search(file.read_text())}
        # The long ones first, so that none is left alone at the end; beside each other what is compared.
        real, in_its_place = {}, {}
        for file in FILES:
            real[file] = cls.plays.start(file, "real")
            if file in cls.by_idle_time:
                in_its_place[file] = cls.plays.start(file, "in its place")
        serve = {file: cls.plays.start(file, "serve") for file in FILES}
        # Through Lua as users have it, and natively, which is the same play in half the time: with each seed.
        lua = {file: cls.plays.start(file, "embedded") for file in FILES}
        embedded = {(file, seed): cls.plays.start(file, "natively", seed) for file in FILES for seed in SEEDS}
        cls.lua = {file: one.result() for file, one in lua.items()}
        cls.embedded = {key: one.result() for key, one in embedded.items()}
        cls.real = {file: one.result() for file, one in real.items()}
        cls.in_its_place = {file: one.result() for file, one in in_its_place.items()}
        cls.serve = {file: one.result() for file, one in serve.items()}

    def test_natively_it_is_the_same_play(self):
        # The digest is of every request, answer and departure, and of all that is left at the end.
        for file in FILES:
            with self.subTest(str(file.relative_to(SCENARIOS))):
                lua, natively = self.lua[file], self.embedded[file, 1]
                self.assertEqual(verdicts(lua), verdicts(natively))
                self.assertEqual(figures(lua), figures(natively))
                for what in ("digest", "timeline"):
                    self.assertEqual(lua[what], natively[what])

    def test_the_verdicts_are_the_same(self):
        for file in FILES:
            with self.subTest(str(file.relative_to(SCENARIOS))):
                real = self.real[file]
                self.assertTrue(real["as_stated"], real["checks"])
                self.assertEqual(verdicts(real), verdicts(self.lua[file]))

    def test_a_process_of_its_own_goes_the_way_of_the_embedded_emulator_to_the_last_byte(self):
        for file in FILES:
            embedded = self.lua[file]
            for what in ("digest", "checks", "timeline", "approximations"):
                with self.subTest(str(file.relative_to(SCENARIOS)), what=what):
                    self.assertEqual(embedded[what], self.serve[file][what])

    def test_what_is_approximated_is_told(self):
        for file in FILES:
            with self.subTest(str(file.relative_to(SCENARIOS))):
                told = [one["word"] for one in self.real[file]["approximations"]]
                self.assertEqual(told[0], "chance")
                self.assertIsNone(self.real[file]["digest"])
                self.assertEqual("idle-times" in told, file in self.by_idle_time)
                self.assertEqual(self.lua[file]["approximations"], [])

    def test_the_verdicts_hang_on_no_seed(self):
        for (file, seed), play in self.embedded.items():
            with self.subTest(str(file.relative_to(SCENARIOS)), seed=seed):
                self.assertTrue(play["as_stated"], play["checks"])

    def test_requests_are_the_same_to_the_last(self):
        for file in FILES:
            self.assertEqual(self.real[file]["requests"], self.lua[file]["requests"], file)

    def test_figures_lie_as_far_apart_as_seeds_explain(self):
        for file in FILES:
            if file in self.by_idle_time:
                continue
            samples = [figures(self.embedded[file, seed]) for seed in SEEDS]
            expected = {name: mean([one[name] for one in samples]) for name in samples[0]}
            allowed = {name: DEVIATIONS * deviation([one[name] for one in samples]) + MODEL * expected[name] + FEW
                       for name in expected}
            outside = apart(figures(self.real[file]), expected, allowed)
            for seed in range(2, PLAYS + 1):
                if outside:
                    still = apart(figures(self.plays.start(file, "real", seed).result()), expected, allowed)
                    outside = {name: by for name, by in outside.items() if by * still.get(name, 0) > 0}
            for name, by in outside.items():
                with self.subTest(str(file.relative_to(SCENARIOS)), figure=name):
                    self.fail(f"real {expected[name] + by:.0f}, emulated {expected[name]:.0f} ± {allowed[name]:.0f}")

    def test_over_a_socket_figures_are_as_large_where_idle_time_decides(self):
        for file in self.by_idle_time:
            place = figures(self.in_its_place[file])
            requests = self.in_its_place[file]["requests"]

            def allowed(count, requests=requests):
                return SOCKET_REQUESTS * requests + SOCKET * count + FEW

            suspects = apart(figures(self.real[file]), place, {name: allowed(place[name]) for name in place})
            if not suspects:
                continue
            plays = [[self.plays.start(file, target, seed) for target in ("real", "in its place")]
                     for seed in AFRESH]
            pairs = [[figures(play.result()) for play in both] for both in plays]
            for name in suspects:
                with self.subTest(str(file.relative_to(SCENARIOS)), figure=name):
                    by = [real[name] - place[name] for real, place in pairs]
                    expected = mean([place[name] for _, place in pairs])
                    error = STUDENT * deviation(by) / math.sqrt(len(by))
                    self.assertLessEqual(abs(mean(by)), allowed(expected) + error,
                                         f"real {expected + mean(by):.0f}, emulated {expected:.0f} ± {error:.0f}")


if __name__ == "__main__":
    SERVER = reference_server()
    unittest.main()
