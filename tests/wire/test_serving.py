#!/usr/bin/env python3
"""`outlive serve` as a program: how it starts and ends, what it says of mistakes, what it lets clients do.

    test_serving.py PROGRAM
"""
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import servers

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit(__doc__)
LIMIT_S = 30


class Server:
    """One that runs in a folder of its own, on any free port or as the directives say."""

    def __init__(self, *directives, config=None, stdin=None):
        self.folder = tempfile.TemporaryDirectory(prefix="outlive-serving-")
        self.path = pathlib.Path(self.folder.name)
        self.log = self.path / "log"
        if config is not None:
            (self.path / "server.conf").write_text(config)
            directives = (str(self.path / "server.conf"), *directives)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([PROGRAM, "serve", *directives, "--dir", self.folder.name],
                                            stdin=subprocess.PIPE, stdout=log, stderr=log)
        self.process.stdin.write((stdin or "").encode())
        self.process.stdin.close()

    def __enter__(self):
        self.wait_for("Ready to accept connections")
        self.port = int(re.search(r"port=(\d+)", self.text()).group(1))
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def text(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, words):
        deadline = time.monotonic() + LIMIT_S
        while words not in self.text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"no {words!r} in the log:\n{self.text()}")
            time.sleep(0.005)

    def end(self):
        return self.process.wait(LIMIT_S)

    def client(self, address=None):
        return Client(socket.create_connection(address or ("127.0.0.1", self.port), LIMIT_S))

    def unix_client(self, path):
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(LIMIT_S)
        link.connect(str(path))
        return Client(link)


class Client:
    """Speaks as much of RESP2 as the tests need."""

    def __init__(self, link):
        self.link = link
        self.link.settimeout(LIMIT_S)
        self.file = link.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.link.close()

    def send(self, data):
        self.link.sendall(data)

    def read(self):
        line = self.file.readline()
        if not line:
            raise EOFError
        kind, rest = line[:1], line[1:-2].decode()
        if kind in b"+-":
            return kind.decode() + rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == "-1" else self.file.read(int(rest) + 2)[:-2].decode()
        return [self.read() for _ in range(int(rest))]

    def call(self, *words):
        self.send(request(*words))
        return self.read()

    def closed(self):
        """Whether the server hangs up; what it still sends is thrown away."""
        try:
            while self.link.recv(65536):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True


def request(*words):
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def free_port():
    """With a Unix socket port 0 means no TCP at all, as in Valkey."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def complaint(*directives, stdin=""):
    """What a start that can't work says, and its exit status."""
    done = subprocess.run([PROGRAM, "serve", *directives], input=stdin, capture_output=True, text=True,
                          timeout=LIMIT_S, check=False)
    return done.returncode, done.stderr.rstrip("\n")


