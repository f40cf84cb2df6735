"""One server for limits and cache, at its cap: what each of the eight policies does to a user at the limit."""
from gateway.case import CACHE, GatewayCase
from gateway.gateways import DidNotStart
from gateway.pressure import ANSWERS_MAX, Pressed

HOUR_S = 3_600
# As the gateway tells it.
OUT_OF_MEMORY = "\"OOM\": command not allowed when used memory > 'maxmemory'"


class Pressure(Pressed, GatewayCase):
    # Counters that do not decay: a turn of the minute amid a test would cost a bucket the one point it is ahead.
    directives = ("--lfu-decay-time", "0")

    def assert_limits_hold(self, policy):
        self.reach_the_limits(policy)
        self.press(ANSWERS_MAX)
        self.assert_evicted_answers()
        self.assertEqual(self.buckets(), 2)
        self.assertEqual(self.statuses(1, user="ann") + self.statuses(1, user="bob"), [429, 429])

    def assert_limits_are_reset_in_silence(self, policy, gateway=None):
        self.reach_the_limits(policy)
        self.press_until_no_bucket_is_left(gateway)
        self.assertGreater(len(self.keys(CACHE)), 0)  # and answers are there still
        self.assertEqual(self.statuses(4, user="ann"), [200, 200, 200, 429])
        self.assertEqual(self.statuses(4, user="bob"), [200, 200, 200, 429])

    def test_volatile_ttl_evicts_answers_first(self):
        self.assert_limits_hold("volatile-ttl")

    def test_volatile_ttl_evicts_limits_first_where_answers_live_longer(self):
        self.assert_limits_are_reset_in_silence("volatile-ttl", self.another_gateway(cache_ttl_s=72 * HOUR_S))

    def test_volatile_ttl_evicts_limits_too_where_they_outnumber_answers(self):
        """Twenty buckets an answer: five samples often meet no answer, though all would go before any bucket."""
        self.press_until_a_bucket_is_lost(users=1_000)
        self.assertGreater(len(self.keys(CACHE)), 0)
        lost = self.users - set(self.users_with_buckets())
        self.assertEqual([self.statuses(4, user=user) for user in lost], [[200, 200, 200, 429]] * len(lost))

    def test_volatile_lru_evicts_limits_that_are_idle(self):
        self.assert_limits_are_reset_in_silence("volatile-lru")

    def test_allkeys_lru_evicts_limits_that_are_idle(self):
        self.assert_limits_are_reset_in_silence("allkeys-lru")

    def test_volatile_random_evicts_limits(self):
        self.assert_limits_are_reset_in_silence("volatile-random")

    def test_allkeys_random_evicts_limits(self):
        self.assert_limits_are_reset_in_silence("allkeys-random")

    def test_volatile_lfu_evicts_answers_that_nobody_asks_for_again(self):
        self.assert_limits_hold("volatile-lfu")

    def test_allkeys_lfu_evicts_answers_that_nobody_asks_for_again(self):
        self.assert_limits_hold("allkeys-lfu")

    def test_a_switch_to_lfu_while_serving_evicts_limits(self):
        """LRU's stamps are then read as counts that decayed long ago, until a key is used again."""
        self.reach_the_limits("noeviction")
        self.valkey("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu", "lfu-decay-time", 1)
        self.addCleanup(self.valkey, "CONFIG", "SET", "lfu-decay-time", 0)
        self.press_until_no_bucket_is_left()
        self.assertEqual(self.statuses(1, user="ann") + self.statuses(1, user="bob"), [200, 200])

    def test_noeviction_fails_loudly_and_forgets_nothing(self):
        self.reach_the_limits("noeviction")
        self.fill_up()
        stored = self.keys(CACHE)
        # Every limited request fails, of known users and new ones.
        for user in ("ann", "new"):
            status, why = self.ask("anyone?", user=user)
            self.assertEqual(status, 502)
            self.assertIn(OUT_OF_MEMORY, why)
        # What is not limited is answered, and not kept; nobody is told.
        self.assertEqual(self.ask("unlimited?", cache="on")[0], 200)
        self.assertEqual(sorted(self.keys(CACHE)), sorted(stored))
        # What was cached before is there.
        asked = self.provider.asked
        self.assertEqual(self.ask("question 0", cache="on")[0], 200)
        self.assertEqual(self.provider.asked, asked)
        # A new gateway does not start.
        with self.assertRaisesRegex(DidNotStart, f"Failed to load function library: {OUT_OF_MEMORY}"):
            self.another_gateway()
        # With room again all is as it was.
        self.valkey("CONFIG", "SET", "maxmemory", 0)
        self.assertEqual(self.statuses(1, user="ann"), [429])
        self.assertEqual(self.statuses(1, user="new"), [200])
        self.assertEqual(self.statuses(1, self.another_gateway(), user="bob"), [429])
