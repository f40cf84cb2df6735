"""Two servers: limits on one that must not evict, cached answers on one that may."""
from gateway.case import CACHE, LIMITS, GatewayCase, Server
from gateway.resp import Connection
from gateway.router import Router


class Split(GatewayCase):
    """The class's own server has the limits; each test has its own one for the cache."""

    def setUp(self):
        super().setUp()
        self.second = Server()
        self.addCleanup(lambda: self.second.stop())  # whichever it is by then
        self.cache = Connection(self.second.port)
        self.addCleanup(lambda: self.cache.close())
        router = Router(self.server.port, self.second.port)
        self.addCleanup(router.stop)
        self.split = self.another_gateway(router.url)

    def answer(self, text, **details):
        return self.ask(text, self.split, cache="on", **details)

    def cached_answers(self, count):
        self.assert_soon(lambda: len(self.cache.ask("KEYS", CACHE)) == count, f"{count} answers on the second server")

    def test_limits_are_on_one_server_and_answers_on_the_other(self):
        first = self.answer("where?", user="ann")
        self.cached_answers(1)
        self.assertEqual(self.answer("where?", user="ann"), first)
        self.assertEqual(self.keys("*"), self.keys(LIMITS))
        self.assertEqual(self.cache.ask("KEYS", "*"), self.cache.ask("KEYS", CACHE))
        self.assertEqual(self.balance("ann"), 2)

    def test_only_the_first_server_has_the_functions(self):
        self.assertEqual(len(self.valkey("FUNCTION", "LIST")), 1)
        self.assertEqual(self.cache.ask("FUNCTION", "LIST"), [])

    def test_limits_hold_while_the_cache_is_evicted(self):
        self.assertEqual(self.statuses(4, self.split, user="ann")[-1], 429)
        first = self.answer("evicted?")
        self.cached_answers(1)
        self.cache.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", 1)
        self.cached_answers(0)
        self.assertNotEqual(self.answer("evicted?"), first)
        self.assertEqual(self.statuses(1, self.split, user="ann"), [429])

    def test_limits_hold_while_the_cache_is_down(self):
        self.assertEqual(self.statuses(2, self.split, user="ann"), [200, 200])
        first = self.answer("who is there?")
        self.cached_answers(1)
        self.cache.close()
        self.second.stop()
        second = self.answer("who is there?")
        self.assertEqual(second[0], 200)
        self.assertNotEqual(second, first)
        self.assertEqual(self.statuses(2, self.split, user="ann"), [200, 429])
        self.second = Server(port=self.second.port)
        self.cache = Connection(self.second.port)
        third = self.answer("who is there?")  # an empty cache: asked anew, and kept again
        self.cached_answers(1)
        self.assertEqual(self.answer("who is there?"), third)

    def test_a_full_first_server_refuses_what_is_limited_and_cached_answers_still_come(self):
        first = self.answer("cached?", user="ann")
        self.cached_answers(1)
        self.valkey("CONFIG", "SET", "maxmemory", 1)
        self.assertEqual(self.statuses(1, self.split, user="ann"), [502])
        self.assertEqual(self.answer("cached?", user="ann"), first)
