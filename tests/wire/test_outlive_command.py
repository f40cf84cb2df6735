#!/usr/bin/env python3
"""The emulator's own commands over a socket: who may, the clock, the seed, the journal.

    test_outlive_command.py outlive PROGRAM
"""
import socket
import sys
import time
import unittest

import servers


class Client:
    """The least of clients: words out, one reply in. Errors come back as strings that begin with '-'."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.file = self.socket.makefile("rb")

    def send(self, *words):
        parts = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))

    def read(self):
        line = self.file.readline()[:-2].decode()
        kind, rest = line[0], line[1:]
        if kind == ":":
            return int(rest)
        if kind == "$":
            return None if rest == "-1" else self.file.read(int(rest) + 2)[:-2].decode()
        if kind in "*>":
            return None if rest == "-1" else [self.read() for _ in range(int(rest))]
        return line if kind == "-" else rest

    def ask(self, *words):
        self.send(*words)
        return self.read()

    def table(self, *words):
        flat = self.ask(*words)
        return dict(zip(flat[::2], flat[1::2]))

    def close(self):
        self.file.close()
        self.socket.close()


class OnTheWire(unittest.TestCase):
    directives = ("--enable-outlive-command", "yes")

    def start(self, *directives):
        server = servers.Server(COMMAND, *self.directives, *directives)
        self.addCleanup(server.stop)
        return server

    def client(self, server):
        client = Client(server.port)
        self.addCleanup(client.close)
        return client


class Refused(OnTheWire):
    directives = ()

    def test_it_is_refused_unless_enabled_and_the_refusal_says_how(self):
        client = self.client(self.start())
        for words in (["CLOCK"], ["SEED"], ["EXPLAIN", "k"], ["JOURNAL"], ["DIGEST"], ["EVICTIONS"]):
            self.assertEqual(client.ask("OUTLIVE", *words),
                             "-ERR OUTLIVE command not allowed. Start with --enable-outlive-command yes, or local for "
                             "local connections alone.")
        self.assertIn("CLOCK", client.ask("OUTLIVE", "HELP"))

    def test_local_lets_this_machine_in(self):
        client = self.client(self.start("--enable-outlive-command", "local"))
        self.assertEqual(client.ask("OUTLIVE", "CLOCK")[:2], ["state", "running"])

    def test_it_is_no_setting_for_a_running_server(self):
        client = self.client(self.start())
        self.assertIn("immutable", client.ask("CONFIG", "SET", "enable-outlive-command", "yes"))


class Clock(OnTheWire):
    def test_a_server_started_with_a_frozen_clock_moves_when_told(self):
        client = self.client(self.start("--outlive-clock", "1700000000000"))
        self.assertEqual(client.ask("TIME"), ["1700000000", "0"])
        client.ask("SET", "k", "v", "EX", "60")
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "ADVANCE", "59000"), "OK")
        self.assertEqual(client.ask("TTL", "k"), 1)
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "ADVANCE", "2000"), "OK")
        self.assertEqual(client.ask("DBSIZE"), 0)
        self.assertEqual(client.table("OUTLIVE", "EXPLAIN", "k")["state"], "expired_actively")
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "SET", "1600000000000"), "OK")
        self.assertEqual(client.table("OUTLIVE", "CLOCK"), {"state": "frozen", "unix_us": 1600000000000000})

    def test_it_counts_in_microseconds_where_they_are_said(self):
        client = self.client(self.start("--outlive-clock", "1700000000000001us"))
        self.assertEqual(client.ask("TIME"), ["1700000000", "1"])
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "ADVANCE", "1500us"), "OK")
        self.assertEqual(client.ask("TIME"), ["1700000000", "1501"])
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "SET", "1600000000000007us"), "OK")
        self.assertEqual(client.ask("TIME"), ["1600000000", "7"])
        for wrong in ("us", "-1us", "1ms", "1.5"):
            self.assertIn("not an integer", client.ask("OUTLIVE", "CLOCK", "ADVANCE", wrong))

    def test_a_running_clock_freezes_runs_on_and_goes_back_to_the_systems(self):
        client = self.client(self.start())
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "FREEZE"), "OK")
        frozen = client.ask("TIME")
        self.assertEqual(client.ask("TIME"), frozen)
        client.ask("OUTLIVE", "CLOCK", "ADVANCE", "3600000")
        self.assertEqual(int(client.ask("TIME")[0]), int(frozen[0]) + 3600)
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "RUN"), "OK")
        self.assertEqual(client.table("OUTLIVE", "CLOCK")["state"], "running")
        self.assertGreaterEqual(int(client.ask("TIME")[0]), int(frozen[0]) + 3600)
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "SYSTEM"), "OK")
        self.assertLess(int(client.ask("TIME")[0]), int(frozen[0]) + 3600)

    def test_blocked_and_paused_clients_wait_for_the_emulated_time(self):
        server = self.start("--outlive-clock", "frozen")
        hand, waiting, writing = self.client(server), self.client(server), self.client(server)
        waiting.send("WAIT", "1", "3600000")
        hand.ask("CLIENT", "PAUSE", "1800000", "WRITE")
        writing.send("SET", "k", "v")
        self.assertTrue(servers.until(lambda: hand.ask("CLIENT", "LIST").count(" flags=b ") == 2))
        hand.ask("OUTLIVE", "CLOCK", "ADVANCE", "1800000")
        self.assertEqual(writing.read(), "OK")
        hand.ask("OUTLIVE", "CLOCK", "ADVANCE", "1800000")
        self.assertEqual(waiting.read(), 0)

    def test_it_is_not_for_scripts_and_transactions(self):
        client = self.client(self.start())
        self.assertIn("not allowed from script", client.ask("EVAL", "return redis.call('OUTLIVE','CLOCK','FREEZE')", "0"))
        client.ask("MULTI")
        self.assertEqual(client.ask("OUTLIVE", "CLOCK", "FREEZE"), "-ERR Command not allowed inside a transaction")


class NoTrace(OnTheWire):
    """What is asked of the emulator itself changes nothing of what it imitates."""

    def test_it_takes_no_memory_and_is_not_the_second_request_of_a_pipeline(self):
        client = self.client(self.start("--outlive-clock", "1700000000000"))
        client.ask("SET", "k", "v" * 1000)
        client.ask("GET", "k")
        before = client.ask("OUTLIVE", "MEMORY")
        self.assertGreater(before, 500_000)
        for words in (["CLOCK"], ["DIGEST"], ["SEED"], ["EXPLAIN", "k"], ["JOURNAL"], ["MEMORY"]):
            client.ask("OUTLIVE", *words)
        # Both at once, so that they arrive in one read.
        one = b"*4\r\n$7\r\nOUTLIVE\r\n$5\r\nCLOCK\r\n$7\r\nADVANCE\r\n$1\r\n1\r\n"
        client.socket.sendall(one + b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")
        self.assertEqual([client.read(), client.read()], ["OK", "v" * 1000])
        self.assertEqual(client.ask("OUTLIVE", "MEMORY"), before)

    def test_it_evicts_nothing(self):
        client = self.client(self.start("--maxmemory-policy", "allkeys-lru", "--outlive-clock", "frozen"))
        for i in range(100):
            client.ask("SET", f"k:{i}", "v" * 1000)
        client.ask("CONFIG", "SET", "maxmemory", client.ask("OUTLIVE", "MEMORY") - 20_000)
        kept = client.ask("OUTLIVE", "MEMORY")
        for words in (["CLOCK"], ["MEMORY"], ["JOURNAL"]):
            client.ask("OUTLIVE", *words)
        self.assertEqual(client.ask("OUTLIVE", "MEMORY"), kept)


class Runs(OnTheWire):
    """Two servers, one script."""

    def play(self, seed, restart_seed=None):
        server = self.start("--outlive-seed", str(seed), "--outlive-clock", "1700000000000", "--maxmemory", "2mb",
                            "--maxmemory-policy", "volatile-ttl")
        client = self.client(server)
        if restart_seed:
            self.assertEqual(client.ask("OUTLIVE", "SEED", restart_seed), "OK")
            seed = restart_seed
        self.assertEqual(client.ask("OUTLIVE", "SEED"), str(seed))
        for i in range(3000):
            client.ask("SETEX", f"key:{i}", 100 + i % 500, "v" * 400)
            if i % 300 == 0:
                client.ask("OUTLIVE", "CLOCK", "ADVANCE", "10000")
        evicted = client.ask("OUTLIVE", "EVICTIONS", "100000")
        self.assertGreater(len(evicted), 100)
        return client.table("OUTLIVE", "DIGEST"), evicted, client

    def test_one_seed_evicts_the_same_keys_and_another_others(self):
        digest, evicted, _ = self.play(7)
        self.assertEqual(self.play(7)[:2], (digest, evicted))
        other_digest, other_evicted, _ = self.play(8)
        self.assertNotEqual(other_evicted, evicted)
        self.assertNotEqual(other_digest, digest)
        self.assertEqual(self.play(9, restart_seed=7)[:2], (digest, evicted))

    def play_large_write(self, pause_s):
        """Fills a server with small keys, makes one that needs the room of very many, and looks from another connection."""
        server = self.start("--outlive-seed", "7", "--outlive-clock", "1700000000000", "--maxmemory", "2mb",
                            "--maxmemory-policy", "volatile-ttl")
        client = self.client(server)
        client.ask("EVAL", "for i = 1, 8000 do redis.call('SET', 'key:' .. i, ARGV[1], 'EX', 100 + i) end", "0", "v" * 40)
        client.ask("SETRANGE", "large", "1000000", "end")
        seen = []
        for ask in (("DBSIZE",), ("GETRANGE", "large", "1000000", "-1"), ("DBSIZE",)):
            time.sleep(pause_s)
            seen.append(client.ask(*ask))
            seen.append(self.client(server).table("OUTLIVE", "DIGEST"))
        client.ask("OUTLIVE", "CLOCK", "ADVANCE", "1000")
        return seen, client.table("OUTLIVE", "JOURNAL")["recorded"]

    def test_by_a_clock_that_stands_still_it_does_not_matter_how_soon_one_asks(self):
        longer_than_a_cron = 0.15
        at_once = self.play_large_write(0)
        self.assertGreater(at_once[1], 2000)  # some rounds of eviction
        self.assertEqual(self.play_large_write(longer_than_a_cron), at_once)

    def test_a_seed_is_not_for_a_server_with_keys(self):
        _, _, client = self.play(7)
        self.assertIn("FLUSHALL first", client.ask("OUTLIVE", "SEED", "8"))
        client.ask("FLUSHALL")
        self.assertEqual(client.ask("OUTLIVE", "SEED", "8"), "OK")


class Journal(OnTheWire):
    def test_it_says_who_deleted_and_overwrote(self):
        client = self.client(self.start())
        me = client.ask("CLIENT", "ID")
        client.ask("SET", "k", "v", "EX", "100")
        client.ask("SET", "k", "w")
        told = client.table("OUTLIVE", "EXPLAIN", "k")
        self.assertEqual(told["state"], "resident")
        client.ask("DEL", "k")
        told = client.table("OUTLIVE", "EXPLAIN", "k")
        self.assertEqual((told["state"], told["cause"], told["client"]), ("deleted", "del", me))
        self.assertEqual(told["why"], f"deleted by DEL of client {me}")
        first = client.ask("OUTLIVE", "JOURNAL", "GET", "1", "1")[0]
        self.assertEqual(dict(zip(first[::2], first[1::2]))["state"], "overwritten")

    def test_who_follows_it_hears_of_departures_before_the_reply_of_what_caused_them(self):
        server = self.start("--outlive-clock", "1700000000000")
        client = self.client(server)
        self.assertEqual(client.ask("OUTLIVE", "JOURNAL", "FOLLOW"), "OK")
        client.ask("SET", "k", "v", "PX", "70")
        client.send("DEL", "k")
        self.assertEqual(client.read(), ["departure", "deleted", 0, "k", 70, 0, 0, 1700000000000000])
        self.assertEqual(client.read(), 1)
        client.ask("SET", "soon", "v", "PX", "50")
        client.send("OUTLIVE", "CLOCK", "ADVANCE", "60000")
        self.assertEqual(client.read()[:4], ["departure", "expired_actively", 0, "soon"])
        self.assertEqual(client.read(), "OK")
        other = self.client(server)
        self.assertIn("follows the journal already", other.ask("OUTLIVE", "JOURNAL", "FOLLOW"))
        client.close()
        self.assertTrue(servers.until(lambda: other.ask("OUTLIVE", "JOURNAL", "FOLLOW") == "OK"))

    def test_it_is_bounded_and_can_be_off(self):
        client = self.client(self.start())
        self.assertEqual(client.table("OUTLIVE", "JOURNAL"), {"limit": 100000, "kept": 0, "recorded": 0})
        self.assertEqual(client.ask("OUTLIVE", "JOURNAL", "LIMIT", "2"), "OK")
        for key in "abc":
            client.ask("SET", key, "1")
            client.ask("DEL", key)
        self.assertEqual(client.table("OUTLIVE", "JOURNAL"), {"limit": 2, "kept": 2, "recorded": 3})
        self.assertEqual(client.ask("OUTLIVE", "JOURNAL", "RESET"), "OK")
        self.assertEqual(client.table("OUTLIVE", "JOURNAL")["kept"], 0)
        self.assertEqual(client.ask("OUTLIVE", "JOURNAL", "LIMIT", "0"), "OK")
        self.assertIn("the journal is off", client.ask("OUTLIVE", "EVICTIONS"))


if __name__ == "__main__":
    COMMAND = servers.command_of(sys.argv)
    unittest.main()
