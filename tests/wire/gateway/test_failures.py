"""What a gateway does when the server forgets, restarts, lags or goes away."""
from gateway.case import GatewayCase, Server
from gateway.gateways import request


class Forgetting(GatewayCase):
    def test_a_lost_bucket_is_a_full_one(self):
        self.assertEqual(self.statuses(4, user="ann")[-1], 429)
        self.valkey("DEL", self.bucket("ann"))
        self.assertEqual(self.statuses(4, user="ann"), [200, 200, 200, 429])

    def test_flushall_resets_all_limits_and_leaves_the_functions(self):
        for user in ("ann", "bob"):
            self.assertEqual(self.statuses(4, user=user)[-1], 429)
        self.valkey("FLUSHALL")
        for user in ("ann", "bob"):
            self.assertEqual(self.statuses(4, user=user), [200, 200, 200, 429])

    def test_without_its_functions_every_limited_request_fails_until_a_gateway_starts(self):
        self.assertEqual(self.statuses(4, user="ann")[-1], 429)
        self.valkey("FUNCTION", "FLUSH")
        for user in ("ann", "bob"):
            status, why = self.ask("limited?", user=user)
            self.assertEqual(status, 502)
            self.assertIn("Function not found", why)
        first = self.ask("cached?", cache="on")
        self.cached(1)
        self.assertEqual(self.ask("cached?", cache="on"), first)
        started = self.another_gateway()
        for gateway in (started, self.gateway):  # what one loads is there for all
            self.assertEqual(self.statuses(1, gateway, user="ann"), [429])

    def test_a_bucket_of_another_type_fails_its_user_alone(self):
        self.assertEqual(self.statuses(1, user="ann"), [200])
        key = self.bucket("ann")
        self.valkey("SET", key, "not a hash")
        status, why = self.ask("limited?", user="ann")
        self.assertEqual(status, 502)
        self.assertIn("WRONGTYPE", why)
        self.assertEqual(self.statuses(1, user="bob"), [200])
        self.valkey("DEL", key)
        self.assertEqual(self.statuses(1, user="ann"), [200])


class Lagging(GatewayCase):
    def test_a_reply_after_half_a_second_fails_the_request_and_takes_its_ticket(self):
        self.assertEqual(self.statuses(1, user="ann"), [200])
        self.valkey("CLIENT", "PAUSE", 60_000, "WRITE")
        status, why = self.gateway.ask([request("too late?", user="ann")])[0]
        self.assertEqual(status, 502)
        self.assertIn("timed out", why)
        self.assertEqual(self.ask("unlimited?", cache="on")[0], 200)
        self.valkey("CLIENT", "UNPAUSE")
        self.assert_soon(lambda: self.balance("ann") == 1, "the late request has taken a ticket")
        self.assertEqual(self.statuses(2, user="ann"), [200, 429])

    def test_a_connection_that_was_cut_is_made_anew(self):
        self.assertEqual(self.statuses(4, user="ann")[-1], 429)
        self.valkey("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        self.assert_soon(lambda: self.gateway.ask([request("limited?", user="ann")])[0][0] == 429,
                         "the limit holds over a new connection")


class Restarting(GatewayCase):
    """The server is gone, and what comes back is empty."""

    def setUp(self):
        super().setUp()
        self.mortal = Server()
        self.addCleanup(lambda: self.mortal.stop())
        self.running = self.another_gateway(self.mortal.url)

    def test_without_a_server_limited_requests_fail_and_others_are_answered(self):
        self.assertEqual(self.statuses(1, self.running, user="ann"), [200])
        self.mortal.stop()
        self.running.begin([request("limited?", user="ann"), request("unlimited?", cache="on")], callers=2)
        newcomer, = self.reasons_not_to_start([lambda: self.start_gateway(self.mortal.url)])
        self.assertEqual([status for status, _ in self.running.finish()], [502, 200])
        self.assertIn("Failed to", newcomer)

    def test_a_server_that_came_back_empty_fails_limited_requests_and_then_resets_them(self):
        self.assertEqual(self.statuses(4, self.running, user="ann")[-1], 429)
        self.mortal = self.mortal.restarted()
        told = []

        def connected_again():
            told[:] = self.running.ask([request("limited?", user="ann")])[0]
            self.assertEqual(told[0], 502, told)
            return "Function not found" in told[1]

        self.assert_soon(connected_again, told)
        self.assertEqual(self.statuses(1, self.running), [200])
        self.running.stop()
        self.assertEqual(self.statuses(4, self.another_gateway(self.mortal.url), user="ann"), [200, 200, 200, 429])
