#!/usr/bin/env python3
"""`outlive run --target valkey://…` on a real Valkey 8.1 that runs already: it plays as elsewhere, and leaves the
server as it found it. Exit status 77 where no real server is to be had.

    test_running_server.py PROGRAM
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

from runs import ROOT, SCENARIOS, played, run, verdicts

sys.path.insert(0, str(ROOT / "tests" / "wire"))
import servers  # noqa: E402

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"
BROKEN = SCENARIOS / "first-steps" / "broken.toml"
SPLIT = SCENARIOS / "split" / "split.toml"
RESTART = SCENARIOS / "incidents" / "restart-empty.toml"
LIBRARY = "#!lua name=mine\nserver.register_function('mine', function() return 'still here' end)"
LONG = """
title = "Long"
duration = "400d"
[[instance]]
name = "valkey"
maxmemory = "3mb"
[environment]
TENSORZERO_VALKEY_URL = "valkey://valkey:6379"
[[traffic]]
kind = "gateway"
rate = "5/s"
users = 200
limits = [{ window = "day", capacity = 3 }]
prompts = 100
[[check]]
kind = "over-admission"
"""


class Running:
    """A server with directives and a function of its owner's."""

    def __init__(self, test, *directives):
        self.cli = servers.client_program("valkey-cli")
        self.server = servers.Server([str(servers.reference_folder() / "valkey-server")], *directives)
        test.addCleanup(self.server.stop)
        self.url = f"valkey://127.0.0.1:{self.server.port}"
        self.sign_in = []

    def ask(self, *words):
        done = subprocess.run([self.cli, "--no-auth-warning", "-p", str(self.server.port), *self.sign_in, *words],
                              capture_output=True, text=True, check=True)
        return done.stdout.rstrip("\n")

    def directive(self, name):
        return self.ask("CONFIG", "GET", name).split("\n")[1]

    def state(self):
        """All directives, functions and keys."""
        keyspace = [line for line in self.ask("INFO", "keyspace").split() if line.startswith("db")]
        return self.ask("CONFIG", "GET", "*").split("\n"), self.ask("FUNCTION", "LIST"), keyspace