def outside_address():
    """An address of this machine that is not loopback, or None."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # TEST-NET-1: nothing is sent
        address = probe.getsockname()[0]
        return None if address.startswith("127.") else address
    return None


class Words(unittest.TestCase):
    """The arguments that only print."""

    def printed(self, *arguments):
        return subprocess.run([PROGRAM, "serve", *arguments], capture_output=True, text=True, timeout=LIMIT_S,
                              check=True).stdout

    def test_version_is_told_as_tools_read_it(self):
        for argument in ("--version", "-v"):
            self.assertRegex(self.printed(argument), r"^Valkey server v=8\.1\.1 sha=\S+ malloc=\S+ bits=64 build=")

    def test_help_teaches(self):
        text = self.printed("--help")
        for word in ("--maxmemory-policy", "--port 0", "--outlive-seed", "shutdown nosave"):
            self.assertIn(word, text)

    def test_the_name_valkey_server_is_serve(self):
        with tempfile.TemporaryDirectory() as folder:
            link = pathlib.Path(folder) / "valkey-server"
            link.symlink_to(pathlib.Path(PROGRAM).resolve())
            done = subprocess.run([link, "--version"], capture_output=True, text=True, timeout=LIMIT_S, check=True)
        self.assertTrue(done.stdout.startswith("Valkey server v="))


class Mistakes(unittest.TestCase):
    """One line each: where, what, why."""

    def check(self, directives, *words, stdin=""):
        status, text = complaint(*directives, stdin=stdin)
        self.assertEqual(status, 1)
        self.assertNotIn("\n", text)
        for word in words:
            self.assertIn(word, text)

    def test_an_unknown_directive(self):
        self.check(["--maxmemori", "1mb"], "command line", "maxmemori", "Bad directive", "did you mean 'maxmemory'?")

    def test_a_bad_value_in_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.conf"
            path.write_text("port 0\n\nmaxmemory-policy mru\n")
            self.check([str(path)], f"{path}:3:", "'maxmemory-policy mru'", "must be one of the following")

    def test_a_bad_value_on_standard_input(self):
        self.check(["-"], "standard input:1:", "'databases none'", stdin="databases none\n")

    def test_a_file_that_is_missing(self):
        self.check(["/nowhere/a.conf"], "can't open config file '/nowhere/a.conf'")

    def test_what_is_not_emulated(self):
        self.check(["--cluster-enabled", "yes"], "cluster-enabled", "not supported by outlive")

    def test_a_port_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = subprocess.run([PROGRAM, "serve", "--port", str(port), "--bind", "127.0.0.1"],
                                  capture_output=True, text=True, timeout=LIMIT_S, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"Failed listening on port {port}", done.stdout)


class Life(unittest.TestCase):
    """Start and end."""

    def test_port_0_is_told(self):
        with Server("--port", "0") as server, server.client() as client:
            self.assertEqual(client.call("PING"), "+PONG")

    def test_configuration_comes_from_file_include_input_and_arguments(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "more.conf").write_text("maxclients 50\n")
            config = f"port 0\nmaxmemory 1mb\nhz 11\ninclude {folder}/*.conf\n"
            with Server("-", "--maxmemory", "3mb", config=config, stdin="hz 12\nmaxmemory 2mb\n") as server, \
                    server.client() as client:
                self.assertEqual(client.call("CONFIG", "GET", "maxmemory"), ["maxmemory", str(3 << 20)])
                self.assertEqual(client.call("CONFIG", "GET", "hz"), ["hz", "12"])
                self.assertEqual(client.call("CONFIG", "GET", "maxclients"), ["maxclients", "50"])
                self.assertEqual(client.call("CONFIG", "GET", "dir")[1], os.path.realpath(server.folder.name))

    def test_config_rewrite_keeps_what_was_set(self):
        with Server(config="# mine\nport 0\n") as server, server.client() as client:
            self.assertEqual(client.call("CONFIG", "SET", "maxmemory", "5mb", "hz", "50"), "+OK")
            self.assertEqual(client.call("CONFIG", "REWRITE"), "+OK")
            text = (server.path / "server.conf").read_text()
            self.assertTrue(text.startswith("# mine\nport 0\n"))
            self.assertIn("\nmaxmemory 5242880\n", text)
            with Server(config=text) as again, again.client() as other:
                self.assertEqual(other.call("CONFIG", "GET", "hz"), ["hz", "50"])

    def test_without_a_file_there_is_nothing_to_rewrite(self):
        with Server("--port", "0") as server, server.client() as client:
            self.assertEqual(client.call("CONFIG", "REWRITE"), "-ERR The server is running without a config file")

    def check_end(self, end):
        with tempfile.TemporaryDirectory() as folder:
            pid_file = pathlib.Path(folder) / "pid"
            door = pathlib.Path(folder) / "door"
            with Server("--port", str(free_port()), "--pidfile", str(pid_file), "--unixsocket", str(door),
                        "--unixsocketperm", "700") as server:
                self.assertEqual(pid_file.read_text().strip(), str(server.process.pid))
                self.assertEqual(door.stat().st_mode & 0o777, 0o700)
                with server.client() as bystander:
                    self.assertEqual(bystander.call("PING"), "+PONG")
                    end(server, door)
                    self.assertEqual(server.end(), 0)
                    self.assertTrue(bystander.closed())
                self.assertFalse(pid_file.exists())
                self.assertFalse(door.exists())
                self.assertIn("ready to exit, bye bye", server.text())

    def test_sigterm_ends_it(self):
        self.check_end(lambda server, _: server.process.send_signal(signal.SIGTERM))

    def test_sigint_ends_it(self):
        self.check_end(lambda server, _: server.process.send_signal(signal.SIGINT))

    def test_shutdown_ends_it_without_a_reply(self):
        def end(server, _):
            with server.client() as client:
                client.send(request("SHUTDOWN", "NOSAVE") + request("PING"))
                self.assertTrue(client.closed())
        self.check_end(end)

    def test_shutdown_over_the_unix_socket_ends_it(self):
        def end(server, door):
            with server.unix_client(door) as client:
                self.assertIn("U", re.search(r"flags=(\w+)", client.call("CLIENT", "INFO")).group(1))
                client.send(request("SHUTDOWN"))
                self.assertTrue(client.closed())
        self.check_end(end)

    def test_a_unix_socket_may_be_the_only_door(self):
        with tempfile.TemporaryDirectory() as folder:
            door = pathlib.Path(folder) / "door"
            with Server("--port", "0", "--unixsocket", str(door)) as server, server.unix_client(door) as client:
                self.assertEqual(server.port, 0)
                self.assertEqual(client.call("PING"), "+PONG")

    def test_it_moves_to_another_port(self):
        with Server("--port", "0", "--bind", "127.0.0.1") as server, server.client() as client:
            port = free_port()
            self.assertEqual(client.call("CONFIG", "SET", "port", port), "+OK")
            with server.client(("127.0.0.1", port)) as other:
                self.assertEqual(other.call("PING"), "+PONG")
            self.assertEqual(client.call("PING"), "+PONG")
            with socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                self.assertIn("Unable to listen on this port",
                              client.call("CONFIG", "SET", "port", taken.getsockname()[1]))
            with server.client(("127.0.0.1", port)) as other:
                self.assertEqual(other.call("PING"), "+PONG")


class Wire(unittest.TestCase):
    """Bytes, well formed or not."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server("--port", "0").__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_requests_may_be_cut_at_every_byte(self):
        script = request("SET", "key", "one\r\ntwo") + b"PING\r\n" + request("GET", "key") + b"*0\r\n\r\nECHO 'a b'\r\n"
        for cut in range(1, len(script)):
            with self.subTest(cut=cut), self.server.client() as client:
                client.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                client.send(script[:cut])
                self.server_has_a_turn()
                client.send(script[cut:])
                self.assertEqual([client.read() for _ in range(4)], ["+OK", "+PONG", "one\r\ntwo", "a b"])

    def server_has_a_turn(self):
        """Another client's round trip: the server has had a turn meanwhile."""
        with self.server.client() as other:
            self.assertEqual(other.call("PING"), "+PONG")

    def test_requests_may_come_byte_by_byte(self):
        with self.server.client() as client:
            client.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in request("ECHO", "slowly"):
                client.send(bytes([byte]))
            self.assertEqual(client.read(), "slowly")

    def test_a_pipeline_is_answered_in_order(self):
        with self.server.client() as client:
            client.send(b"".join(request("ECHO", number) for number in range(10_000)))
            self.assertEqual([client.read() for _ in range(10_000)], [str(number) for number in range(10_000)])

    def test_malformed_requests_get_valkeys_error_and_are_hung_up_on(self):
        cases = {
            b"*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n": "expected '$', got 'f'",
            b"*3000000000\r\n": "invalid multibulk length",
            b"*1x\r\n": "invalid multibulk length",
            b"*1\r\n$-5\r\n": "invalid bulk length",
            b"*1\r\n$2000000000\r\n": "invalid bulk length",
            b"*1\r\n$blabla\r\n": "invalid bulk length",
            b"SET key \"half\r\n": "unbalanced quotes in request",
            b"x" * 70_000: "too big inline request",
            b"*" + b"1" * 70_000: "too big mbulk count string",
            b"*1\r\n$" + b"1" * 70_000: "too big bulk count string",
        }
        for sent, error in cases.items():
            with self.subTest(error=error), self.server.client() as client:
                client.send(sent)
                self.assertEqual(client.read(), "-ERR Protocol error: " + error)
                self.assertTrue(client.closed())

    def test_a_browser_is_hung_up_on(self):
        for line in (b"POST / HTTP/1.1\r\n", b"Host: localhost\r\n"):
            with self.subTest(line=line), self.server.client() as client:
                client.send(line)
                self.assertTrue(client.closed())

    def test_quit_is_answered_and_what_follows_is_not(self):
        with self.server.client() as client:
            client.send(request("QUIT") + request("PING"))
            self.assertEqual(client.read(), "+OK")
            self.assertRaises(EOFError, client.read)

    def test_who_quits_in_silence_is_not_hung_up_on(self):
        """Valkey hangs up once the last reply is written: there is none."""
        with self.server.client() as watching, self.server.client() as client:
            client.send(request("CLIENT", "REPLY", "OFF") + request("QUIT"))
            self.assertTrue(servers.until(lambda: " flags=c " in watching.call("CLIENT", "LIST")))
            client.send(request("PING"))
            self.assertIn(" flags=c ", watching.call("CLIENT", "LIST"))


