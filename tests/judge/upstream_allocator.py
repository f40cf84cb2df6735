#!/usr/bin/env python3
"""What keys weigh with the allocator that is bundled with Valkey (quantum 8: outlive's default, that of the upstream
images), beside figures of servers that were built so. No distribution has such a server for fidelity.py to run.

    upstream_allocator.py PROGRAM

upstream_allocator.json has, of each version:
  usage_…     MEMORY USAGE of the only key of a database; of hashes by [fields, length of a field's name and of its value,
              t(ext) or d(igits), in one command or a field at a time, encoding, MEMORY USAGE with SAMPLES 0]
  growth      used_memory over that of an empty server, by the number of keys
  clients     used_memory that each of so many new connections adds
Equal to the byte, but where buckets of 8.1's tables are chained, which the hash seed decides.
"""
import json
import pathlib
import sys
import unittest

from subject import Subject

PROGRAM = sys.argv.pop() if len(sys.argv) > 1 else "outlive"
FIGURES = json.loads(pathlib.Path(__file__).with_suffix(".json").read_text())
CHAINED_BUCKET, CHAINED_LIMIT, CHAINED_FEW = 64, 0.01, 16
DAY_S = 86_400

SHAPES = {
    "str100": lambda i: [("SET", f"key:{i:012d}", "x" * 100)],
    "str100_ttl": lambda i: [("SET", f"key:{i:012d}", "x" * 100, "EX", DAY_S)],
    "cache1k": lambda i: [("SET", cache_key(i), "x" * 1024)],
    "cache1k_ttl": lambda i: [("SETEX", cache_key(i), DAY_S, "x" * 1024)],
    "hash2": lambda i: [("HSET", limit_key(i), "balance", "100", "last_refilled", "1732345678901234")],
    "hash2_ttl": lambda i: [*SHAPES["hash2"](i), ("EXPIRE", limit_key(i), 2 * DAY_S)],
    "empty_str": lambda i: [("SET", f"key:{i:012d}", "")],
    "int_shared": lambda i: [("SET", f"key:{i:012d}", i % 10_000)],
}
COMMANDS = {
    "SET": lambda v: [("SET", "key", v)],
    "SET EX": lambda v: [("SET", "key", v, "EX", 100)],
    "SETEX": lambda v: [("SETEX", "key", 100, v)],
    "MSET": lambda v: [("MSET", "key", v)],
    "GETSET": lambda v: [("SET", "key", "o"), ("GETSET", "key", v)],
    "EVAL SET": lambda v: [("EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", 1, "key", v)],
    "EVAL fresh SET": lambda v: [("EVAL", "return redis.call('SET', KEYS[1], string.rep('y', ARGV[1]))", 1, "key", len(v))],
    "APPEND to none": lambda v: [("APPEND", "key", v)],
    "APPEND half and half": lambda v: [("APPEND", "key", v[:len(v) // 2]), ("APPEND", "key", v[len(v) // 2:])],
    "SETRANGE": lambda v: [("SETRANGE", "key", 0, v)],
    "COPY": lambda v: [("SET", "o", v), ("COPY", "o", "key")],
    "RENAME": lambda v: [("SET", "o", v), ("RENAME", "o", "key")],
}


def cache_key(i):
    return f"tensorzero_cache:{i * 0x9E3779B97F4A7C15F39CC0605CEDC834 & (1 << 256) - 1:064x}"


def limit_key(i):
    return f"tensorzero_ratelimit:key_{i:016d}"


def text(i, length, kind):
    """A field's name or value: number i, filled up to this length, as digits or as text."""
    return ("1" if kind == "d" else "f") + str(i).rjust(length - 1, "0")


def usages(subject, plans, key="key"):
    """MEMORY USAGE of this key after each list of requests on an empty database."""
    found = []
    for requests in plans:
        *_, usage, _ = subject.load([*requests, ("MEMORY", "USAGE", key, "SAMPLES", 0), ("FLUSHDB",)])
        found.append(usage)
    return found


def outlive(profile):
    return Subject([PROGRAM, "serve", "--outlive-profile", profile])


class UpstreamAllocator(unittest.TestCase):
    maxDiff = None

    def test_strings_by_the_length_of_key_and_value(self):
        for profile, figures in FIGURES.items():
            with self.subTest(profile), outlive(profile) as subject:
                grid = figures["usage_by_key_and_value_length"]
                for length, row in zip(grid["keys"], grid["usage"]):
                    key = "k" * length
                    self.assertEqual(usages(subject, [[("SET", key, "x" * n)] for n in grid["values"]], key), row, length)
                by_value, by_key = figures["usage_by_value_length_0_to_600"], figures["usage_by_key_length_1_to_600"]
                key = "k" * 16
                self.assertEqual(usages(subject, [[("SET", key, "x" * n)] for n in range(len(by_value))], key), by_value)
                for length, usage in enumerate(by_key, 1):
                    key = "k" * length
                    self.assertEqual(usages(subject, [[("SET", key, "x" * 8)]], key), [usage], length)

    def test_numbers(self):
        for profile, figures in FIGURES.items():
            with self.subTest(profile), outlive(profile) as subject:
                numbers = figures["usage_of_numbers"]
                self.assertEqual(usages(subject, [[("SET", "key", number)] for number in numbers]), list(numbers.values()))

    def test_strings_by_the_command_that_wrote_them(self):
        for profile, figures in FIGURES.items():
            with self.subTest(profile), outlive(profile) as subject:
                lengths, rows = figures["usage_by_command"].values()
                for name, requests in COMMANDS.items():
                    self.assertEqual(usages(subject, [requests("x" * n) for n in lengths]), rows[name], name)

    def test_hashes(self):
        for profile, figures in FIGURES.items():
            with self.subTest(profile), outlive(profile) as subject:
                for fields, name, value, kind, at_once, encoding, usage in figures["usage_of_hashes"]:
                    pairs = [(text(i, name, kind), text(i, value, kind)) for i in range(fields)]
                    requests = ([("HSET", "key", *(word for pair in pairs for word in pair))] if at_once else
                                [("HSET", "key", *pair) for pair in pairs])
                    *_, seen, ours, _ = subject.load([*requests, ("OBJECT", "ENCODING", "key"),
                                                             ("MEMORY", "USAGE", "key", "SAMPLES", 0), ("FLUSHDB",)])
                    what = (fields, name, value, kind, at_once)
                    self.assertEqual(seen.decode(), encoding, what)
                    if encoding == "listpack":
                        self.assertEqual(ours, usage, what)
                    else:
                        self.assert_but_for_chains(ours, usage, what)

    def test_used_memory_while_tables_grow(self):
        for profile, figures in FIGURES.items():
            growth = figures["growth"]
            for shape, row in growth["shapes"].items():
                with self.subTest(profile, shape=shape), outlive(profile) as subject:
                    if profile == "valkey-8.0":  # the heads of its tables were there before
                        subject.load([("SET", "head", "v", "EX", DAY_S), ("FLUSHALL", "SYNC")])
                    before, made = subject.used_with_chains(), 0
                    for keys, expected in zip(growth["points"], row):
                        subject.load([request for i in range(made, keys) for request in SHAPES[shape](i)])
                        made = keys
                        self.assert_but_for_chains(subject.used_with_chains() - before, expected, keys)

    def test_connections(self):
        for profile, figures in FIGURES.items():
            with self.subTest(profile), outlive(profile) as subject:
                for count, expected in figures["clients"].items():
                    reader = subject.connect()
                    before = used(reader)
                    others = [subject.connect() for _ in range(int(count))]
                    for other in others:
                        other.ask("PING")
                    self.assertEqual(round((used(reader) - before) / int(count), 1), expected)
                    for connection in (*others, reader):
                        connection.close()
                    subject.used()  # once all have gone

    def assert_but_for_chains(self, ours, expected, what):
        """Of the same size, but that one may have some more chained buckets than the other."""
        self.assertEqual((ours - expected) % CHAINED_BUCKET, 0, (what, ours, expected))
        self.assertLessEqual(abs(ours - expected), max(CHAINED_LIMIT * expected, CHAINED_FEW * CHAINED_BUCKET), (what, ours, expected))


def used(connection):
    return int(connection.ask("INFO", "memory")[1].split(b"used_memory:")[1].split()[0])


if __name__ == "__main__":
    unittest.main()
