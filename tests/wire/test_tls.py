#!/usr/bin/env python3
"""TLS, of outlive and of the real Valkey 8.1.1 in the same run: who gets in, by which protocol and cipher, what
CONFIG SET changes, and what is said of mistakes. The certificates are those of `outlive certs`.

    test_tls.py PROGRAM
"""
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import warnings

import servers

servers.continue_with("redis==8.1.0")
import redis  # noqa: E402  (found by the line above)
from redis.backoff import NoBackoff  # noqa: E402
from redis.retry import Retry  # noqa: E402

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit(__doc__)
SECONDS = 20
SHORT = servers.ROOT / "scenarios" / "rate-limits" / "huge-answers.toml"


def make_certificates(folder):
    subprocess.run([PROGRAM, "certs", str(folder)], check=True, capture_output=True)
    return pathlib.Path(folder)


def setUpModule():
    global CERTS, STRANGERS, FOLDER
    FOLDER = tempfile.TemporaryDirectory(prefix="outlive-tls-")
    unittest.addModuleCleanup(FOLDER.cleanup)
    CERTS = make_certificates(pathlib.Path(FOLDER.name) / "certs")
    STRANGERS = make_certificates(pathlib.Path(FOLDER.name) / "strangers")


def directives(**changed):
    """A TLS server's, as command line words; None leaves one out."""
    stated = {"tls_cert_file": CERTS / "server.crt", "tls_key_file": CERTS / "server.key",
              "tls_ca_cert_file": CERTS / "ca.crt", **changed}
    return [word for name, value in stated.items() if value is not None
            for word in ("--" + name.replace("_", "-"), str(value))]


class TlsServer(servers.Server):
    def __init__(self, command, plain=False, **changed):
        self.tls_port = servers.free_port()
        super().__init__(command, *directives(tls_port=self.tls_port, **changed), *([] if plain else ["--port", "0"]))


def context(certificate=None, authority=None, newest=None, ciphers=None):
    made = ssl.create_default_context(cafile=(authority or CERTS) / "ca.crt")
    if certificate:
        made.load_cert_chain(certificate / "client.crt", certificate / "client.key")
    if newest:
        made.maximum_version = newest
    if ciphers:
        made.set_ciphers(ciphers)
    return made


class Raw:
    """A TLS connection that speaks inline commands."""

    def __init__(self, port, made, host="localhost", seconds=SECONDS):
        plain = socket.create_connection(("127.0.0.1", port), seconds)
        try:
            self.link = made.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()

    def ask(self, line):
        self.link.sendall(line.encode() + b"\r\n")
        return self.link.recv(4096).decode()


