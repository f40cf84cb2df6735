#!/usr/bin/env python3
"""redis-py, as Python programs use it, against one server.

    test_redis_py.py outlive PROGRAM | valkey
"""
import sys
import time
import unittest

import servers

servers.continue_with("redis==8.1.0")
import redis  # noqa: E402  (found by the line above)
from redis.backoff import NoBackoff  # noqa: E402
from redis.retry import Retry  # noqa: E402

SECONDS = 10


class RedisPy(unittest.TestCase):
    protocol = 2

    @classmethod
    def setUpClass(cls):
        cls.server = servers.Server(COMMAND)
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.client = self.connect()
        self.client.flushall()

    def connect(self, **more):
        client = redis.Redis(port=self.server.port, protocol=self.protocol, decode_responses=True,
                             socket_timeout=SECONDS, retry=Retry(NoBackoff(), 1), **more)
        self.addCleanup(client.close)
        return client

    def message(self, subscriber):
        """The next message, confirmations included."""
        found = subscriber.get_message(timeout=SECONDS)
        self.assertIsNotNone(found, "no message")
        return found["type"], found["channel"], found["data"]

    def test_strings_with_their_options(self):
        self.assertTrue(self.client.set("k", "one", ex=100))
        self.assertIsNone(self.client.set("k", "two", nx=True))
        self.assertEqual(self.client.set("k", "two", xx=True, get=True, keepttl=True), "one")
        self.assertIn(self.client.ttl("k"), (99, 100))
        self.assertEqual(self.client.append("k", "!"), 4)
        self.assertEqual(self.client.getrange("k", 1, -1), "wo!")
        self.assertEqual(self.client.getex("k", persist=True), "two!")
        self.assertEqual(self.client.ttl("k"), -1)
        self.assertEqual(self.client.getdel("k"), "two!")
        self.assertIsNone(self.client.get("k"))
        self.assertTrue(self.client.mset({"a": 1, "b": 2.5}))
        self.assertEqual(self.client.mget("a", "none", "b"), ["1", None, "2.5"])
        self.assertEqual(self.client.incrbyfloat("b", 0.25), 2.75)
        self.assertEqual(self.client.incrby("a", 41), 42)

    def test_values_are_any_bytes(self):
        raw = redis.Redis(port=self.server.port, protocol=self.protocol)
        self.addCleanup(raw.close)
        value = bytes(range(256)) * 4096
        raw.set(b"\0key\r\n", value)
        self.assertEqual(raw.get(b"\0key\r\n"), value)

    def test_hashes(self):
        self.assertEqual(self.client.hset("h", mapping={"balance": 3, "last_refilled": 1795421703868560}), 2)
        self.assertEqual(self.client.hgetall("h"), {"balance": "3", "last_refilled": "1795421703868560"})
        self.assertEqual(self.client.hmget("h", "balance", "none"), ["3", None])
        self.assertEqual(self.client.hincrby("h", "balance", -1), 2)
        self.assertEqual(sorted(self.client.hkeys("h")), ["balance", "last_refilled"])
        self.assertEqual(self.client.hdel("h", "balance", "none"), 1)
        self.assertEqual(dict(self.client.hscan_iter("h")), {"last_refilled": "1795421703868560"})

    def test_a_pipeline_answers_in_order_and_keeps_its_errors(self):
        self.client.set("text", "abc")
        with self.client.pipeline(transaction=False) as pipe:
            pipe.set("n", 1).incr("n").incr("text").get("n")
            replies = pipe.execute(raise_on_error=False)
        self.assertEqual(replies[0:2], [True, 2])
        self.assertEqual(str(replies[2]), "value is not an integer or out of range")
        self.assertEqual(replies[3], "2")
        with self.client.pipeline(transaction=False) as pipe:
            for i in range(2000):
                pipe.set(f"p:{i}", "x" * (i % 300))
            self.assertEqual(pipe.execute(), [True] * 2000)
        self.assertEqual(self.client.dbsize(), 2002)

    def test_a_transaction_fails_if_a_watched_key_was_touched(self):
        other = self.connect()
        with self.client.pipeline() as pipe:
            pipe.watch("balance")
            other.set("balance", 1)
            pipe.multi()
            pipe.incr("balance")
            self.assertRaises(redis.WatchError, pipe.execute)
            pipe.watch("balance")
            pipe.multi()
            pipe.incr("balance").expire("balance", 60)
            self.assertEqual(pipe.execute(), [2, True])

    def test_pubsub(self):
        subscriber = self.client.pubsub()
        self.addCleanup(subscriber.close)
        subscriber.subscribe("news")
        subscriber.psubscribe("n*")
        self.assertEqual(self.message(subscriber), ("subscribe", "news", 1))
        self.assertEqual(self.message(subscriber), ("psubscribe", "n*", 2))
        publisher = self.connect()
        self.assertEqual(publisher.publish("news", "hello"), 2)
        self.assertEqual(self.message(subscriber), ("message", "news", "hello"))
        self.assertEqual(self.message(subscriber), ("pmessage", "news", "hello"))
        self.assertEqual(publisher.pubsub_numsub("news"), [("news", 1)])
        subscriber.unsubscribe()
        self.assertEqual(self.message(subscriber), ("unsubscribe", "news", 1))

    def test_a_key_that_expires_is_told(self):
        self.client.config_set("notify-keyspace-events", "Ex")
        subscriber = self.client.pubsub()
        self.addCleanup(subscriber.close)
        subscriber.subscribe("__keyevent@0__:expired")
        self.message(subscriber)
        self.client.psetex("short", 10, "x")
        self.assertEqual(self.message(subscriber), ("message", "__keyevent@0__:expired", "short"))

    def test_lua_by_text_by_digest_and_after_a_flush(self):
        script = self.client.register_script(
            "redis.call('HSET', KEYS[1], 'n', ARGV[1]) return {1, redis.call('HGET', KEYS[1], 'n'), false}")
        self.assertEqual(script(keys=["h"], args=[7]), [1, "7", None])
        self.client.script_flush()
        self.assertRaises(redis.exceptions.NoScriptError, self.client.evalsha, script.sha, 1, "h", 7)
        self.assertEqual(script(keys=["h"], args=[8]), [1, "8", None])
        self.assertEqual(self.client.script_exists(script.sha), [True])
        with self.assertRaisesRegex(redis.ResponseError, "^MYERR my own words"):
            self.client.eval("return redis.error_reply('MYERR my own words')", 0)

    def test_functions(self):
        code = ("#!lua name=lib\n"
                "redis.register_function('take', function(keys, args)\n"
                "  return cjson.encode({redis.call('INCRBY', keys[1], args[1])}) end)\n"
                "redis.register_function{function_name='look', flags={'no-writes'},\n"
                "  callback=function(keys) return redis.call('GET', keys[1]) end}")
        self.assertEqual(self.client.function_load(code, replace=True), "lib")
        self.assertEqual(self.client.fcall("take", 1, "n", 5), "[5]")
        self.assertEqual(self.client.fcall_ro("look", 1, "n"), "5")
        with self.assertRaisesRegex(redis.ResponseError, "Can not execute a script with write flag"):
            self.client.fcall_ro("take", 1, "n", 5)
        self.assertTrue(self.client.function_delete("lib"))

    def test_scan_sees_every_key_that_stays(self):
        with self.client.pipeline(transaction=False) as pipe:
            for i in range(3000):
                pipe.set(f"stay:{i}", i)
            pipe.execute()
        seen = set()
        for turn, key in enumerate(self.client.scan_iter(match="stay:*", count=50)):
            seen.add(key)
            self.client.set(f"new:{turn}", 1)  # the table grows under the cursor
        self.assertEqual(seen, {f"stay:{i}" for i in range(3000)})
        self.assertEqual(list(self.client.scan_iter(_type="hash")), [])

    def test_a_full_server_says_so_and_goes_on_reading(self):
        self.client.set("k", "v")
        self.client.config_set("maxmemory", 1)
        try:
            with self.assertRaisesRegex(redis.exceptions.OutOfMemoryError, "command not allowed when used memory"):
                self.client.set("k", "w")
            self.assertEqual(self.client.get("k"), "v")
            self.client.config_set("maxmemory-policy", "allkeys-lru")
            self.assertEqual(self.client.dbsize(), 0)
        finally:
            self.client.config_set("maxmemory", 0)
            self.client.config_set("maxmemory-policy", "noeviction")
        self.assertEqual(self.client.info("stats")["evicted_keys"], 1)
        self.client.config_resetstat()

    def test_info_and_config_are_read_as_values(self):
        info = self.client.info()
        self.assertEqual(info["maxmemory_policy"], "noeviction")
        self.assertGreater(info["used_memory"], 100_000)
        self.client.set("k", "v", ex=100)
        self.assertEqual({k: v for k, v in self.client.info("keyspace")["db0"].items() if k != "avg_ttl"},
                         {"keys": 1, "expires": 1})
        self.assertEqual(self.client.config_get("maxmemory-*")["maxmemory-samples"], "5")
        self.assertEqual(self.client.memory_usage("k"), self.client.memory_usage("k", samples=0))

    def test_clients_see_each_other(self):
        self.client.client_setname("first")
        other = self.connect()
        named = [one for one in other.client_list() if one["name"] == "first"]
        self.assertEqual(len(named), 1)
        self.assertEqual(other.client_kill_filter(_id=named[0]["id"]), 1)
        self.assertTrue(self.client.ping())  # connects anew

    def test_a_password_is_asked_for(self):
        self.client.config_set("requirepass", "secret")
        try:
            self.assertRaises(redis.AuthenticationError, self.connect().ping)
            self.assertRaises(redis.AuthenticationError, self.connect(password="wrong").ping)
            self.assertTrue(self.connect(password="secret").ping())
        finally:
            self.client.config_set("requirepass", "")

    def test_another_database(self):
        self.connect(db=5).set("k", 1)
        self.assertEqual(self.client.exists("k"), 0)
        self.client.swapdb(0, 5)
        self.assertEqual(self.client.get("k"), "1")

    def test_time_is_the_systems(self):
        seconds, _ = self.client.time()
        self.assertLess(abs(seconds - time.time()), 60)


class RedisPyByRESP3(RedisPy):
    protocol = 3

    def test_replies_have_their_types(self):
        self.client.hset("h", "f", "v")
        self.assertEqual(self.client.execute_command("HGETALL", "h"), {"f": "v"})
        self.assertEqual(self.client.execute_command("CONFIG", "GET", "maxmemory"), {"maxmemory": "0"})
        self.assertEqual(self.client.eval("redis.setresp(3) return {double=1.5}", 0), 1.5)
        self.assertIs(self.client.eval("redis.setresp(3) return true", 0), True)


if __name__ == "__main__":
    COMMAND = servers.command_of(sys.argv)
    unittest.main()
