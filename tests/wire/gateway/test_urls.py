"""What the address says: password, database, protocol."""
from gateway.case import LIMITS, GatewayCase
from gateway.gateways import DidNotStart


class Addresses(GatewayCase):
    def test_the_redis_schemes_are_the_same(self):
        gateway = self.another_gateway(self.server.url.replace("valkey", "redis"))
        self.assertEqual(self.statuses(4, gateway, user="ann"), [200, 200, 200, 429])

    def test_resp3_is_spoken_on_demand(self):
        gateway = self.another_gateway(self.server.url + "?protocol=resp3")
        self.assertEqual(self.statuses(4, gateway, user="ann"), [200, 200, 200, 429])
        first = self.ask("cached?", gateway, cache="on")
        self.cached(1)
        self.assertEqual(self.ask("cached?", gateway, cache="on"), first)
        self.assertIn("resp=3", self.valkey("CLIENT", "LIST"))

    def test_a_database_has_limits_of_its_own(self):
        gateway = self.another_gateway(self.server.url + "/5")
        self.assertEqual(self.statuses(4, gateway, user="ann"), [200, 200, 200, 429])
        self.assertEqual(self.statuses(1, user="ann"), [200])
        self.valkey("SELECT", 5)
        self.addCleanup(self.valkey, "SELECT", 0)
        self.assertEqual(self.balance("ann"), 0)

    def test_a_password_is_asked_for_and_given(self):
        self.valkey("CONFIG", "SET", "requirepass", "s3cret/word")
        self.addCleanup(self.valkey, "CONFIG", "SET", "requirepass", "")
        scheme, _, place = self.server.url.partition("://")
        for user in ("", "default"):
            gateway = self.another_gateway(f"{scheme}://{user}:s3cret%2Fword@{place}")
            self.assertEqual(self.statuses(1, gateway, user="ann"), [200])
        with self.assertRaisesRegex(DidNotStart, "NOAUTH"):
            self.another_gateway()
