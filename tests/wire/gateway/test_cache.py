"""The response cache: what it spares, what it writes, and for how long."""
from gateway.case import GatewayCase

DAY_S = 86_400


class Cache(GatewayCase):
    def test_a_cached_answer_spares_the_provider_and_takes_no_ticket(self):
        first = self.ask("what is cached?", cache="on", user="cid")
        self.cached(1)
        asked = self.provider.asked
        for _ in range(5):
            self.assertEqual(self.ask("what is cached?", cache="on", user="cid"), first)
        self.assertEqual(self.provider.asked, asked)
        self.assertEqual(self.balance("cid"), 2)

    def test_a_user_at_the_limit_still_gets_cached_answers(self):
        first = self.ask("what is cached?", cache="on", user="cid")
        self.cached(1)
        self.assertEqual(self.statuses(3, user="cid"), [200, 200, 429])
        self.assertEqual(self.ask("what is cached?", cache="on", user="cid"), first)

    def test_an_answer_is_kept_for_24_hours(self):
        self.ask("how long?", cache="on")
        key, = self.cached(1)
        self.assertIn(self.valkey("TTL", key), range(DAY_S - 60, DAY_S + 1))

    def test_the_configuration_says_how_long(self):
        self.ask("how long?", self.another_gateway(cache_ttl_s=600), cache="on")
        key, = self.cached(1)
        self.assertIn(self.valkey("TTL", key), range(540, 601))

    def test_reading_an_answer_does_not_renew_it(self):
        first = self.ask("how long?", cache="on")
        key, = self.cached(1)
        self.valkey("EXPIRE", key, 600)
        self.assertEqual(self.ask("how long?", cache="on"), first)
        self.assertLessEqual(self.valkey("TTL", key), 600)

    def test_an_answer_outlives_the_gateway_and_serves_others(self):
        writer = self.another_gateway()
        first = self.ask("who answers?", writer, cache="on")
        self.cached(1)
        writer.stop()
        self.assertEqual(self.ask("who answers?", self.another_gateway(), cache="on"), first)
        self.assertEqual(self.ask("who answers?", cache="on"), first)

    def test_an_answer_that_has_gone_is_asked_anew(self):
        first = self.ask("and now?", cache="on")
        self.valkey("DEL", *self.cached(1))
        second = self.ask("and now?", cache="on")
        self.assertEqual((first[0], second[0]), (200, 200))
        self.assertNotEqual(first, second)
        self.cached(1)

    def test_who_does_not_want_the_cache_neither_reads_nor_writes_it(self):
        kept = self.ask("with or without?", cache="on")
        key, = self.cached(1)
        value = self.valkey("GET", key)
        self.assertNotEqual(self.ask("with or without?"), kept)
        self.assertEqual(self.ask("with or without?", cache="on"), kept)
        self.assertEqual(self.valkey("GET", key), value)
