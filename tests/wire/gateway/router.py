"""The split set-up for a gateway that takes one address: cached answers go to a second server.

The standalone gateway reads TENSORZERO_VALKEY_URL and TENSORZERO_VALKEY_CACHE_URL; the one in the Python package has
one address for both. So this stands before two servers and sends `tensorzero_cache:*` to the second one.
"""
import socketserver
import threading

from gateway import resp

CACHE_PREFIX = b"tensorzero_cache:"


class Router(socketserver.ThreadingTCPServer):
    """Listens on a port of its own; routes to two ports on loopback."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, primary_port, cache_port):
        super().__init__(("127.0.0.1", 0), Client)
        self.primary_port = primary_port
        self.cache_port = cache_port
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"valkey://127.0.0.1:{self.server_address[1]}"

    def stop(self):
        self.shutdown()
        self.server_close()


class Backend:
    """One of the two servers, connected to when it is needed, and anew when it was away."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def answer(self, words):
        try:
            self.connection = self.connection or resp.Connection(self.port)
            self.connection.socket.sendall(resp.encoded(words))
            return resp.reply_from(self.connection.stream)
        except OSError as error:
            self.close()
            return f"-ERR the router has lost port {self.port}: {error}\r\n".encode()

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Client(socketserver.StreamRequestHandler):
    """One request after the other, so replies are in order however many came at once."""

    disable_nagle_algorithm = True

    def handle(self):
        primary, cache = Backend(self.server.primary_port), Backend(self.server.cache_port)
        try:
            while words := resp.request_from(self.rfile):
                cached = len(words) > 1 and words[1].startswith(CACHE_PREFIX)
                self.wfile.write((cache if cached else primary).answer(words))
        except OSError:
            pass  # the gateway was stopped
        finally:
            primary.close()
            cache.close()
