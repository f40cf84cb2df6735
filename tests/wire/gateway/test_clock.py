"""What takes days, on outlive, whose clock is moved: refills, expiry, and what idling does to a limit at the cap."""
from gateway.case import CACHE, LIMITS, GatewayCase
from gateway.pressure import ANSWERS_MAX, Pressed

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MINUTE_MS = 60_000


class Days(Pressed, GatewayCase):
    directives = ("--enable-outlive-command", "yes")

    def pass_time(self, ms):
        self.valkey("OUTLIVE", "CLOCK", "ADVANCE", ms)

    def test_the_limit_of_a_day_refills_after_24_hours(self):
        self.assertEqual(self.statuses(4, user="ann"), [200, 200, 200, 429])
        self.pass_time(DAY_MS - MINUTE_MS)
        self.assertEqual(self.statuses(1, user="ann"), [429])
        self.pass_time(MINUTE_MS)
        self.assertEqual(self.statuses(4, user="ann"), [200, 200, 200, 429])

    def test_the_limit_of_a_week_holds_for_seven_days(self):
        self.assertEqual(self.statuses(3, weekly="ann"), [200, 200, 429])
        for _ in range(6):
            self.pass_time(DAY_MS)
            self.assertEqual(self.statuses(1, weekly="ann"), [429])
        self.pass_time(DAY_MS)
        self.assertEqual(self.statuses(3, weekly="ann"), [200, 200, 429])

    def test_an_idle_bucket_expires_after_48_hours(self):
        self.assertEqual(self.statuses(1, user="ann"), [200])
        key = self.bucket("ann")
        self.pass_time(2 * DAY_MS - MINUTE_MS)
        self.assertEqual(self.keys(LIMITS), [key])
        self.pass_time(MINUTE_MS)
        self.assertEqual(self.keys(LIMITS), [])
        self.assertIn("expired", str(self.valkey("OUTLIVE", "EXPLAIN", key)))
        self.assertEqual(self.statuses(4, user="ann"), [200, 200, 200, 429])

    def test_a_busy_bucket_does_not_expire(self):
        for _ in range(4):
            self.assertEqual(self.statuses(1, user="ann"), [200])
            self.pass_time(DAY_MS)
        self.assertEqual(len(self.keys(LIMITS)), 1)

    def test_a_cached_answer_is_gone_after_24_hours(self):
        first = self.ask("still there?", cache="on")
        self.cached(1)
        self.pass_time(DAY_MS - MINUTE_MS)
        self.assertEqual(self.ask("still there?", cache="on"), first)
        self.pass_time(MINUTE_MS)
        self.assertEqual(self.keys(CACHE), [])
        self.assertNotEqual(self.ask("still there?", cache="on"), first)
        self.cached(1)

    # ---- at the cap

    def test_idle_for_13_hours_a_limit_holds_beside_answers_of_24_hours(self):
        self.reach_the_limits("volatile-ttl")
        self.pass_time(13 * HOUR_MS)
        self.press(ANSWERS_MAX)
        self.assert_evicted_answers()
        self.assertEqual(self.statuses(1, user="ann"), [429])

    def test_idle_for_13_hours_a_limit_is_lost_beside_answers_of_36_hours(self):
        """Though 36 hours are less than 48: the safe rule is half of it."""
        long_lived = self.another_gateway(cache_ttl_s=36 * 3600)
        self.reach_the_limits("volatile-ttl")
        lost = self.bucket("ann")
        self.pass_time(13 * HOUR_MS)
        self.press_until_no_bucket_is_left(long_lived)
        self.assertIn("evicted", str(self.valkey("OUTLIVE", "EXPLAIN", lost)))
        self.assertEqual(self.statuses(1, user="ann"), [200])  # a fourth within the day

    def test_idle_for_an_hour_a_limit_is_lost_on_allkeys_lfu(self):
        """Its count has decayed below that of answers which nobody ever read."""
        self.reach_the_limits("allkeys-lfu")
        self.pass_time(HOUR_MS)
        self.press_until_no_bucket_is_left()
        self.assertEqual(self.statuses(1, user="ann"), [200])
