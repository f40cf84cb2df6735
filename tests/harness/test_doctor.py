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
import time
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
        server = self.filled("--maxmemory", "10mb", "--maxmemory-policy", "volatile-ttl", "--appendonly", "no")
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

    def filled(self):
        """With room for the look itself: what is there stays there."""
        server = Filled(self, SERVE, "--maxmemory-policy", "volatile-lru", limits=500, answers=500)
        server.set_cap(room=2**20)
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



    def test_where_infos_policy_is_missing_too_the_option_tells_it(self):
        server = self.filled()
        blind = Forbidding(self, server.port, "CONFIG", "INFO", error="NOPERM User reader has no permissions to run "
                                                                      "the '{}' command")
        report = doctor(blind.url)
        self.assertIsNone(report["server"]["maxmemory_policy"])
        self.assertEqual(report["forecast"]["settings"], [])
        for word in ("--maxmemory SIZE", "--policy NAME", "+info", "+config|get"):
            self.assertIn(word, told(report))
        self.assertEqual(group(report, LIMITS)["seen"], 500)  # what it may see it does
        report = doctor(blind.url, "--policy", "volatile-lru", "--maxmemory", "10mb")
        self.assertNotIn("--policy NAME", told(report))
        self.assertIn("shared-policy", rules(report, "error"))

    def test_each_refused_look_is_told_with_the_permission_that_allows_it(self):
        server = self.filled()
        for command, permission in (("PTTL", "+pttl"), ("MEMORY", "+memory|usage"), ("TYPE", "+type"),
                                    ("OBJECT", "+object|idletime"), ("SCAN", "+scan")):
            with self.subTest(command):
                report = doctor(Forbidding(self, server.port, command).url)
                self.assertIn(permission, told(report))
                self.assertEqual("shared-policy" in rules(report), command != "SCAN")

    def test_without_weights_each_key_is_taken_to_be_average(self):
        server = self.filled()
        report = doctor(Forbidding(self, server.port, "MEMORY").url)
        average = report["server"]["used_memory"] / 1_000
        for pattern in (LIMITS, CACHE):
            self.assertAlmostEqual(group(report, pattern)["bytes_each"], average, delta=average / 4)

    def test_managed_services_can_be_looked_at(self):
        for like in ("elasticache", "memorystore"):
            with self.subTest(like):
                server = Filled(self, SERVE, "--like", like, limits=100, answers=100)
                report = doctor(server.url, "--maxmemory", "10mb")
                self.assertEqual(report["server"]["maxmemory_policy"], "volatile-lru")
                self.assertIn("shared-policy", rules(report, "error"))

    def test_a_server_that_cannot_be_had_is_told_in_a_line(self):
        for words in (("valkey://127.0.0.1:1",), ("http://x",), ("valkey://127.0.0.1", "--cacert", "x"), ()):
            with self.subTest(words):
                status, out, err = run(PROGRAM, "doctor", *words)
                self.assertEqual((status, out), (2, ""))
                self.assertTrue(err)


