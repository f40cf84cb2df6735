#!/usr/bin/env python3
"""TensorZero's own gateway (PyPI `tensorzero`, the whole gateway embedded) in front of a model provider that we
play on loopback, with its limits and its cache on one server.

    test_gateway.py outlive PROGRAM | valkey
"""
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import servers

# Quiet, before the gateway is loaded: its log goes by this variable.
os.environ["RUST_LOG"] = "off"
servers.continue_with("tensorzero==2026.6.0")
import tensorzero  # noqa: E402

# The gateway writes its cache entry, and gives tickets back, after it has answered.
SETTLE_LIMIT_S = 10

CONFIG = """
[gateway]
observability.enabled = false
disable_pseudonymous_usage_analytics = true

[gateway.cache.valkey]
ttl_s = 86400

[models.mock]
routing = ["mock"]

[models.mock.providers.mock]
type = "openai"
model_name = "mock"
api_base = "http://127.0.0.1:{port}/v1/"
api_key_location = "none"

[[rate_limiting.rules]]
always = true
model_inferences_per_day = 3
scope = [{{ tag_key = "user_id", tag_value = "tensorzero::each" }}]
"""


class Provider(http.server.ThreadingHTTPServer):
    """A chat model that answers everything in one write, and counts."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        body = json.dumps({
            "id": "1", "object": "chat.completion", "created": 1, "model": "mock",
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": f"answer {self.server.asked}"}}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_):
        pass


class Gateway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = servers.Server(COMMAND)
        cls.addClassCleanup(cls.server.stop)
        cls.provider = Provider()
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder) / "tensorzero.toml"
            config.write_text(CONFIG.format(port=cls.provider.server_port))
            cls.gateway = tensorzero.TensorZeroGateway.build_embedded(
                config_file=str(config), valkey_url=f"redis://127.0.0.1:{cls.server.port}")

    def setUp(self):
        self.valkey("CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction")
        self.valkey("FLUSHALL")

    def valkey(self, *words):
        """What valkey-cli prints, a line each."""
        done = subprocess.run([CLI, "-p", str(self.server.port), *words], capture_output=True, text=True,
                              timeout=30, check=True)
        return done.stdout.rstrip("\n").split("\n")

    def ask(self, user, text, cache="off"):
        """Status and answer of one inference."""
        try:
            reply = self.gateway.inference(
                model_name="mock", input={"messages": [{"role": "user", "content": text}]},
                tags={"user_id": user}, cache_options={"enabled": cache},
                params={"chat_completion": {"max_tokens": 50}})
        except tensorzero.TensorZeroError as error:
            return error.status_code, error.text
        return 200, reply.content[0].text

    def statuses(self, user, count):
        return [self.ask(user, f"question {i}")[0] for i in range(count)]

    def keys(self, pattern):
        return [key for key in self.valkey("KEYS", pattern) if key]

    def wait_for_keys(self, pattern, count):
        deadline = time.monotonic() + SETTLE_LIMIT_S
        while len(self.keys(pattern)) != count:
            self.assertLess(time.monotonic(), deadline, f"{pattern}: {self.keys('*')}")
            time.sleep(0.01)
        return self.keys(pattern)

    def test_a_limit_holds_for_each_user_alone(self):
        self.assertEqual(self.statuses("ann", 5), [200, 200, 200, 429, 429])
        self.assertEqual(self.statuses("bob", 1), [200])
        buckets = self.keys("tensorzero_ratelimit:*")
        self.assertEqual(len(buckets), 2)
        ann = next(key for key in buckets if '"ann"' in key)
        self.assertEqual(self.valkey("HGET", ann, "balance"), ["0"])
        self.assertIn(int(self.valkey("TTL", ann)[0]), range(172_700, 172_801))

    def test_a_lost_bucket_is_a_full_one(self):
        self.assertEqual(self.statuses("ann", 4)[-1], 429)
        self.valkey("DEL", *self.keys("tensorzero_ratelimit:*"))
        self.assertEqual(self.statuses("ann", 4), [200, 200, 200, 429])

    def test_eviction_resets_a_limit_in_silence(self):
        self.assertEqual(self.statuses("ann", 4)[-1], 429)
        self.valkey("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", "1")
        self.assertEqual(self.valkey("DBSIZE"), ["0"])
        self.valkey("CONFIG", "SET", "maxmemory", "0")
        self.assertEqual(self.statuses("ann", 4), [200, 200, 200, 429])

    def test_a_full_server_that_evicts_nothing_stops_limited_requests(self):
        self.assertEqual(self.statuses("ann", 1), [200])
        self.valkey("CONFIG", "SET", "maxmemory", "1")
        self.assertEqual(self.statuses("ann", 1), [502])
        self.valkey("CONFIG", "SET", "maxmemory", "0")
        self.assertEqual(self.statuses("ann", 1), [200])

    def test_a_cached_answer_takes_no_ticket(self):
        status, first = self.ask("cid", "what is cached?", cache="on")
        self.assertEqual(status, 200)
        key, = self.wait_for_keys("tensorzero_cache:*", 1)
        self.assertIn(int(self.valkey("TTL", key)[0]), range(86_300, 86_401))
        asked = self.provider.asked
        for _ in range(5):
            self.assertEqual(self.ask("cid", "what is cached?", cache="on"), (200, first))
        self.assertEqual(self.provider.asked, asked)
        bucket, = self.keys("tensorzero_ratelimit:*")
        self.assertEqual(self.valkey("HGET", bucket, "balance"), ["2"])

    def test_what_was_cached_is_asked_anew_once_evicted(self):
        _, first = self.ask("dan", "and now?", cache="on")
        self.wait_for_keys("tensorzero_cache:*", 1)
        self.valkey("DEL", *self.keys("tensorzero_cache:*"))
        status, second = self.ask("dan", "and now?", cache="on")
        self.assertEqual(status, 200)
        self.assertNotEqual(first, second)


if __name__ == "__main__":
    COMMAND = servers.command_of(sys.argv)
    CLI = servers.client_program("valkey-cli")
    done = unittest.main(exit=False).result
    sys.stderr.flush()
    os._exit(not done.wasSuccessful())  # the gateway's threads were seen to crash at an ordinary exit
