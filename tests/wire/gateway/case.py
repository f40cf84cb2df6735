"""What the gateway's tests share: a server, a provider, and a gateway between them."""
import concurrent.futures
import functools
import sys
import unittest

import servers
from gateway import gateways, resp
from gateway.gateways import request
from gateway.provider import Provider

LIMITS = "tensorzero_ratelimit:*"
CACHE = "tensorzero_cache:*"

# The gateway waits half a second for a reply: on a busy machine a request may fail that nothing is wrong with.
TRIALS = 4


class Setting:
    """What the command line says; test_gateway.py fills it in."""

    command = []        # how to start the server
    python = ""         # a Python that has the gateway
    certificates = None  # a folder as `outlive certs` makes it: gateways connect over TLS


class Server(servers.Server):
    """A server under test, and the address at which gateways reach it."""

    def __init__(self, *directives, port=None, tls_port=None):
        self.directives = directives
        if Setting.certificates:
            self.tls_port = tls_port or servers.free_port()
            folder = Setting.certificates
            directives = ("--tls-port", str(self.tls_port), "--tls-cert-file", str(folder / "server.crt"),
                          "--tls-key-file", str(folder / "server.key"), "--tls-ca-cert-file", str(folder / "ca.crt"),
                          "--tls-auth-clients", "no", *directives)
        super().__init__(Setting.command, *directives, port=port)

    def restarted(self):
        """Another one in its place; it has nothing of what this one had."""
        self.stop()
        return Server(*self.directives, port=self.port, tls_port=getattr(self, "tls_port", None))

    @property
    def url(self):
        return (f"valkeys://127.0.0.1:{self.tls_port}" if Setting.certificates else
                f"valkey://127.0.0.1:{self.port}")


class TooSlow(Exception):
    """A request failed because a reply came late. It took its ticket, so no count after it is right."""


class GatewayCase(unittest.TestCase):
    """One server, one provider and one gateway for all tests of a class; each starts with an empty server."""

    directives = ()

    def __init__(self, method="runTest"):
        super().__init__(method)
        setattr(self, method, functools.partial(self.try_again, getattr(self, method)))

    def try_again(self, test):
        """Plays a test once more from its beginning where the machine was too slow for it."""
        for _ in range(TRIALS - 1):
            try:
                return test()
            except TooSlow as slow:
                print(f"played again, {self.id()}: {slow}", file=sys.stderr)
                self.doCleanups()
                self.setUp()
        return test()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.directives)
        cls.addClassCleanup(cls.server.stop)
        cls.provider = Provider()
        cls.addClassCleanup(cls.provider.stop)
        cls.link = resp.Connection(cls.server.port)
        cls.addClassCleanup(cls.link.close)
        cls.gateway = cls.start_gateway()
        cls.addClassCleanup(cls.gateway.stop)

    def setUp(self):
        self.valkey("CONFIG", "SET", "maxmemory", 0, "maxmemory-policy", "noeviction")
        self.valkey("FLUSHALL")
        self.provider.restore()

    # ---- gateways

    @classmethod
    def start_gateway(cls, url=None, **config):
        return gateways.Gateway(Setting.python, url or cls.server.url, gateways.config_of(cls.provider, **config),
                                ca_file=Setting.certificates and Setting.certificates / "ca.crt")

    def another_gateway(self, url=None, **config):
        """One for this test alone."""
        gateway = self.start_gateway(url, **config)
        self.addCleanup(gateway.stop)
        return gateway


    def reasons_not_to_start(self, starts):
        """Why each of these gateways did not start. All at once: some try for ten seconds."""
        def reason(start):
            try:
                start().stop()
            except gateways.DidNotStart as why:
                return str(why)
            return "it has started"

        with concurrent.futures.ThreadPoolExecutor() as together:
            return list(together.map(reason, starts))

    # ---- requests

    def ask(self, text, gateway=None, **details):
        """Status and answer of one inference."""
        (gateway or self.gateway).begin([request(text, **details)])
        return self.outcomes(gateway)[0]

    def statuses(self, count, gateway=None, **tags):
        """Of as many questions, one after the other."""
        (gateway or self.gateway).begin([request(f"question {i}", **tags) for i in range(count)])
        return [status for status, _ in self.outcomes(gateway)]

    def outcomes(self, *of):
        """Of what gateways have begun."""
        outcomes = [outcome for gateway in of for outcome in (gateway or self.gateway).finish()]
        if late := [text for status, text in outcomes if status == 502 and "timed out" in text]:
            raise TooSlow(late[0])
        return outcomes

    # ---- what is on the server

    def valkey(self, *words):
        return self.link.ask(*words)

    def keys(self, pattern):
        return self.valkey("KEYS", pattern)

    def bucket(self, value):
        """The key of the one limit whose tag has this value."""
        key, = self.keys(f'{LIMITS[:-1]}*"value":"{value}"*')
        return key

    def balance(self, value):
        return int(self.valkey("HGET", self.bucket(value), "balance"))

    def assert_soon(self, condition, what):
        """The gateway caches, and gives tickets back, after it has answered."""
        self.assertTrue(servers.until(condition), what)

    def cached(self, count):
        """The keys of the cached answers, once there are so many."""
        self.assert_soon(lambda: len(self.keys(CACHE)) == count, f"{count} cached answers: {self.keys('*')}")
        return self.keys(CACHE)