class OverTls(unittest.TestCase):
    def test_it_signs_in_over_tls_with_a_password_and_shows_it_nowhere(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        tls = pathlib.Path(folder.name) / "tls"
        self.assertEqual(run(PROGRAM, "certs", tls)[0], 0)
        port = servers.free_port()
        server = servers.Server(SERVE, "--tls-port", str(port), "--tls-cert-file", str(tls / "server.crt"),
                                "--tls-key-file", str(tls / "server.key"), "--tls-ca-cert-file", str(tls / "ca.crt"),
                                "--requirepass", "s3cret")
        self.addCleanup(server.stop)
        trust = ("--cacert", str(tls / "ca.crt"), "--cert", str(tls / "client.crt"), "--key", str(tls / "client.key"))
        status, out, err = run(PROGRAM, "doctor", f"valkeys://:s3cret@localhost:{port}", *trust)
        self.assertEqual((status, err), (0, ""))
        self.assertIn("No keys were seen.", out)
        self.assertNotIn("s3cret", out)
        status, _, err = run(PROGRAM, "doctor", f"valkeys://:no@localhost:{port}", *trust)
        self.assertEqual(status, 2)
        self.assertIn("WRONGPASS", err)


class OnValkey(unittest.TestCase):
    """The hazard that it names on a real Valkey 8.1.1 happens, as often as it says."""

    # Of ten thousand limits and more, a tenth off is far beyond chance, which is some percents.
    TOLERANCE = 0.1

    @classmethod
    def setUpClass(cls):
        path, complaint = servers.tool("reference-server", *servers.REFERENCES[servers.DEFAULT_PROFILE])
        if path is None:
            raise unittest.SkipTest(f"no real server: {complaint}")
        cls.command = [path]

    def full(self, policy, limits, answers, *directives, cache_ttl_s=86_400):
        """At its cap; limits have not been used for two seconds longer than answers."""
        server = Filled(self, self.command, "--maxmemory-policy", policy, *directives, limits=limits, answers=answers,
                        cache_ttl_s=cache_ttl_s, between=lambda: self.pass_seconds(2))
        server.set_cap()
        return server

    @staticmethod
    def pass_seconds(count):
        """Idle times are told in whole seconds of the server's clock, which nobody can move."""
        begin = time.monotonic()
        servers.until(lambda: time.monotonic() - begin > count)

    def lost_as_forecast(self, server, writes, *words):
        """The report, once its forecast has been held against what happens."""
        report = doctor(server.url, "--writes", writes, *words)
        before = server.count_limits()
        server.write_answers(writes)
        lost = before - server.count_limits()
        forecast = report["forecast"]["settings"][0]["limits_lost"]
        print(f"    {report['server']['maxmemory_policy']}: {before} limits, {writes} writes: forecast {forecast:.0f} "
              f"({report['forecast']['settings'][0]['limits_lost_min']:.0f} to "
              f"{report['forecast']['settings'][0]['limits_lost_max']:.0f}), lost {lost}")
        self.assertAlmostEqual(forecast, lost, delta=self.TOLERANCE * lost)
        return report, lost

    def test_limits_that_dominate_are_lost_on_volatile_ttl(self):
        server = self.full("volatile-ttl", 50_000, 5_000)
        report, lost = self.lost_as_forecast(server, 5_000)
        self.assertGreater(lost, 3_000)
        self.assertLessEqual({"domination", "limits-lost", "cap-near"}, rules(report))
        self.assertEqual(report["forecast"]["cap"], "met")

    def test_limits_that_dominate_more_are_lost_more_often(self):
        server = self.full("volatile-ttl", 50_000, 500)
        _, lost = self.lost_as_forecast(server, 5_000)
        self.assertGreater(lost, 10_000)

    def test_idle_limits_are_lost_on_lru(self):
        for policy in ("volatile-lru", "allkeys-lru"):
            with self.subTest(policy):
                server = self.full(policy, 50_000, 5_000)
                report, lost = self.lost_as_forecast(server, 5_000)
                self.assertGreater(lost, 15_000)
                self.assertLessEqual({"shared-policy", "limits-lost"}, rules(report, "error"))

    def test_limits_are_lost_by_chance_on_volatile_random(self):
        server = self.full("volatile-random", 50_000, 5_000)
        report, _ = self.lost_as_forecast(server, 5_000)
        self.assertIn("shared-policy", rules(report, "error"))

    def test_limits_go_before_answers_that_live_longer(self):
        server = self.full("volatile-ttl", 10_000, 10_000, cache_ttl_s=72 * 3_600)
        report, lost = self.lost_as_forecast(server, 1_000)
        self.assertGreater(lost, 3_000)
        self.assertIn("cache-ttl", rules(report, "error"))

    def test_limits_beside_many_answers_hold_and_no_loss_is_forecast(self):
        server = self.full("volatile-ttl", 10_000, 10_000)
        report, lost = self.lost_as_forecast(server, 5_000)
        self.assertEqual(lost, 0)
        self.assertEqual(rules(report) & {"domination", "limits-lost", "cache-ttl"}, set())

    def test_what_helps_by_the_forecast_helps(self):
        server = self.full("volatile-lru", 20_000, 20_000)
        report = doctor(server.url, "--writes", 5_000)
        mended = next(one for one in report["forecast"]["settings"] if one["id"] == "volatile-ttl")
        self.assertLess(mended["limits_lost"], 20)
        server.ask("CONFIG", "SET", "maxmemory-policy", "volatile-ttl")
        before = server.count_limits()
        server.write_answers(5_000)
        self.assertLess(before - server.count_limits(), 20)

    def test_noeviction_refuses_as_many_writes_as_forecast(self):
        server = self.full("noeviction", 2_000, 2_000)
        report = doctor(server.url, "--writes", 1_000)
        self.assertIn("writes-refused", rules(report, "error"))
        self.assertEqual(report["forecast"]["settings"][0]["writes_refused"], server.write_answers(1_000))

    def test_growth_that_is_seen_tells_when_memory_is_full(self):
        server = Filled(self, self.command, "--maxmemory-policy", "volatile-ttl", "--maxmemory", "30mb", limits=100,
                        answers=1_000)
        doctor(server.url)
        looking = subprocess.Popen([PROGRAM, "doctor", server.url, "--format", "json", "--watch", "4s", *FAST],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(looking.stdout.close)
        begin, used = time.monotonic(), server.figure("memory", "used_memory")
        while looking.poll() is None:
            server.write_answers(10)
            time.sleep(0.01)  # as a gateway, not as fast as it goes
        seconds, grown = time.monotonic() - begin, server.figure("memory", "used_memory") - used
        until = json.loads(looking.stdout.read())["forecast"]
        self.assertEqual(until["cap"], "after")
        room = 30 * 2**20 - used
        self.assertAlmostEqual(until["seconds_to_cap"], room / (grown / seconds), delta=0.4 * room / (grown / seconds))

    def test_a_command_that_is_renamed_away_is_one_that_is_not_there(self):
        server = Filled(self, self.command, "--rename-command", "MEMORY", "", "--rename-command", "CONFIG", "",
                        limits=10, answers=10)
        report = doctor(server.url)
        self.assertIn("MEMORY USAGE: ERR unknown command 'MEMORY'", told(report))
        self.assertIn("CONFIG GET is refused (ERR unknown command 'CONFIG')", told(report))

    def test_a_user_who_may_only_read_some_keys_learns_what_was_closed(self):
        server = Filled(self, self.command, "--maxmemory-policy", "volatile-lru", limits=500, answers=500,
                        between=lambda: self.pass_seconds(2))
        server.set_cap(room=2**20)  # for the look itself
        server.ask("ACL", "SETUSER", "reader", "on", ">s3cret", "+info", "+scan", "+pttl", "+type", "+memory|usage",
                   "+object|idletime", "+select", "%R~" + CACHE)
        report = doctor(server.url.replace("//", "//reader:s3cret@"))
        self.assertNotIn("s3cret", json.dumps(report))
        self.assertEqual(report["server"]["maxmemory_policy"], "volatile-lru")
        self.assertIn("CONFIG GET is refused (NOPERM", told(report))
        self.assertIn(f"keys of {LIMITS}: the user may not look at them: ACL SETUSER … %R~{LIMITS}", told(report))
        self.assertEqual(group(report, LIMITS)["looked_at"], 0)
        self.assertGreater(group(report, CACHE)["looked_at"], 400)
        server.ask("ACL", "SETUSER", "reader", "%R~" + LIMITS)
        report = doctor(server.url.replace("//", "//reader:s3cret@"))
        self.assertGreater(group(report, LIMITS)["looked_at"], 400)
        self.assertIn("limits-lost", rules(report, "error"))


if __name__ == "__main__":
    unittest.main()
