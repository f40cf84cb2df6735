"""Limits: exact under many callers at once, kept on the server and nowhere else, for as long as they must be."""
from gateway.case import LIMITS, GatewayCase
from gateway.gateways import request

HOUR_S = 3_600
DAY_S = 24 * HOUR_S
CALLERS = 32


class Limits(GatewayCase):
    def test_a_limit_holds_for_each_user_alone(self):
        self.assertEqual(self.statuses(5, user="ann"), [200, 200, 200, 429, 429])
        self.assertEqual(self.statuses(1, user="bob"), [200])
        self.assertEqual(len(self.keys(LIMITS)), 2)
        self.assertEqual((self.balance("ann"), self.balance("bob")), (0, 2))

    def test_a_request_without_a_limit_takes_no_ticket(self):
        self.assertEqual(self.statuses(5), [200] * 5)
        self.assertEqual(self.keys("*"), [])

    def test_several_limits_are_met_together_or_not_at_all(self):
        self.assertEqual(self.statuses(4, user="ann", team="blue"), [200, 200, 200, 429])
        self.assertEqual(self.balance("blue"), 17)  # the fourth took nothing here either

    # ---- many callers

    def test_of_64_calls_by_32_callers_exactly_the_20_of_the_limit_pass(self):
        with self.provider.holding():
            self.gateway.begin([request(f"question {i}", team="red") for i in range(64)], callers=CALLERS)
            together = self.provider.wait_for(20)
        outcomes = [status for status, _ in self.outcomes(self.gateway)]
        self.assertTrue(together, "20 at the provider at the same time")
        self.assertEqual((outcomes.count(200), outcomes.count(429)), (20, 44))
        self.assertEqual(self.balance("red"), 0)

    def test_two_gateways_share_a_limit(self):
        second = self.another_gateway()
        asked = [request(f"question {i}", team="red") for i in range(32)]
        with self.provider.holding():
            for gateway in (self.gateway, second):
                gateway.begin(asked, callers=CALLERS // 2)
            together = self.provider.wait_for(20)
        outcomes = [status for status, _ in self.outcomes(self.gateway, second)]
        self.assertTrue(together, "20 at the provider at the same time")
        self.assertEqual((outcomes.count(200), outcomes.count(429)), (20, 44))

    # ---- how long they are kept

    def test_a_limit_outlives_the_gateway(self):
        first = self.another_gateway()
        self.assertEqual(self.statuses(4, first, user="ann"), [200, 200, 200, 429])
        self.assertEqual(self.statuses(1, first, user="bob"), [200])
        first.stop()
        second = self.another_gateway()
        self.assertEqual(self.statuses(1, second, user="ann"), [429])
        self.assertEqual(self.statuses(3, second, user="bob"), [200, 200, 429])

    def test_a_limit_is_kept_for_48_hours_and_longer_where_refilling_takes_longer(self):
        for tag, seconds in (("user", 2 * DAY_S), ("weekly", 14 * DAY_S), ("monthly", 60 * DAY_S)):
            self.assertEqual(self.statuses(1, **{tag: tag}), [200])
            self.assertIn(self.valkey("TTL", self.bucket(tag)), range(seconds - 60, seconds + 1), tag)

    def test_a_refused_request_does_not_renew_a_limit(self):
        self.assertEqual(self.statuses(4, user="ann")[-1], 429)
        self.valkey("EXPIRE", self.bucket("ann"), HOUR_S)
        self.assertEqual(self.statuses(1, user="ann"), [429])
        self.assertLessEqual(self.valkey("TTL", self.bucket("ann")), HOUR_S)

    def test_a_granted_request_renews_a_limit(self):
        self.assertEqual(self.statuses(1, user="ann"), [200])
        self.valkey("EXPIRE", self.bucket("ann"), HOUR_S)
        self.assertEqual(self.statuses(1, user="ann"), [200])
        self.assertGreater(self.valkey("TTL", self.bucket("ann")), 47 * HOUR_S)

    # ---- tokens

    def test_tokens_that_were_not_used_come_back(self):
        with self.provider.holding():
            self.gateway.begin([request("short", budget="team", max_tokens=500)])
            self.assertTrue(self.provider.wait_for(1))
            meanwhile = self.balance("team")
        self.assertEqual(self.outcomes(self.gateway)[0][0], 200)
        self.assertLessEqual(meanwhile, 500)  # reserved: max_tokens and an estimate of the prompt
        self.assert_soon(lambda: self.balance("team") == 990, "5 + 5 used of 1000")

    def test_tokens_beyond_the_estimate_are_taken_afterwards(self):
        self.provider.usage = (5, 300)
        self.assertEqual(self.ask("long", budget="team", max_tokens=10)[0], 200)
        self.assert_soon(lambda: self.balance("team") == 695, "5 + 300 used of 1000")

    def test_a_request_that_could_use_more_tokens_than_are_left_is_refused(self):
        asked = self.provider.asked
        self.assertEqual(self.ask("too long", budget="team", max_tokens=2000)[0], 429)
        self.assertEqual(self.provider.asked, asked)
        self.assertEqual(self.ask("short", budget="team", max_tokens=500)[0], 200)
        self.assert_soon(lambda: self.balance("team") == 990, "5 + 5 used of 1000, before another test begins")

    def test_of_32_callers_tokens_exactly_what_was_used_is_gone(self):
        with self.provider.holding():  # nobody has given anything back before all have asked
            self.gateway.begin([request(f"question {i}", budget="team", max_tokens=100) for i in range(32)],
                               callers=CALLERS)
            self.assert_soon(lambda: self.keys(LIMITS) and self.balance("team") <= 100, "all is reserved")
        outcomes = [status for status, _ in self.outcomes(self.gateway)]
        granted = outcomes.count(200)
        self.assertEqual(granted + outcomes.count(429), 32)
        self.assertGreaterEqual(granted, 9)  # 1000 tokens; each may use 100 and those of its prompt
        self.assert_soon(lambda: self.balance("team") == 1000 - 10 * granted, f"{granted} have used 10 each")

    # ---- the layout before 2026

    def test_keys_of_the_old_layout_are_taken_over_on_connecting(self):
        self.assertEqual(self.statuses(4, user="ann")[-1], 429)
        new = self.bucket("ann")
        old = new.removeprefix("tensorzero_")
        self.valkey("RENAME", new, old)
        self.valkey("EXPIRE", old, 30 * HOUR_S)
        fields = self.valkey("HGETALL", old)
        migrated = self.another_gateway()
        self.assertEqual(self.valkey("HGETALL", new), fields)
        self.assertIn(self.valkey("TTL", new), range(30 * HOUR_S - 60, 30 * HOUR_S + 1))
        self.assertEqual(self.valkey("EXISTS", old), 1)
        self.assertEqual(self.statuses(1, migrated, user="ann"), [429])

    def test_the_old_layout_does_not_overwrite_what_is_newer(self):
        self.assertEqual(self.statuses(3, user="ann"), [200] * 3)
        new = self.bucket("ann")
        self.valkey("HSET", new.removeprefix("tensorzero_"), "balance", 3, "last_refilled", 1)
        migrated = self.another_gateway()
        self.assertEqual(self.statuses(1, migrated, user="ann"), [429])

    def test_hundreds_of_old_keys_are_taken_over(self):
        name = 'ratelimit:{"resource":"model_inference","scope_key":[{"type":"TagEach","key":"user","value":"%d"}]}'
        for i in range(300):
            self.valkey("HSET", name % i, "balance", i, "last_refilled", 1)
        self.another_gateway()
        self.assertEqual(len(self.keys(LIMITS)), 300)
        self.assertEqual(self.balance("299"), 299)
