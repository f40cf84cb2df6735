"""Servers for the tests of `outlive doctor`: filled as a gateway fills them, and such as forbid commands."""
import pathlib
import socket
import socketserver
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "wire"))
import servers  # noqa: E402

LIMITS = "tensorzero_ratelimit:*"
CACHE = "tensorzero_cache:*"
BATCH = 500


class Refused(Exception):
    """An error reply."""


def encoded(words):
    words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def read_reply(stream):
    """Text for a string, an exception (not raised) for an error."""
    line = stream.readline()[:-2]
    kind, rest = line[:1], line[1:]
    if kind == b"-":
        return Refused(rest.decode())
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == b"-1" else stream.read(int(rest) + 2)[:-2].decode(errors="replace")
    if kind == b"*":
        return [read_reply(stream) for _ in range(int(rest))]
    return rest.decode()


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.socket.makefile("rb")

    def write(self, commands):
        """Sent together; the replies."""
        self.socket.sendall(b"".join(map(encoded, commands)))
        return [read_reply(self.stream) for _ in commands]

    def close(self):
        self.stream.close()
        self.socket.close()


class Filled:
    """A server with rate limits that live 48 h and, written after them, answers that live 24 h."""

    def __init__(self, test, command, *directives, limits, answers, cache_ttl_s=86_400, between=lambda: None):
        self.server = servers.Server(command, *directives)
        test.addCleanup(self.server.stop)
        self.port = self.server.port
        self.url = f"valkey://127.0.0.1:{self.port}"
        self.client = Client(self.port)
        test.addCleanup(self.client.close)
        self.cache_ttl_s = cache_ttl_s
        self.answers = 0
        self.write([word for i in range(limits) for word in (
            ("HSET", self.limit(i), "balance", "100", "last_refilled", "1795421703868560"),
            ("EXPIRE", self.limit(i), "172800"))])
        between()
        self.write_answers(answers)

    @staticmethod
    def limit(number):
        return ('tensorzero_ratelimit:{"resource":"model_inference","scope_key":[{"type":"TagEach","key":"user_id",'
                f'"value":"u{number:07}"}}]}}')

    def write_answers(self, count):
        """New ones, of a kilobyte each; how many were refused."""
        begin = self.answers
        self.answers += count
        replies = self.write([("SETEX", f"tensorzero_cache:{i:064x}", self.cache_ttl_s, "x" * 1000)
                              for i in range(begin, self.answers)])
        return sum(isinstance(one, Refused) for one in replies)

    def write(self, commands):
        replies = []
        for i in range(0, len(commands), BATCH):
            replies += self.client.write(commands[i:i + BATCH])
        return replies

    def ask(self, *words):
        [reply] = self.client.write([words])
        if isinstance(reply, Refused):
            raise reply
        return reply

    def ask_in(self, database, *words):
        self.ask("SELECT", database)
        reply = self.ask(*words)
        self.ask("SELECT", 0)
        return reply

    def info(self, section):
        return self.ask("INFO", section)

    def figure(self, section, name):
        return int(next(line for line in self.info(section).split() if line.startswith(name + ":"))[len(name) + 1:])

    def set_cap(self, room=0):
        """So many bytes above what is in use now."""
        self.cap = self.figure("memory", "used_memory") + room
        self.ask("CONFIG", "SET", "maxmemory", self.cap)

    def count(self, prefix):
        """The keys that begin so."""
        cursor, found = "0", 0
        while True:
            cursor, keys = self.ask("SCAN", cursor, "MATCH", prefix + "*", "COUNT", "1000")
            found += len(keys)
            if cursor == "0":
                return found

    def count_limits(self):
        return self.count("tensorzero_ratelimit:")


class Forbidding:
    """Hands on what a client says to a server, but for commands that it does not know."""

    def __init__(self, test, port, *forbidden, error="ERR unknown command '{}'"):
        forbidden = {word.upper() for word in forbidden}

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True  # replies go one by one: each would wait for the one before to be acknowledged

            def handle(self):
                behind = Client(port)
                try:
                    while words := read_reply(self.rfile):
                        if isinstance(words, Refused) or not isinstance(words, list):
                            return
                        if words[0].upper() in forbidden:
                            self.wfile.write(b"-" + error.format(words[0]).encode() + b"\r\n")
                        else:
                            behind.socket.sendall(encoded(words))
                            self.wfile.write(raw_reply(behind.stream))
                finally:
                    behind.close()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"valkey://127.0.0.1:{self.server.server_address[1]}"
        thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)


def raw_reply(stream):
    """The bytes of one reply."""
    line = stream.readline()
    kind, rest = line[:1], line[1:-2]
    if kind == b"$" and rest != b"-1":
        return line + stream.read(int(rest) + 2)
    if kind == b"*":
        return line + b"".join(raw_reply(stream) for _ in range(max(int(rest), 0)))
    return line