class Limits(unittest.TestCase):
    """What a client may not do."""

    def test_maxclients(self):
        with Server("--port", "0", "--maxclients", "2") as server, server.client() as one, server.client() as two:
            self.assertEqual([one.call("PING"), two.call("PING")], ["+PONG", "+PONG"])
            with server.client() as three:
                self.assertEqual(three.read(), "-ERR max number of clients reached")
                self.assertTrue(three.closed())
            self.assertIn("rejected_connections:1", one.call("INFO", "stats"))

    def test_whoever_has_not_signed_in_may_say_little(self):
        with Server("--port", "0", "--requirepass", "secret") as server:
            for sent, error in ((b"*11\r\n", "unauthenticated multibulk length"),
                                (b"*1\r\n$16385\r\n", "unauthenticated bulk length")):
                with self.subTest(error=error), server.client() as client:
                    client.send(sent)
                    self.assertEqual(client.read(), "-ERR Protocol error: " + error)
                    self.assertTrue(client.closed())
            with server.client() as client:
                self.assertEqual(client.call("GET", "key"), "-NOAUTH Authentication required.")
                self.assertEqual(client.call("AUTH", "default", "secret"), "+OK")
                self.assertEqual(client.call("ECHO", "x" * 20_000), "x" * 20_000)

    def test_the_query_buffer(self):
        with Server("--port", "0", "--client-query-buffer-limit", "1mb") as server, server.client() as client:
            with contextlib.suppress(ConnectionError):
                client.send(b"*2\r\n$4\r\nECHO\r\n$3000000\r\n" + b"x" * 2_000_000)
            self.assertTrue(client.closed())
            with server.client() as other:
                self.assertIn("client_query_buffer_limit_disconnections:1", other.call("INFO", "stats"))

    def test_the_output_buffer(self):
        with Server("--port", "0", "--client-output-buffer-limit", "normal 1mb 0 0") as server, \
                server.client() as client, server.client() as other:
            other.call("SET", "key", "x" * 100_000)
            with contextlib.suppress(ConnectionError):
                client.send(request("GET", "key") * 1000)
            self.assertTrue(client.closed())
            self.assertIn("client_output_buffer_limit_disconnections:1", other.call("INFO", "stats"))

    def test_an_idle_client(self):
        with Server("--port", "0", "--timeout", "1") as server, server.client() as client:
            self.assertEqual(client.call("PING"), "+PONG")
            self.assertTrue(client.closed())

    def test_proto_max_bulk_len(self):
        with Server("--port", "0", "--proto-max-bulk-len", "1mb") as server, server.client() as client:
            client.send(b"*1\r\n$2000000\r\n")
            self.assertEqual(client.read(), "-ERR Protocol error: invalid bulk length")

    def test_protected_mode(self):
        address = outside_address()
        if address is None:
            self.skipTest("this machine has no address but loopback")
        with Server("--port", "0", "--bind", "0.0.0.0") as server, server.client() as inside:
            with server.client((address, server.port)) as outside:
                self.assertTrue(outside.read().startswith("-DENIED Running in protected mode"))
                self.assertTrue(outside.closed())
            self.assertEqual(inside.call("CONFIG", "SET", "protected-mode", "no"), "+OK")
            with server.client((address, server.port)) as outside:
                self.assertEqual(outside.call("PING"), "+PONG")


if __name__ == "__main__":
    unittest.main()
