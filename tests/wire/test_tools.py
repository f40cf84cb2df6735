#!/usr/bin/env python3
"""Valkey's own command line tools, valkey-cli and valkey-benchmark, against one server.

    test_tools.py outlive PROGRAM | valkey
"""
import re
import subprocess
import sys
import unittest

import servers

SECONDS = 60


class Tools(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = servers.Server(COMMAND)
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.cli("FLUSHALL")

    def tool(self, program, *words, text=""):
        done = subprocess.run([program, "-p", str(self.server.port), *words], input=text, capture_output=True,
                              text=True, timeout=SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def cli(self, *words, text=""):
        return self.tool(CLI, *words, text=text)

    def benchmark(self, *words):
        return self.tool(BENCHMARK, "--csv", *words)

    def test_a_command_on_the_line(self):
        self.assertEqual(self.cli("SET", "greeting", "hello", "EX", "60"), "OK\n")
        self.assertEqual(self.cli("GET", "greeting"), "hello\n")
        self.assertEqual(self.cli("GET"), "ERR wrong number of arguments for 'get' command\n\n")

    def test_replies_for_people(self):
        self.cli("HSET", "h", "f", "v")
        self.assertEqual(self.cli("--no-raw", "HGETALL", "h"), '1) "f"\n2) "v"\n')
        self.assertEqual(self.cli("--no-raw", "-3", "HGETALL", "h"), '1# "f" => "v"\n')
        self.assertEqual(self.cli("--no-raw", "GET", "none"), "(nil)\n")
        self.assertEqual(self.cli("--no-raw", "DEL", "h"), "(integer) 1\n")

    def test_commands_from_a_file_and_in_bulk(self):
        self.assertEqual(self.cli(text="SET a 1\nINCR a\nGET a\n"), "OK\n2\n2\n")
        requests = "".join(f"*3\r\n$3\r\nSET\r\n$4\r\nk{i:03}\r\n$1\r\nx\r\n" for i in range(1000))
        self.assertIn("errors: 0, replies: 1000", self.cli("--pipe", text=requests))
        self.assertEqual(len(self.cli("--scan", "--pattern", "k*").split()), 1000)

    def test_a_script_with_its_keys_and_arguments(self):
        with open(f"{self.server.folder.name}/add.lua", "w") as script:
            script.write("return redis.call('INCRBY', KEYS[1], ARGV[1])")
        self.assertEqual(self.cli("--eval", script.name, "n", ",", "5"), "5\n")

    def test_figures_and_help(self):
        self.assertIn("redis_version:", self.cli("INFO", "server"))
        self.assertIn("used_memory:", self.cli("INFO", "memory"))
        self.assertIn("COUNT", self.cli("COMMAND", "HELP"))

    def test_every_load_the_benchmark_makes_of_strings_and_hashes(self):
        rows = self.benchmark("-n", "2000", "-c", "10", "-t", "ping,set,get,incr,hset,mset").splitlines()
        self.assertEqual([row.split(",")[0] for row in rows[1:]],
                         ['"PING_INLINE"', '"PING_MBULK"', '"SET"', '"GET"', '"INCR"', '"HSET"', '"MSET (10 keys)"'])

    def test_a_pipelined_benchmark_in_resp3_writes_the_keys_it_names(self):
        self.benchmark("-n", "20000", "-c", "20", "-P", "16", "-r", "100", "-3", "SETEX", "k:__rand_int__", "60", "x")
        self.assertEqual(self.cli("DBSIZE"), "100\n")
        self.assertTrue(re.search(r"cmdstat_setex:calls=20000,.*failed_calls=0", self.cli("INFO", "commandstats")))


if __name__ == "__main__":
    COMMAND = servers.command_of(sys.argv)
    CLI, BENCHMARK = servers.client_program("valkey-cli"), servers.client_program("valkey-benchmark")
    unittest.main()
