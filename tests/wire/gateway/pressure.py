"""How a server is brought to its cap: answers of some 20 KB that the gateway caches, a megabyte of room."""
import itertools
import json

from gateway.case import CACHE, LIMITS
from gateway.gateways import request

ROOM = 1 << 20
PADDING = 8_000      # bytes an answer; cached it is there twice, as output and as the provider's reply
ANSWERS_MAX = 200    # five times what there is room for
ANSWERS_A_TIME = 40
PATIENCE = 4_000     # answers within which chance must have found two buckets among forty answers (1 - 1e-30)


class Pressed:
    """For a GatewayCase: two users at their limits, then answers without end."""

    def reach_the_limits(self, policy):
        """Ann and Bob have used what they may. The policy is set before: LRU and LFU read the same bits differently."""
        self.valkey("CONFIG", "SET", "maxmemory-policy", policy)
        for user in ("ann", "bob"):
            self.assertEqual(self.statuses(4, user=user), [200, 200, 200, 429])
        if policy.endswith("lru"):
            # The clock of LRU has seconds: idle is who was not seen for two of them.
            self.assert_soon(lambda: all(self.valkey("OBJECT", "IDLETIME", key) >= 2 for key in self.keys(LIMITS)),
                             "two seconds pass")
        self.start_pressing(policy)

    def start_pressing(self, policy):
        """A cap a megabyte above what is used."""
        self.valkey("CONFIG", "SET", "maxmemory-policy", policy)
        self.texts = (f"question {i}" for i in itertools.count())
        self.provider.padding = PADDING
        self.evicted_before = self.evicted()
        self.valkey("CONFIG", "SET", "maxmemory", self.used() + ROOM)

    def press(self, count, gateway=None):
        """So many new questions, cached."""
        requests = [request(text, cache="on") for text in itertools.islice(self.texts, count)]
        (gateway or self.gateway).begin(requests, callers=4)
        for status, why in self.outcomes(gateway):
            self.assertEqual(status, 200, why)

    def press_until_no_bucket_is_left(self, gateway=None):
        for _ in range(0, PATIENCE, ANSWERS_A_TIME):
            self.press(ANSWERS_A_TIME, gateway)
            if not self.buckets():
                return
        self.fail(f"{self.buckets()} buckets outlived {PATIENCE} answers")

    def press_until_a_bucket_is_lost(self, users):
        """As many users, who ask once each, beside some forty answers."""
        self.users = {f"user {i}" for i in range(users)}
        self.gateway.begin([request("once", user=user) for user in self.users], callers=32)
        self.outcomes(self.gateway)
        self.assertEqual(self.buckets(), users)
        self.start_pressing("volatile-ttl")
        for _ in range(0, PATIENCE, ANSWERS_A_TIME):
            self.press(ANSWERS_A_TIME)
            if self.buckets() < users:
                return
        self.fail(f"no bucket was lost to {PATIENCE} answers")

    def users_with_buckets(self):
        return [json.loads(key.partition(":")[2])["scope_key"][0]["value"] for key in self.keys(LIMITS)]

    def fill_up(self):
        """Until nothing more fits: refusals, not evictions."""
        before = -1
        while (stored := len(self.keys(CACHE))) > before:
            before = stored
            self.press(ANSWERS_A_TIME)
        # Buffers that come and go must not make room again for a moment.
        self.valkey("CONFIG", "SET", "maxmemory", self.used() - (ROOM >> 2))

    def buckets(self):
        return len(self.keys(LIMITS))

    def assert_evicted_answers(self):
        """The pressure was real."""
        self.assertGreater(self.evicted() - self.evicted_before, ANSWERS_MAX // 2)

    def used(self):
        return self.info("memory", "used_memory")

    def evicted(self):
        return self.info("stats", "evicted_keys")

    def info(self, section, field):
        lines = self.valkey("INFO", section).splitlines()
        return int(next(line for line in lines if line.startswith(field + ":")).partition(":")[2])
