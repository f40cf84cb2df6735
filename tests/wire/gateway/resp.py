"""RESP2, as much as a test needs that looks into a server, or stands between it and a client."""
import socket

SECONDS = 30


class Refusal(Exception):
    """An error reply."""


class Connection:
    """Words out, replies in: text, integers, None and lists of these. A Refusal if the server says so."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), SECONDS)
        self.stream = self.socket.makefile("rb")

    def ask(self, *words):
        self.socket.sendall(encoded(words))
        return value_of(reply_from(self.stream))

    def close(self):
        self.stream.close()
        self.socket.close()


def encoded(words):
    """A request as clients send it."""
    bulks = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(bulks) + b"".join(b"$%d\r\n%s\r\n" % (len(bulk), bulk) for bulk in bulks)


def request_from(stream):
    """The words of the next request, or None at the end."""
    head = stream.readline()
    if not head:
        return None
    words = []
    for _ in range(int(head[1:])):
        length = int(stream.readline()[1:])
        words.append(stream.read(length + 2)[:-2])
    return words


def reply_from(stream):
    """The bytes of the next reply."""
    head = stream.readline()
    if not head:
        raise ConnectionError("the server has closed the connection")
    kind, count = head[:1], head[1:-2]
    if kind == b"$" and int(count) >= 0:
        return head + stream.read(int(count) + 2)
    if kind == b"*" and int(count) >= 0:
        return head + b"".join(reply_from(stream) for _ in range(int(count)))
    return head


def value_of(reply):
    """What the bytes of a reply mean."""
    value, _ = read_value(reply, 0)
    return value


def read_value(reply, at):
    end = reply.index(b"\r\n", at)
    kind, text, after = reply[at:at + 1], reply[at + 1:end].decode(), end + 2
    if kind == b"-":
        raise Refusal(text)
    if kind == b":":
        return int(text), after
    if kind in b"$*" and int(text) < 0:
        return None, after
    if kind == b"$":
        return reply[after:after + int(text)].decode(errors="replace"), after + int(text) + 2
    if kind == b"*":
        items = []
        for _ in range(int(text)):
            item, after = read_value(reply, after)
            items.append(item)
        return items, after
    return text, after