class OneServer:
    """What holds on either."""

    def server(self, **changed):
        server = TlsServer(self.command(), **changed)
        self.addCleanup(server.stop)
        return server

    def client(self, server, certificate="client", **more):
        options = {"ssl_certfile": str(CERTS / "client.crt"), "ssl_keyfile": str(CERTS / "client.key")}
        client = redis.Redis(host="localhost", port=server.tls_port, ssl=True, ssl_ca_certs=str(CERTS / "ca.crt"),
                             socket_timeout=SECONDS, retry=Retry(NoBackoff(), 0), decode_responses=True,
                             **(options if certificate else {}), **more)
        self.addCleanup(client.close)
        return client

    def assert_refused(self, server, made, host="localhost"):
        """In TLS 1.3 the client hears of it after its own handshake."""
        with self.assertRaises(OSError):
            with Raw(server.tls_port, made, host) as raw:
                answer = raw.ask("PING")
                raise AssertionError(f"was let in: {answer!r}") if answer else ConnectionResetError

    def assert_told(self, server, words):
        """Its log may come a moment after the answer."""
        self.assertTrue(servers.until(lambda: words in server.told()), server.told())

    def assert_let_in(self, server, made):
        with Raw(server.tls_port, made) as raw:
            self.assertEqual(raw.ask("PING"), "+PONG\r\n")
            return raw.link.version(), raw.link.cipher()[0]

    # ---- serving --------------------------------------------------------------------------------------------------

    def test_commands_pipelines_and_large_values_pass_whole(self):
        client = self.client(self.server())
        value = "0123456789abcdef" * 200_000
        self.assertTrue(client.set("large", value))
        self.assertEqual(client.get("large"), value)
        with client.pipeline(transaction=False) as pipe:
            for i in range(5000):
                pipe.set(f"k{i}", "v" * (i % 100)).strlen(f"k{i}")
            answers = pipe.execute()
        self.assertEqual(answers[1::2], [i % 100 for i in range(5000)])
        # More in one direction than sockets hold, before any of it is read.
        with client.pipeline(transaction=False) as pipe:
            for _ in range(10):
                pipe.get("large")
            self.assertEqual(pipe.execute(), [value] * 10)

    def test_subscribers_and_many_clients_are_served_together(self):
        server = self.server()
        clients = [self.client(server) for _ in range(20)]
        subscriber = clients[0].pubsub(ignore_subscribe_messages=True)
        self.addCleanup(subscriber.close)
        subscriber.subscribe("news")
        subscriber.get_message(timeout=SECONDS)
        for i, client in enumerate(clients):
            client.incr("n")
            client.publish("news", i)
        self.assertEqual(clients[-1].get("n"), "20")
        heard = [subscriber.get_message(timeout=SECONDS)["data"] for _ in clients]
        self.assertEqual(heard, [str(i) for i in range(20)])

    def test_without_a_plain_port_there_is_tls_alone_and_it_is_told(self):
        server = self.server()
        client = self.client(server)
        info = client.info("server")
        self.assertEqual(info["tcp_port"], server.tls_port)
        self.assertEqual(info["listener2"], {"name": "tls", "bind": "127.0.0.1", "port": server.tls_port})
        self.assertNotIn("listener0", info)
        self.assertEqual(client.config_get("tls-port"), {"tls-port": str(server.tls_port)})
        self.assertEqual(client.config_get("port"), {"port": "0"})
        self.assert_told(server, "Ready to accept connections tls")
        self.assertNotIn("Ready to accept connections tcp", server.told())
        self.assertIn(f"port={server.tls_port}", server.told())

    def test_plain_and_tls_ports_serve_the_same_keys(self):
        server = self.server(plain=True)
        plain = redis.Redis(port=server.port, decode_responses=True)
        self.addCleanup(plain.close)
        self.client(server).set("k", "v")
        self.assertEqual(plain.get("k"), "v")
        self.assertEqual(plain.info("server")["tcp_port"], server.port)
        self.assertEqual(plain.info("server")["listener0"], {"name": "tcp", "bind": "127.0.0.1", "port": server.port})

    def test_who_does_not_speak_tls_is_hung_up_on(self):
        server = self.server(plain=True)
        with socket.create_connection(("127.0.0.1", server.tls_port), SECONDS) as plain:
            plain.sendall(b"PING\r\n")
            try:
                self.assertNotIn(b"PONG", plain.recv(100))
            except ConnectionError:
                pass
        with self.assertRaises(OSError):
            Raw(server.port, context(CERTS), seconds=2)  # Valkey waits for the end of the line
        self.assertEqual(self.client(server).info("stats")["total_connections_received"], 2)

    def test_valkey_cli_and_openssl_get_in(self):
        server = self.server()
        tls = ["--cacert", CERTS / "ca.crt", "--cert", CERTS / "client.crt", "--key", CERTS / "client.key"]
        done = subprocess.run([servers.client_program("valkey-cli"), "--tls", "-p", str(server.tls_port), *tls, "PING"],
                              capture_output=True, text=True, check=False, timeout=SECONDS)
        self.assertEqual(done.stdout, "PONG\n", done.stderr)
        if not shutil.which("openssl"):
            self.skipTest("no openssl on this machine")
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.tls_port}", "-verify_ip",
                               "127.0.0.1", "-verify_return_error", "-CAfile", CERTS / "ca.crt", "-cert",
                               CERTS / "client.crt", "-key", CERTS / "client.key", "-ign_eof", "-quiet"],
                              input="PING\r\nQUIT\r\n", capture_output=True, text=True, check=False, timeout=SECONDS)
        self.assertEqual(done.stdout, "+PONG\n+OK\n", done.stderr)

    # ---- who gets in ----------------------------------------------------------------------------------------------

    def test_a_client_needs_a_certificate_of_the_authority(self):
        server = self.server()
        self.assert_let_in(server, context(CERTS))
        self.assert_refused(server, context(None))
        self.assert_refused(server, context(STRANGERS))

        def reasons():
            return re.findall(r"# Error accepting a client connection: error:\w+:(.*) \(addr=127.0.0.1:\d+ "
                              r"laddr=127.0.0.1:\d+\)", server.told())

        self.assertTrue(servers.until(lambda: len(reasons()) >= 2), server.told())
        self.assertEqual(reasons(), ["SSL routines::peer did not return a certificate",
                                     "SSL routines::certificate verify failed"])

    def test_optional_lets_in_who_has_none_but_not_who_has_a_wrong_one(self):
        server = self.server(tls_auth_clients="optional")
        self.assert_let_in(server, context(None))
        self.assert_let_in(server, context(CERTS))
        self.assert_refused(server, context(STRANGERS))

    def test_no_looks_at_no_certificate_and_needs_no_authority(self):
        server = self.server(tls_auth_clients="no", tls_ca_cert_file=None)
        self.assert_let_in(server, context(None))
        self.assert_let_in(server, context(STRANGERS))

    def test_an_authority_may_stand_in_a_folder(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=FOLDER.name))
        shutil.copy(CERTS / "ca.crt", folder)
        if not shutil.which("openssl"):
            self.skipTest("no openssl on this machine")
        subprocess.run(["openssl", "rehash", folder], check=True)
        server = self.server(tls_ca_cert_file=None, tls_ca_cert_dir=folder)
        self.assert_let_in(server, context(CERTS))
        self.assert_refused(server, context(STRANGERS))

    def test_a_client_that_trusts_others_turns_away(self):
        server = self.server()
        with self.assertRaises(ssl.SSLCertVerificationError):
            Raw(server.tls_port, context(CERTS, authority=STRANGERS))
        with self.assertRaises(ssl.SSLCertVerificationError):
            Raw(server.tls_port, context(CERTS), host="elsewhere.example")
        for host in ("localhost", "127.0.0.1", "::1"):
            Raw(server.tls_port, context(CERTS), host=host).link.close()

    def test_passwords_count_over_tls_too(self):
        server = self.server(requirepass="s3cret")
        with self.assertRaises(redis.AuthenticationError):
            self.client(server).ping()
        self.assertTrue(self.client(server, password="s3cret").ping())

    def test_beyond_maxclients_a_connection_is_dropped(self):
        server = self.server(maxclients=1)
        with Raw(server.tls_port, context(CERTS)) as first:
            self.assertEqual(first.ask("PING"), "+PONG\r\n")
            self.assert_refused(server, context(CERTS))
            self.assertIn("rejected_connections:1\r\n", first.ask("INFO stats"))

    # ---- protocols and ciphers ------------------------------------------------------------------------------------

    def test_protocols_that_are_not_named_are_refused(self):
        server = self.server(tls_protocols="TLSv1.3")
        self.assertEqual(self.assert_let_in(server, context(CERTS))[0], "TLSv1.3")
        self.assert_refused(server, context(CERTS, newest=ssl.TLSVersion.TLSv1_2))
        self.assert_told(server, "SSL routines::unsupported protocol")
        server = self.server(tls_protocols="TLSv1.2")
        self.assertEqual(self.assert_let_in(server, context(CERTS))[0], "TLSv1.2")

    def test_without_a_word_protocols_are_1_2_and_1_3(self):
        server = self.server()
        self.assertEqual(self.assert_let_in(server, context(CERTS))[0], "TLSv1.3")
        self.assertEqual(self.assert_let_in(server, context(CERTS, newest=ssl.TLSVersion.TLSv1_2))[0], "TLSv1.2")
        old = context(CERTS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it is old is the point
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        self.assert_refused(server, old)

    def test_ciphers_are_those_that_are_named(self):
        server = self.server(tls_ciphers="ECDHE-ECDSA-AES128-GCM-SHA256", tls_ciphersuites="TLS_CHACHA20_POLY1305_SHA256")
        self.assertEqual(self.assert_let_in(server, context(CERTS))[1], "TLS_CHACHA20_POLY1305_SHA256")
        old = context(CERTS, newest=ssl.TLSVersion.TLSv1_2)
        self.assertEqual(self.assert_let_in(server, old)[1], "ECDHE-ECDSA-AES128-GCM-SHA256")
        old.set_ciphers("ECDHE-ECDSA-AES256-GCM-SHA384")
        self.assert_refused(server, old)

    def test_whose_order_of_ciphers_counts(self):
        ours, theirs = "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"
        for prefer, chosen in (("yes", ours), ("no", theirs)):
            server = self.server(tls_ciphers=f"{ours}:{theirs}", tls_prefer_server_ciphers=prefer)
            asks = context(CERTS, newest=ssl.TLSVersion.TLSv1_2, ciphers=f"{theirs}:{ours}")
            self.assertEqual(self.assert_let_in(server, asks)[1], chosen)

    def test_sessions_are_kept_where_caching_is_on(self):
        for caching in ("yes", "no"):
            server = self.server(tls_session_caching=caching)
            made = context(CERTS, newest=ssl.TLSVersion.TLSv1_2)
            made.options |= ssl.OP_NO_TICKET
            with Raw(server.tls_port, made) as first:
                first.ask("PING")
                plain = socket.create_connection(("127.0.0.1", server.tls_port), SECONDS)
                with made.wrap_socket(plain, server_hostname="localhost", session=first.link.session) as second:
                    self.assertEqual(second.session_reused, caching == "yes")

    # ---- CONFIG SET -----------------------------------------------------------------------------------------------

    def shown(self, server):
        """The certificate that the server shows."""
        open_to_all = context(CERTS)
        open_to_all.check_hostname = False
        open_to_all.verify_mode = ssl.CERT_NONE
        with Raw(server.tls_port, open_to_all) as raw:
            return raw.link.getpeercert(binary_form=True)

    def test_a_renewed_certificate_is_read_when_config_set_names_it(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=FOLDER.name))
        for name in ("server.crt", "server.key"):
            shutil.copy(CERTS / name, folder)
        server = self.server(tls_cert_file=folder / "server.crt", tls_key_file=folder / "server.key")
        client = self.client(server)
        before = self.shown(server)
        for name in ("server.crt", "server.key"):
            shutil.copy(STRANGERS / name, folder)
        self.assertEqual(self.shown(server), before)
        client.config_set("tls-cert-file", str(folder / "server.crt"))
        self.assertNotEqual(self.shown(server), before)
        self.assertTrue(client.ping())  # who is there stays

    def test_what_cannot_be_used_is_refused_and_all_stays(self):
        server = self.server()
        client = self.client(server)
        before = self.shown(server)
        for name, value in (("tls-cert-file", "/no/such/file"), ("tls-key-file", str(STRANGERS / "server.key")),
                            ("tls-protocols", "TLSv9"), ("tls-ciphers", "no-such-cipher"),
                            ("tls-ciphersuites", "TLS_NONE"), ("tls-ca-cert-file", "")):
            with self.subTest(name):
                stated = client.config_get(name)
                with self.assertRaisesRegex(redis.ResponseError, re.escape(
                        f"CONFIG SET failed (possibly related to argument '{name}') - "
                        "Unable to update TLS configuration. Check server logs.")):
                    client.config_set(name, value)
                self.assertEqual(client.config_get(name), stated)
        self.assertEqual(self.shown(server), before)

    def test_who_needs_a_certificate_changes_at_once(self):
        server = self.server()
        client = self.client(server)
        self.assert_refused(server, context(None))
        client.config_set("tls-auth-clients", "no")
        self.assert_let_in(server, context(None))
        client.config_set("tls-auth-clients", "yes")
        self.assert_refused(server, context(None))

    def test_protocols_change_for_new_connections(self):
        server = self.server()
        client = self.client(server)
        client.config_set("tls-protocols", "TLSv1.2")
        self.assertEqual(self.assert_let_in(server, context(CERTS))[0], "TLSv1.2")
        self.assertTrue(client.ping())

    def test_the_port_can_be_opened_moved_and_closed(self):
        server = servers.Server(self.command(), *directives())
        self.addCleanup(server.stop)
        plain = redis.Redis(port=server.port, decode_responses=True)
        self.addCleanup(plain.close)
        for server.tls_port in (servers.free_port(), servers.free_port()):
            plain.config_set("tls-port", server.tls_port)
            self.assert_let_in(server, context(CERTS))
        plain.config_set("tls-port", 0)
        with self.assertRaises(ConnectionRefusedError):
            Raw(server.tls_port, context(CERTS))
        self.assertTrue(plain.ping())

    def test_a_port_without_a_certificate_is_refused_at_run_time_too(self):
        server = servers.Server(self.command())
        self.addCleanup(server.stop)
        plain = redis.Redis(port=server.port, decode_responses=True)
        self.addCleanup(plain.close)
        with self.assertRaisesRegex(redis.ResponseError, "argument 'tls-port'. - Unable to update TLS configuration"):
            plain.config_set("tls-port", servers.free_port())
        self.assertEqual(plain.config_get("tls-port"), {"tls-port": "0"})

    # ---- mistakes -------------------------------------------------------------------------------------------------

    def last_words(self, **changed):
        """Of a server that does not start."""
        with tempfile.TemporaryDirectory(dir=FOLDER.name) as folder:
            done = subprocess.run([*self.command(), "--port", "0", "--bind", "127.0.0.1", "--save", "", "--dir", folder,
                                   "--tls-port", str(servers.free_port()), *directives(**changed)],
                                  capture_output=True, text=True, check=False, timeout=SECONDS)
        self.assertEqual(done.returncode, 1, done.stdout)
        lines = re.findall(r"(?m)^\d+:\w \d+ \w+ \d+ [\d:.]+ # (.*)$", done.stdout)
        return [line for line in lines if "overcommit" not in line][-2:]

    def test_a_start_that_cannot_be_says_why(self):
        broken = pathlib.Path(FOLDER.name) / "broken.crt"
        broken.write_text("no certificate\n")
        end = "Failed to configure TLS. Check logs for more info."
        for changed, words in (
                ({"tls_cert_file": None}, "No tls-cert-file configured!"),
                ({"tls_key_file": None}, "No tls-key-file configured!"),
                ({"tls_ca_cert_file": None}, "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when "
                                             "tls-cluster, tls-replication or tls-auth-clients are enabled!"),
                ({"tls_protocols": "SSLv3"}, "Invalid tls-protocols specified. Use a combination of 'TLSv1', "
                                             "'TLSv1.1', 'TLSv1.2' and 'TLSv1.3'."),
                ({"tls_ciphers": "none-such"}, "Failed to configure ciphers: none-such"),
                ({"tls_ciphersuites": "none-such"}, "Failed to configure ciphersuites: none-such"),
                ({"tls_cert_file": "/none/such"}, "Failed to load certificate: /none/such: "
                                                  "error:80000002:system library::No such file or directory"),
                ({"tls_cert_file": broken}, f"Failed to load certificate: {broken}: "
                                            "error:0480006C:PEM routines::no start line"),
                ({"tls_key_file": "/none/such"}, "Failed to load private key: /none/such: "
                                                 "error:80000002:system library::No such file or directory"),
                ({"tls_key_file": STRANGERS / "server.key"},
                 f"Failed to load private key: {STRANGERS / 'server.key'}: "
                 "error:05800074:x509 certificate routines::key values mismatch"),
                ({"tls_dh_params_file": "/none/such"}, "Failed to load /none/such: No such file or directory"),
                ({"tls_dh_params_file": broken}, f"{broken}: failed to read DH params.")):
            with self.subTest(str(changed)):
                self.assertEqual(self.last_words(**changed), [words, end])

    def test_a_key_may_have_a_password_which_is_not_told(self):
        if not shutil.which("openssl"):
            self.skipTest("no openssl on this machine")
        locked = pathlib.Path(FOLDER.name) / "locked.key"
        subprocess.run(["openssl", "pkey", "-in", CERTS / "server.key", "-aes256", "-passout", "pass:k3y word", "-out",
                        locked], check=True)
        server = self.server(tls_key_file=locked, tls_key_file_pass="k3y word")
        self.assert_let_in(server, context(CERTS))
        self.assertNotIn("k3y", server.told())
        reason, _ = self.last_words(tls_key_file=locked, tls_key_file_pass="another")
        self.assertTrue(reason.startswith(f"Failed to load private key: {locked}: error:"), reason)
        self.assertNotIn("another", reason)


