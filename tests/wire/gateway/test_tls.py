"""Over TLS: whom the gateway trusts. (With --tls all the other subjects are played over TLS, too.)"""
from gateway import gateways
from gateway.case import GatewayCase, Server, Setting


class Tls(GatewayCase):
    def test_the_gateway_comes_by_the_tls_port(self):
        by_tls = f"laddr=127.0.0.1:{self.server.tls_port} "
        clients = [line for line in self.valkey("CLIENT", "LIST").splitlines() if "lib-name=redis-rs" in line]
        self.assertEqual([by_tls in line for line in clients], [True])

    def test_what_does_not_start(self):
        strict = Server("--tls-auth-clients", "yes")
        self.addCleanup(strict.stop)
        cases = {
            "a server of an authority that it was not told of":
                lambda: gateways.Gateway(Setting.python, self.server.url, gateways.config_of(self.provider)),
            "a client must show a certificate: the address can carry none":
                lambda: self.start_gateway(strict.url),
            "a plain address of the TLS port":
                lambda: self.start_gateway(self.server.url.replace("valkeys:", "valkey:")),
            "a TLS address of the plain port":
                lambda: self.start_gateway(f"valkeys://127.0.0.1:{self.server.port}"),
        }
        for what, reason in zip(cases, self.reasons_not_to_start(cases.values())):
            with self.subTest(what):
                self.assertIn("Failed to", reason)