class OnARunningServer(unittest.TestCase):
    maxDiff = None

    def test_it_plays_as_elsewhere_and_leaves_all_as_it_was(self):
        running = Running(self, "--maxmemory", "50mb", "--maxmemory-samples", "7", "--notify-keyspace-events", "Kg")
        running.ask("FUNCTION", "LOAD", LIBRARY)
        before = running.state()
        found = played(PROGRAM, BROKEN, "--target", running.url)[BROKEN.name]
        self.assertEqual(verdicts(found), verdicts(played(PROGRAM, BROKEN)[BROKEN.name]))
        self.assertEqual(["chance", "idle-times", "company"], [one["word"] for one in found["approximations"]])
        self.assertEqual(running.state(), before)
        self.assertEqual(running.ask("FCALL", "mine", "0"), "still here")

    def test_a_server_that_holds_keys_is_not_touched_unless_its_keys_may_go(self):
        running = Running(self)
        running.ask("-n", "9", "SET", "precious", "v")
        before = running.state()
        status, out, _ = run(PROGRAM, "run", BROKEN, "--target", running.url)
        self.assertEqual(status, 2)
        self.assertIn("it holds keys (db9:keys=1)", out)
        self.assertIn("--allow-flush", out)
        self.assertEqual(running.state(), before)
        status, _, _ = run(PROGRAM, "run", BROKEN, "--target", running.url, "--allow-flush")
        self.assertEqual(status, 0)
        self.assertEqual(running.state()[2], [])

    def test_two_instances_are_two_servers_or_one_that_runs_and_one_that_does_not(self):
        primary, cache = Running(self), Running(self)
        expected = verdicts(played(PROGRAM, SPLIT)[SPLIT.name])
        where = f"primary={primary.url},cache={cache.url}"
        self.assertEqual(verdicts(played(PROGRAM, SPLIT, "--target", where)[SPLIT.name]), expected)
        mixed = played(PROGRAM, SPLIT, "--target", "serve", "--target", f"cache={cache.url}/2")[SPLIT.name]
        self.assertEqual(verdicts(mixed), expected)
        self.assertEqual({tuple(one["instances"]) for one in mixed["approximations"]}, {("cache",)})
        status, out, _ = run(PROGRAM, "run", SPLIT, "--target", primary.url)
        self.assertEqual(status, 2)
        self.assertRegex(out, r"split\.toml:\d+: primary and cache are two instances, and .* is one server")

    def test_a_restart_is_refused_before_anything_is_touched(self):
        running = Running(self)
        before = running.ask("INFO", "commandstats")
        status, out, _ = run(PROGRAM, "run", RESTART, "--target", running.url)
        self.assertEqual(status, 2)
        self.assertRegex(out, r"restart-empty\.toml:\d+: a restart of \w+ can't be played on valkey://")
        self.assertNotIn("cmdstat_flushall", running.ask("INFO", "commandstats"))
        self.assertNotIn("cmdstat_config|set", before + running.ask("INFO", "commandstats"))

    def test_user_and_password_are_used_and_not_shown(self):
        running = Running(self, "--requirepass", "p@ss word")
        running.sign_in = ["-a", "p@ss word"]
        running.ask("ACL", "SETUSER", "me", "on", ">s:cret", "~*", "&*", "+@all")
        for who in (":p%40ss%20word", "me:s%3Acret"):
            status, out, err = run(PROGRAM, "run", BROKEN, "--target", running.url.replace("//", f"//{who}@"))
            self.assertEqual(status, 0, out + err)
            self.assertNotIn("word@", out)
            self.assertNotIn("cret", out)
        status, out, _ = run(PROGRAM, "run", BROKEN, "--target", running.url.replace("//", "//me:no@"))
        self.assertEqual(status, 2)
        self.assertIn("WRONGPASS", out)

    def test_where_config_is_blocked_a_different_policy_is_refused_and_other_differences_are_told(self):
        cap = re.search(r'^maxmemory = "(\w+)"', BROKEN.read_text(), re.MULTILINE)[1]  # all else is as it wants it
        running = Running(self, "--maxmemory", cap, "--maxmemory-policy", "volatile-ttl", "--maxmemory-samples", "3",
                          "--notify-keyspace-events", "AKE")
        running.ask("ACL", "SETUSER", "me", "on", ">secret", "~*", "&*", "+@all", "-config")
        url = running.url.replace("//", "//me:secret@")
        status, out, _ = run(PROGRAM, "run", BROKEN, "--target", url)
        self.assertEqual(status, 2)
        self.assertIn("does not tell of evictions", out)
        running.ask("ACL", "SETUSER", "me", "+config|get")
        status, out, _ = run(PROGRAM, "run", BROKEN, "--target", url)
        self.assertEqual(status, 2)
        self.assertIn('maxmemory-policy is "volatile-ttl" there, not "allkeys-lru", and can\'t be set', out)
        running.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        found = played(PROGRAM, BROKEN, "--target", url)[BROKEN.name]
        told = [one["meaning"] for one in found["approximations"] if one["word"] == "server"]
        self.assertEqual(len(told), 1)
        self.assertIn('maxmemory-samples is "3" there, not "5", and can\'t be set', told[0])


class CtrlC(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.long = self.folder / "long.toml"
        self.long.write_text(LONG)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()

    def start(self, target):
        running = subprocess.Popen([PROGRAM, "run", self.long, "--target", target], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(self.temporary)})
        self.addCleanup(lambda: running.poll() is None and running.kill())
        return running

    def interrupt(self, running):
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 130, out + err)
        self.assertIn("interrupted", err)

    def test_it_ends_the_servers_that_were_started_and_takes_their_folders_away(self):
        server = servers.reference_folder() / "valkey-server"
        for target in ("serve", f"exec:{server}"):
            with self.subTest(target):
                running = self.start(target)
                self.assertTrue(servers.until(lambda: list(self.temporary.glob("*/socket"))))
                socket = next(self.temporary.glob("*/socket"))
                cli = [servers.client_program("valkey-cli"), "-s", str(socket)]
                busy = lambda: "cmdstat_fcall" in subprocess.run(
                    [*cli, "INFO", "commandstats"], capture_output=True, text=True, check=False).stdout
                self.assertTrue(servers.until(busy))
                self.interrupt(running)
                self.assertEqual(list(self.temporary.iterdir()), [])
                self.assertNotEqual(subprocess.run([*cli, "PING"], capture_output=True, check=False).returncode, 0)

    def test_a_running_server_is_left_as_it_was(self):
        running = Running(self)
        before = running.state()
        play = self.start(running.url)
        self.assertTrue(servers.until(lambda: "cmdstat_fcall" in running.ask("INFO", "commandstats")))
        self.assertEqual(running.directive("maxmemory"), str(3 << 20))
        self.interrupt(play)
        self.assertEqual(running.state(), before)


if __name__ == "__main__":
    servers.reference_folder()
    unittest.main()