class Outlive(OneServer, unittest.TestCase):
    @staticmethod
    def command():
        return [PROGRAM, "serve"]

    def test_directives_of_what_is_lacking_are_refused(self):
        for name, why in (("tls-cluster", "cluster mode is not emulated"),
                          ("tls-replication", "replication is not emulated")):
            done = subprocess.run([PROGRAM, "serve", "--port", "0", f"--{name}", "yes"], capture_output=True, text=True,
                                  check=False, timeout=SECONDS)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"'yes' is not supported by outlive: {why}", done.stdout + done.stderr)


class Valkey(OneServer, unittest.TestCase):
    @staticmethod
    def command():
        return [str(servers.reference_folder() / "valkey-server")]


class Scenarios(unittest.TestCase):
    """`outlive run --target valkeys://…`."""

    def play(self, *words):
        done = subprocess.run([PROGRAM, "run", str(SHORT), *map(str, words)], capture_output=True, text=True,
                              check=False, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def server(self, command, **changed):
        server = TlsServer(command, **changed)
        self.addCleanup(server.stop)
        return server

    def test_a_scenario_is_played_over_tls_on_either_server(self):
        shown = ["--cacert", CERTS / "ca.crt", "--cert", CERTS / "client.crt", "--key", CERTS / "client.key"]
        for command in (Outlive.command(), Valkey.command()):
            server = self.server(command, requirepass="s3cret")
            for url in (f"valkeys://:s3cret@localhost:{server.tls_port}",
                        f"rediss://default:s3cret@127.0.0.1:{server.tls_port}/2"):
                with self.subTest(command=command, url=url):
                    status, told = self.play("--target", url, *shown)
                    self.assertEqual(status, 0, told)
                    self.assertNotIn("s3cret", told)
            status, told = self.play("--target", f"valkeys://:wr0ng@localhost:{server.tls_port}", *shown)
            self.assertEqual(status, 2, told)
            self.assertIn("WRONGPASS", told)
            self.assertNotIn("wr0ng", told)

    def test_who_is_not_trusted_is_not_spoken_to(self):
        server = self.server(Outlive.command(), plain=True, tls_auth_clients="no")
        url = f"valkeys://localhost:{server.tls_port}"
        for words, reason in (
                (["--target", url], "its certificate is not trusted: "),
                (["--target", url, "--cacert", STRANGERS / "ca.crt"], "--cacert FILE names whom to trust"),
                (["--target", f"valkeys://127.0.0.2:{server.tls_port}", "--cacert", CERTS / "ca.crt"], ""),
                (["--target", f"valkeys://localhost:{server.port}", "--cacert", CERTS / "ca.crt"],
                 "does it speak TLS on this port?"),
                (["--target", url, "--cacert", "/none/such"], "--cacert /none/such: "),
                (["--target", url, "--cert", CERTS / "client.crt"], "--cert and --key come together"),
                (["--target", "serve", "--insecure"], "--target names none (valkeys://… or rediss://…)")):
            with self.subTest(str(words)):
                status, told = self.play(*words)
                self.assertEqual(status, 2, told)
                self.assertIn(reason, told)
        self.assertEqual(self.play("--target", url, "--insecure")[0], 0)
        self.assertEqual(self.play("--target", url, "--cacert", CERTS / "ca.crt")[0], 0)

    def test_a_server_that_wants_a_certificate_says_so(self):
        server = self.server(Outlive.command())
        status, told = self.play("--target", f"valkeys://localhost:{server.tls_port}", "--cacert", CERTS / "ca.crt")
        self.assertEqual(status, 2, told)


class Certs(unittest.TestCase):
    def certs(self, *words):
        done = subprocess.run([PROGRAM, "certs", *map(str, words)], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_it_says_how_to_use_them_and_help_does_too(self):
        with tempfile.TemporaryDirectory() as folder:
            status, out, _ = self.certs(folder + "/new/tls")
            self.assertEqual(status, 0)
            names = sorted(path.name for path in pathlib.Path(folder, "new/tls").iterdir())
            self.assertEqual(names, ["ca.crt", "ca.key", "client.crt", "client.key", "server.crt", "server.key"])
            for words in (out, self.certs("--help")[1]):
                for word in ("outlive serve", "--tls-cert-file", "valkey-cli --tls", "valkeys://", "--cacert"):
                    self.assertIn(word, words)

    def test_what_is_there_is_not_overwritten(self):
        with tempfile.TemporaryDirectory() as folder:
            there = pathlib.Path(folder, "client.key")
            there.write_text("mine")
            status, _, err = self.certs(folder)
            self.assertEqual(status, 2)
            self.assertIn("client.key is there already, and nothing was written", err)
            self.assertEqual(there.read_text(), "mine")
            self.assertEqual([path.name for path in pathlib.Path(folder).iterdir()], ["client.key"])

    def test_without_a_folder_it_says_what_it_wants(self):
        status, _, err = self.certs()
        self.assertEqual(status, 2)
        self.assertIn("DIR", err)


if __name__ == "__main__":
    servers.reference_folder()
    unittest.main()
