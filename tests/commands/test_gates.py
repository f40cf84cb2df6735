#!/usr/bin/env python3
"""Every command at every gate: with too few and too many words, on a key of the wrong type, queued in MULTI, called
from a script, when memory is at the cap. What outlive answers is what the real Valkey 8.1.1 answers.

    test_gates.py outlive PROGRAM
"""
import contextlib
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "wire"))
import resp  # noqa: E402
import servers  # noqa: E402

# These end the server or make it a replica, stop or redirect its replies, or are outlive's own.
LEFT_OUT = {"shutdown", "quit", "client|reply", "client|kill", "client|pause", "sync", "psync", "replconf",
            "replicaof", "slaveof", "failover", "acl|setuser", "outlive"}
# Commands whose answers tell of time, chance, a process or a list that is outlive's own.
DIFFERENT = {"acl|help", "acl|log", "client|id", "client|info", "client|list", "command", "commandlog|get",
             "commandlog|len", "command|count", "command|docs", "command|help", "command|info",
             "command|list", "debug", "hello", "info", "lastsave", "latency|doctor", "latency|histogram",
             "lolwut", "memory|doctor", "memory|malloc-stats", "memory|stats", "randomkey", "role",
             "slowlog|get", "slowlog|len", "time"}
# Refused by name, where Valkey has persistence, users, modules.
UNSUPPORTED = "is not supported by outlive"


def shown(reply):
    return "\n".join(resp.shown(reply))


class Gates(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.servers = [servers.Server(command) for command in (COMMAND, [str(REFERENCE)])]
        for server in cls.servers:
            cls.addClassCleanup(server.stop)
        with cls.connection(cls.servers[0]) as ours:
            cls.arity = cls.commands(ours)

    @staticmethod
    def connection(server):
        return contextlib.closing(resp.Connection(server.port))

    @staticmethod
    def commands(ours):
        """The arity of each command that outlive has, subcommands under their full names."""
        found = {}
        for row in ours.ask("COMMAND")[1]:
            for _, fields in [row, *row[1][9][1]]:
                found[fields[0][1].decode()] = fields[1][1]
        return {name: arity for name, arity in sorted(found.items())
                if name not in LEFT_OUT and name.split("|")[0] not in LEFT_OUT}

    def words(self, name, more=(), fill="x"):
        """A request of the fewest words that its row allows, the first of which are given."""
        words = [*name.split("|"), *more]
        return words + [fill] * (abs(self.arity[name]) - len(words))

    def compare(self, name, *requests):
        """Sends the same to both; the reply to the last request must be the same."""
        ours, real = (self.last_reply(server, requests) for server in self.servers)
        told = UNSUPPORTED in shown(ours)
        if not told and (name not in DIFFERENT or "error" in (ours[0], real[0])):
            self.assertEqual(shown(ours), shown(real), requests)

    def last_reply(self, server, requests):
        with self.connection(server) as client:
            for request in (["CONFIG", "SET", "maxmemory", "0"], ["FLUSHALL"], ["SET", "s", "text"],
                            ["HSET", "h", "f", "v"], *requests):
                reply = client.ask(*request)
        return reply

    def each(self, check):
        for name in self.arity:
            with self.subTest(name):
                check(name)

    def test_too_few_words(self):
        self.each(lambda name: self.compare(name, self.words(name)[:-1]) if "|" in name or
                  abs(self.arity[name]) > 1 else None)

    def test_too_many_words(self):
        self.each(lambda name: self.compare(name, self.words(name) + ["x"] * 3))

    def test_words_that_mean_nothing(self):
        self.each(lambda name: self.compare(name, self.words(name)))
        self.each(lambda name: self.compare(name, self.words(name, fill="")))
        self.each(lambda name: self.compare(name, self.words(name, fill="1")))

    def test_a_key_of_the_wrong_type(self):
        self.each(lambda name: self.compare(name, self.words(name, ["s"], "1")))
        self.each(lambda name: self.compare(name, self.words(name, ["h"], "1")))

    def test_in_a_transaction(self):
        self.each(lambda name: self.compare(name, ["MULTI"], self.words(name, ["s"], "1")))
        self.each(lambda name: self.compare(name, ["MULTI"], self.words(name, ["s"], "1"), ["EXEC"]))
        self.each(lambda name: self.compare(name, ["MULTI"], self.words(name)[:-1] or ["x"], ["EXEC"]))

    def test_from_a_script(self):
        script = "return redis.pcall(unpack(ARGV))"
        self.each(lambda name: self.compare(name, ["EVAL", script, "0", *self.words(name, ["s"], "1")]))
        self.each(lambda name: self.compare(name, ["EVAL", script, "0", *self.words(name)[:-1]]))
        self.each(lambda name: self.compare(name, ["EVAL_RO", script, "0", *self.words(name, ["s"], "1")]))

    def test_at_the_cap(self):
        full = ["CONFIG", "SET", "maxmemory", "1"]
        script = "return redis.pcall(unpack(ARGV))"
        self.each(lambda name: self.compare(name, full, self.words(name, ["s"], "1")))
        self.each(lambda name: self.compare(name, full, ["EVAL", script, "0", *self.words(name, ["s"], "1")]))
        self.each(lambda name: self.compare(name, full, ["MULTI"], self.words(name, ["s"], "1"), ["EXEC"]))


if __name__ == "__main__":
    COMMAND = servers.command_of(sys.argv)
    REFERENCE = servers.reference_folder() / "valkey-server"
    unittest.main()
