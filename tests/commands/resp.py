"""A connection that keeps the shape of every reply, and how such replies are shown to people."""
import socket

LIMIT_S = 10
CLOSED = ("closed", None)
SILENT = ("silent", None)

# What a type byte of RESP2 and RESP3 stands for.
WORDS = {b"+": "status", b"-": "error", b":": "integer", b",": "double", b"(": "big number"}
BULKS = {b"$": "bulk", b"!": "bulk error", b"=": "verbatim"}
LISTS = {b"*": "array", b"~": "set", b">": "push"}
# How valkey-cli marks an element of each.
MARKS = {"array": ")", "set": "~", "push": ">", "map": "#"}


class Connection:
    """Sends words, reads replies as (kind, value); a map's value is a list of pairs."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, words):
        parts = [b"*%d\r\n" % len(words)]
        parts += [b"$%d\r\n%s\r\n" % (len(word), word) for word in words]
        try:
            self.socket.sendall(b"".join(parts))
        except OSError:
            pass  # The reply to come says that the connection is closed.

    def ask(self, *words):
        self.send([word if isinstance(word, bytes) else str(word).encode() for word in words])
        return self.reply()

    def reply(self):
        try:
            line = self.line()
        except TimeoutError:
            return SILENT
        except OSError:
            return CLOSED
        if not line.endswith(b"\r\n"):
            return CLOSED
        kind, rest = line[:1], line[1:-2]
        if kind in WORDS:
            return WORDS[kind], int(rest) if kind == b":" else rest
        if kind in BULKS:
            return self.bulk(BULKS[kind], int(rest))
        if kind in LISTS:
            return self.elements(LISTS[kind], int(rest))
        if kind == b"%":
            return "map", [(self.reply(), self.reply()) for _ in range(int(rest))]
        if kind == b"_":
            return "nil", None
        if kind == b"#":
            return "boolean", rest == b"t"
        raise ValueError(f"not RESP: {line!r}")

    def line(self):
        return self.file.readline()

    def bulk(self, kind, size):
        return (kind, self.file.read(size + 2)[:-2]) if size >= 0 else ("nil", None)

    def elements(self, kind, size):
        return (kind, [self.reply() for _ in range(size)]) if size >= 0 else ("nil array", None)


ESCAPES = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x07: "\\a", 0x08: "\\b", 0x22: '\\"', 0x5C: "\\\\"}


def quoted(text):
    """Bytes as valkey-cli quotes them."""
    shown = (ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in text)
    return '"' + "".join(shown) + '"'


def plain(text):
    """A status or an error, which are lines and need no quotes."""
    return quoted(text)[1:-1].replace('\\"', '"')


ATOMS = {
    "status": plain,
    "error": lambda value: "(error) " + plain(value),
    "integer": lambda value: f"(integer) {value}",
    "double": lambda value: "(double) " + plain(value),
    "big number": lambda value: "(big number) " + plain(value),
    "boolean": lambda value: "(true)" if value else "(false)",
    "bulk": quoted,
    "bulk error": lambda value: "(bulk error) " + quoted(value),
    "verbatim": lambda value: f"(verbatim {plain(value[:3])}) {quoted(value[4:])}",
    "nil": lambda value: "(nil)",
    "nil array": lambda value: "(nil array)",
    "closed": lambda value: "(closed)",
    "silent": lambda value: "(no reply)",
}


def shown(reply):
    """The lines that show a reply, much as valkey-cli does, but with nothing of its shape lost."""
    kind, value = reply
    if kind in ATOMS:
        return [ATOMS[kind](value)]
    if not value:
        return [f"(empty {kind})"]
    lines = []
    for index, element in enumerate(value, 1):
        head = f"{index}{MARKS[kind]} "
        body = shown(element) if kind != "map" else shown_pair(*element)
        lines += [(head if row == 0 else " " * len(head)) + line for row, line in enumerate(body)]
    return lines


def shown_pair(key, value):
    head = " ".join(shown(key)) + " => "
    first, *others = shown(value)
    return [head + first] + [" " * len(head) + line for line in others]
