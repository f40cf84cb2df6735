#!/usr/bin/env python3
"""What outlive tells of its commands and directives, beside what the real Valkey of a profile tells.

    test_table.py outlive PROGRAM [PROFILE]
"""
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "wire"))
import resp  # noqa: E402
import servers  # noqa: E402

INFO_FIELDS = ("name", "arity", "flags", "first key", "last key", "step", "ACL categories", "tips", "key specs",
               "subcommands")
# What COMMAND DOCS tells of a command there and not here: its words one by one, and its changes over the versions.
DOCS_NOT_TOLD = {b"arguments", b"history"}
COMMANDS_OF_OURS = {b"outlive"}
DIRECTIVES_OF_OURS = {b"enable-outlive-command", b"outlive-allocator-quantum", b"outlive-clock",
                      b"outlive-like", b"outlive-profile", b"outlive-seed"}
# Every server under test has its own.
DIRECTIVES_OF_A_RUN = {b"dir", b"port"}


def python(reply):
    """A reply as Python's own; a set in an order of its own, since servers answer in different ones."""
    kind, value = reply
    if kind == "map":
        return {python(key): python(element) for key, element in value}
    if kind == "set":
        return sorted((python(element) for element in value), key=repr)
    return [python(element) for element in value] if kind == "array" else value


def flat(rows):
    """COMMAND INFO by full name, subcommands among the commands."""
    found = {}
    for row in rows:
        found[row[0]] = dict(zip(INFO_FIELDS, row))
        found.update(flat(row[-1]))
        found[row[0]]["subcommands"] = sorted(sub[0] for sub in row[-1])
    return found


def flat_docs(docs):
    found = {}
    for name, facts in docs.items():
        found[name] = {fact: text for fact, text in facts.items()
                       if fact not in DOCS_NOT_TOLD and fact != b"subcommands"}
        found.update(flat_docs(facts.get(b"subcommands", {})))
    return found


class Table(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.ours, cls.real = cls.connect(COMMAND), cls.connect([str(REFERENCE)])

    @classmethod
    def connect(cls, command):
        server = servers.Server(command)
        cls.addClassCleanup(server.stop)
        connection = resp.Connection(server.port)
        cls.addClassCleanup(connection.close)
        connection.ask("HELLO", 3)
        return connection

    def both(self, *words):
        return python(self.ours.ask(*words)), python(self.real.ask(*words))

    def test_each_command_has_the_facts_of_valkey(self):
        ours, real = (flat(rows) for rows in self.both("COMMAND"))
        for name, facts in ours.items():
            if name.split(b"|")[0] not in COMMANDS_OF_OURS:
                with self.subTest(name):
                    self.assertEqual(facts, real.get(name))

    def test_each_command_has_the_docs_of_valkey(self):
        if PROFILE == "redis-7.0":
            self.skipTest("COMMAND DOCS describes in Valkey's words in each profile")
        ours, real = (flat_docs(docs) for docs in self.both("COMMAND", "DOCS"))
        for name, facts in ours.items():
            if name.split(b"|")[0] not in COMMANDS_OF_OURS:
                with self.subTest(name):
                    self.assertEqual(facts, real.get(name))

    def test_a_command_that_is_not_there_is_refused_by_name(self):
        ours, real = (flat(rows) for rows in self.both("COMMAND"))
        for name in sorted(real.keys() - ours.keys()):
            with self.subTest(name):
                kind, text = self.ours.ask(*name.split(b"|"))
                self.assertEqual(kind, "error")
                container, _, subcommand = name.partition(b"|")
                said = b"ERR unknown subcommand '%s'" % subcommand if container in ours else \
                    b"ERR unknown command '%s'" % container
                self.assertTrue(text.startswith(said), text)

    def test_directives_have_the_names_and_defaults_of_valkey(self):
        ours, real = self.both("CONFIG", "GET", "*")
        self.assertEqual(ours.keys() - DIRECTIVES_OF_OURS, real.keys())
        for name in real.keys() - DIRECTIVES_OF_A_RUN:
            with self.subTest(name):
                self.assertEqual(ours[name], real[name])


if __name__ == "__main__":
    COMMAND = servers.command_of(sys.argv)
    PROFILE = sys.argv.pop(1) if len(sys.argv) > 1 else "valkey-8.1"
    COMMAND += ["--outlive-profile", PROFILE]
    REFERENCE = servers.reference_server(PROFILE)
    unittest.main()
