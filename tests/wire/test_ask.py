#!/usr/bin/env python3
"""`outlive ask` prints what valkey-cli prints, and ends as it does.

    test_ask.py outlive PROGRAM
"""
import os
import pathlib
import subprocess
import sys
import unittest

import servers

PROGRAM = os.path.abspath(sys.argv[2])
COMMAND = servers.command_of(sys.argv)
CLI = servers.client_program("valkey-cli")
PASSWORD = "secret of mine"

ALIKE = [
    ["ping"], ["ping", "two words"], ["set", "key", "line\nline"], ["get", "key"], ["get", "nothing"],
    ["incr", "count"], ["incr", "key"], ["hset", "hash", "a", "1", "b", "2"], ["hgetall", "hash"], ["hgetall", "none"],
    ["eval", "return {1, {2, 'x', {}}, false, 'y'}", "0"], ["eval", "return {err = 'ERR mine'}", "0"],
    ["config", "get", "maxmemory*"], ["nosuch", "word"], ["get"], ["-e", "ping"], ["-e", "get"], ["-n", "3", "dbsize"],
    ["-n", "99", "dbsize"], ["-2", "--raw", "ping"], ["dump", "none"], ["setrange", "bytes", "3", "\x01"], ["get", "bytes"],
    ["memory", "doctor"], ["latency", "doctor"], ["LATENCY", "Graph", "none"], ["client", "list", "id", "999"], ["info", "none"],
    ["client", "getname"], ["lolwut"], ["debug", "htstats", "0"], ["command", "getkeys", "set", "a", "b"],
]


class Ask(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = servers.Server(COMMAND)
        cls.addClassCleanup(cls.server.stop)
        cls.guarded = servers.Server(COMMAND, "--requirepass", PASSWORD)
        cls.addClassCleanup(cls.guarded.stop)

    def ask(self, program, server, *words, **variables):
        """Exit status, standard output, standard error."""
        done = subprocess.run([*program, "-p", str(server.port), *words], capture_output=True, check=False,
                              env={**os.environ, **variables})
        return done.returncode, done.stdout, done.stderr

    def alike(self, server, *words, **variables):
        self.ask([CLI], self.server, "flushall")
        expected = self.ask([CLI], server, *words, **variables)
        self.ask([CLI], self.server, "flushall")
        self.assertEqual(self.ask([PROGRAM, "ask"], server, *words, **variables), expected)

    def test_replies_are_printed_as_valkey_cli_prints_them(self):
        for words in ALIKE:
            with self.subTest(words):
                self.alike(self.server, *words)

    def test_passwords_are_taken_as_valkey_cli_takes_them(self):
        for words, variables in ((["ping"], {}), (["ping"], {"REDISCLI_AUTH": PASSWORD}),
                                 (["--no-auth-warning", "-a", PASSWORD, "ping"], {}),
                                 (["-a", PASSWORD, "--no-auth-warning", "--user", "default", "ping"], {}),
                                 (["--no-auth-warning", "--pass", "wrong", "ping"], {})):
            with self.subTest(words=words, variables=variables):
                self.alike(self.guarded, *words, **variables)

    def test_a_url_tells_everything(self):
        url = f"valkey://default:secret%20of%20mine@localhost:{self.guarded.port}/3"
        _, out, said = self.ask([PROGRAM, "ask"], self.guarded, "--no-auth-warning", "-u", url, "client", "info")
        self.assertEqual(said, b"")
        self.assertRegex(out, rb" db=3 .* user=default .*\n$")

    def test_a_password_among_the_arguments_is_warned_of(self):
        _, out, said = self.ask([PROGRAM, "ask"], self.guarded, "-a", PASSWORD, "ping")
        self.assertEqual(out, b"PONG\n")
        self.assertIn(b"REDISCLI_AUTH", said)

    def test_a_unix_socket(self):
        socket = pathlib.Path(self.server.folder.name) / "socket"
        server = servers.Server(COMMAND, "--unixsocket", str(socket))
        self.addCleanup(server.stop)
        self.assertEqual(self.ask([PROGRAM, "ask"], server, "-s", str(socket), "ping"), (0, b"PONG\n", b""))

    def test_under_valkey_clis_name_it_is_the_same(self):
        link = pathlib.Path(self.server.folder.name) / "valkey-cli"
        link.symlink_to(PROGRAM)
        self.assertEqual(self.ask([link], self.server, "ping"), (0, b"PONG\n", b""))

    def test_nobody_there(self):
        status, out, said = self.ask([PROGRAM, "ask"], self.server, "-p", str(servers.free_port()), "ping")
        self.assertEqual((status, out), (1, b""))
        self.assertRegex(said, rb"^outlive ask: Could not connect to Valkey at 127.0.0.1:\d+: Connection refused\n$")

    def test_mistakes_are_told(self):
        for words, told in ((["-p", "x", "ping"], b'-p "x": a number from 0 to 65535 is wanted'),
                            (["-a"], b"-a wants a value"), (["--latency"], b"outlive has no option --latency"),
                            (["-u", "http://x", "ping"], b"-u http://x: column 1: "),
                            ([], b"say which command"), (["MONITOR"], b'"MONITOR" has no end')):
            with self.subTest(words):
                status, out, said = self.ask([PROGRAM, "ask"], self.server, *words)
                self.assertEqual((status, out), (1, b""))
                self.assertIn(told, said)


if __name__ == "__main__":
    unittest.main()
