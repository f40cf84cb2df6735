#!/usr/bin/env python3
"""`outlive doctor`: what it sees of a server, what it may not see, and whether what it forecasts happens. On outlive
as a server, and on a real Valkey 8.1; without one those tests are skipped.

    test_doctor.py PROGRAM
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import schemas
from doctor_servers import CACHE, LIMITS, Filled, Forbidding
from runs import ROOT, run

sys.path.insert(0, str(ROOT / "tests" / "wire"))
import servers  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop()) if len(sys.argv) > 1 else "outlive"
SCHEMA = ROOT / "harness" / "doctor" / "doctor.schema.json"
SERVE = [PROGRAM, "serve"]
FAST = ("--rate", "100000")  # the server is nobody else's


def doctor(url, *words):
    """The report, from its JSON."""
    status, out, err = run(PROGRAM, "doctor", url, "--format", "json", *FAST, *words)
    if status == 2:
        raise AssertionError(err)
    report = json.loads(out)
    assert report["exit_status"] == status
    return report


def rules(report, *severities):
    return {one["rule"] for one in report["findings"] if not severities or one["severity"] in severities}


def group(report, pattern):
    return next(one for one in report["groups"] if one["pattern"] == pattern)


def told(report):
    return "\n".join(f"{one['what']}: {one['remedy']}" for one in report["unseen"])


class OnOutlive(unittest.TestCase):
    maxDiff = None

    def filled(self, *directives, limits=500, answers=500, **more):
        return Filled(self, SERVE, *directives, limits=limits, answers=answers, **more)

    def test_it_tells_the_keys_by_pattern_with_their_numbers_weights_and_ttls(self):
        server = self.filled()
        server.ask("SET", "config", "x")
        server.ask("SET", "session:1", "x", "EX", "600")
        report = doctor(server.url)
        self.assertEqual({one["pattern"]: one["keys"] for one in report["groups"]},
                         {LIMITS: 500, CACHE: 500, "*": 1, "session:*": 1})
        self.assertEqual(group(report, LIMITS)["role"], "limits")
        self.assertEqual(group(report, LIMITS)["ttl_given_s"], 172_800)
        self.assertEqual(group(report, CACHE)["ttl_given_s"], 86_400)
        self.assertEqual(group(report, "session:*")["ttl_given_s"], 600)
        self.assertEqual(group(report, "*")["share_without_ttl"], 1)
        self.assertGreater(group(report, CACHE)["bytes_each"], 1_000)
        self.assertLess(group(report, LIMITS)["bytes_each"], 400)

    def test_patterns_of_the_users_own_are_told_apart_and_have_a_role(self):
        server = self.filled(limits=0, answers=0)
        server.write([("SET", f"rl:{i}", "1", "EX", "60") for i in range(100)])
        server.write([("SET", f"page:{i}", "x" * 1000, "EX", "3600") for i in range(100)])
        report = doctor(server.url, "--limits", "rl:*", "--answers", "page:*", "--pattern", "page:1*")
        self.assertEqual(group(report, "rl:*")["role"], "limits")
        self.assertEqual(group(report, "page:*")["role"], "answers")

    def test_every_database_is_looked_at(self):
        server = self.filled()
        server.ask_in(9, "SET", "session:1", "x")
        self.assertEqual(group(doctor(server.url), "session:*")["database"], 9)

    def test_a_part_of_many_keys_stands_for_all(self):
        server = self.filled(limits=3_000, answers=3_000)
        report = doctor(server.url, "--keys", "1000", "--sample", "200")
        self.assertLess(report["looked"]["keys_named"], 1_200)
        self.assertLess(report["looked"]["keys_closely"], 250)
        self.assertAlmostEqual(group(report, CACHE)["keys"], 3_000, delta=400)
        self.assertEqual(report["server"]["keys"], 6_000)

    def test_nothing_is_changed_and_no_key_counts_as_used(self):
        server = self.filled("--enable-outlive-command", "yes")
        server.ask("OUTLIVE", "CLOCK", "ADVANCE", "60000")
        before = server.ask("OUTLIVE", "DIGEST")
        doctor(server.url)
        self.assertEqual(server.ask("OUTLIVE", "DIGEST"), before)
        self.assertGreaterEqual(server.ask("OBJECT", "IDLETIME", server.limit(1)), 60)
        stats = server.info("commandstats")
        for name in ("get", "hgetall", "keys", "eval", "config|set"):
            self.assertNotIn(f"cmdstat_{name}:", stats)

    def test_commands_are_sent_no_faster_than_allowed(self):
        server = self.filled(limits=50, answers=50)
        done = subprocess.run([PROGRAM, "doctor", server.url, "--rate", "200", "--format", "json"],
                              capture_output=True, text=True, check=False)
        report = json.loads(done.stdout)
        # What is sent together is waited for afterwards: the last batch is not.
        least = (report["looked"]["commands"] - 70) / 200
        self.assertGreater(report["growth"]["seconds"] + 0.3, least - 1)
        self.assertIn("keys looked at", done.stderr)

    def test_how_long_until_the_cap_is_told_by_what_comes(self):
        server = self.filled("--maxmemory", "20mb", "--maxmemory-policy", "volatile-ttl")
        self.assertEqual(doctor(server.url)["forecast"]["cap"], "unknown")
        by_bytes = doctor(server.url, "--bytes-per-second", "1kb")
        room = 20 * 2**20 - by_bytes["server"]["used_memory"]
        self.assertAlmostEqual(by_bytes["forecast"]["seconds_to_cap"], room / 1024, delta=60)
        self.assertEqual(doctor(server.url, "--writes-per-second", "0.01")["forecast"]["cap"], "settles")
        self.assertIn("cap-near", rules(doctor(server.url, "--writes-per-second", "50"), "warning"))

    def test_a_server_without_a_cap_can_be_played_with_one(self):
        server = self.filled()
        report = doctor(server.url)
        self.assertEqual(report["forecast"]["cap"], "no-cap")
        self.assertIn("--maxmemory", report["forecast"]["not_played"])
        self.assertIn("no-maxmemory", rules(report))
        used = report["server"]["used_memory"]
        report = doctor(server.url, "--maxmemory", str(used), "--policy", "allkeys-lru")
        self.assertEqual(report["forecast"]["settings"][0]["maxmemory_policy"], "allkeys-lru")
        self.assertIn("shared-policy", rules(report, "error"))

    def test_an_empty_server_is_told_to_be_empty(self):
        server = self.filled(limits=0, answers=0)
        status, out, _ = run(PROGRAM, "doctor", server.url)
        self.assertEqual(status, 0)
        self.assertIn("No keys were seen.", out)

    def test_the_exit_status_is_of_the_worst_finding(self):
        server = self.filled("--maxmemory", "100mb", "--maxmemory-policy", "volatile-ttl", "--appendonly", "no")
        self.assertEqual(rules(doctor(server.url)), {"limits-not-saved", "functions-not-saved"})
        for fail_at, expected in (("note", 1), ("warning", 1), ("error", 0)):
            status, _, _ = run(PROGRAM, "doctor", server.url, "--fail-at", fail_at)
            self.assertEqual(status, expected)

    def test_the_text_says_what_the_json_does(self):
        server = self.filled("--maxmemory-policy", "volatile-ttl", limits=5_000)
        doctor(server.url)  # the first use of a command costs memory
        server.set_cap()
        status, out, _ = run(PROGRAM, "doctor", server.url, *FAST)
        self.assertEqual(status, 1)
        self.assertIn("[domination]", out)
        self.assertIn("see it   outlive run rate-limits/domination", out)
        self.assertIn("Memory is full.", out)
        self.assertIn("as it is: volatile-ttl", out)
        self.assertRegex(out, r"tensorzero_ratelimit:\* +limits +(5,000|4,9\d\d) ")

    def test_the_json_is_as_its_schema_says(self):
        try:
            python = schemas.python_with_schemas()
        except schemas.Unavailable as why:
            self.skipTest(str(why))
        server = self.filled("--maxmemory-policy", "volatile-lru")
        server.set_cap()
        blind = Forbidding(self, server.port, "INFO", "CONFIG", "PTTL", "MEMORY")
        reports = [doctor(server.url), doctor(server.url, "--writes-per-second", "9", "--limits-used", "50"),
                   doctor(blind.url), doctor(self.filled(limits=0, answers=0).url)]
        self.assertEqual(schemas.mistakes_in(reports, SCHEMA, python), [None] * 4)


class NotAllowed(unittest.TestCase):
    """Where commands are refused, as managed services and ACL users have it."""

    def filled(self, *directives):
        server = Filled(self, SERVE, "--maxmemory-policy", "volatile-lru", *directives, limits=500, answers=500)
        server.set_cap()
        return server

    def test_without_config_the_policy_and_the_cap_are_infos(self):
        server = self.filled()
        report = doctor(Forbidding(self, server.port, "CONFIG").url)
        self.assertEqual(report["server"]["maxmemory_policy"], "volatile-lru")
        self.assertEqual(report["server"]["maxmemory"], server.cap)
        self.assertIn("CONFIG GET is refused (ERR unknown command 'CONFIG')", told(report))
        self.assertIn("--samples COUNT", told(report))
        self.assertIn("shared-policy", rules(report, "error"))
        self.assertNotIn("limits-not-saved", rules(report))  # whether it saves is not known
        self.assertNotEqual(report["forecast"]["settings"], [])


if __name__ == "__main__":
    unittest.main()
