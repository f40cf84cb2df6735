#!/usr/bin/env python3
"""The scenarios on a real Valkey 8.1 and on the embedded emulator: the same verdicts, and keys lost as far
apart as seeds explain. Exit status 77 where no real server is to be had.

    test_targets.py PROGRAM
"""
import subprocess
import sys
import unittest

from runs import ROOT, SCENARIOS, figure, played, verdicts

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"
SEEDS = (1, 2, 3, 4, 5)
SKIPPED = 77


def reference_server():
    found = subprocess.run([ROOT / "tools" / "reference-server", "trixie", "valkey-server"],
                           capture_output=True, text=True, check=False)
    if found.returncode != 0:
        print(f"skipped, no real server: {found.stderr.strip()}")
        sys.exit(SKIPPED)
    return found.stdout.strip()


class Targets(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.real = played(PROGRAM, SCENARIOS, "--target", "exec:" + SERVER)
        cls.embedded = played(PROGRAM, SCENARIOS)

    def test_the_verdicts_are_the_same(self):
        self.assertEqual(self.real.keys(), self.embedded.keys())
        for name, scenario in self.real.items():
            with self.subTest(name):
                self.assertTrue(scenario["as_stated"], scenario)
                self.assertEqual(verdicts(scenario), verdicts(self.embedded[name]))

    def test_requests_are_the_same_to_the_last(self):
        for name, scenario in self.real.items():
            self.assertEqual(scenario["requests"], self.embedded[name]["requests"], name)

    def test_under_volatile_ttl_as_many_keys_are_lost_as_seeds_explain(self):
        # Real servers draw anew each time; LRU's figures are rough there (scenarios/README.md).
        file = SCENARIOS / "rate-limits" / "domination.toml"
        lost = [figure(played(PROGRAM, file, "--seed", seed)[file.name], "outlives", "lost") for seed in SEEDS]
        mean = sum(lost) / len(lost)
        deviation = (sum((one - mean) ** 2 for one in lost) / (len(lost) - 1)) ** 0.5
        real = figure(self.real[file.name], "outlives", "lost")
        # Four deviations, widened because five plays tell a deviation only roughly.
        self.assertLess(abs(real - mean), 4 * 1.5 * deviation, f"real {real}, embedded {lost}")


if __name__ == "__main__":
    SERVER = reference_server()
    unittest.main()
