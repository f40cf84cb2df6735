"""Two servers that get the same commands: outlive and the real one.

A case is a list of steps (number of the connection, words, turn). Steps in a row of one turn travel together, as a
pipeline; a PING with a word of its own behind them marks the end of their replies, which are first compared as bytes
and only looked at when these differ. A case starts on no data and on fresh connections, and ends with a look at all
that it left: DEBUG DIGEST, each key with type, encoding, weight, time to live and content, libraries, statistics.
"""
import dataclasses
import itertools
import re
import socket
import subprocess

import comparison
import particular
import servers

QUANTUM = ("--outlive-allocator-quantum", "16")
DIRECTIVES = ("--enable-debug-command", "yes", "--slowlog-log-slower-than", "-1", "--crash-log-enabled", "no",
              "--crash-memcheck-enabled", "no")
MARK = b"~end~"
MARK_ENCODED = b"*2\r\n$4\r\nPING\r\n$5\r\n" + MARK + b"\r\n"
MARK_TAIL = b"$5\r\n" + MARK + b"\r\n"
SILENCE_S = 10
STEWARD = "steward"
# Profiles of versions whose tables are chains; and whose SET stores what has expired already, so that when it goes hangs on
# the cron: it has nothing to say there.
CHAINED = ("redis-7.0", "valkey-8.0")
STORING_EXPIRED = ("redis-7.0",)
# Whose messages come in the midst of replies.
INTERRUPTING = ("redis-7.0",)


@dataclasses.dataclass
class Difference:
    """Where the two parted: the step's place in the case (past its end: a look at what it left), and the replies."""
    place: int
    words: list
    ours: tuple
    real: tuple
    # Names of servers that ended.
    crashed: list = dataclasses.field(default_factory=list)


def encoded(commands):
    parts = []
    for words in commands:
        parts.append(b"*%d\r\n" % len(words))
        for word in words:
            parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
    parts.append(MARK_ENCODED)
    return b"".join(parts)


class Wire:
    """A connection as bytes."""

    def __init__(self, port):
        self.lost, self.behind = False, b""
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_S)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except ConnectionError:
            self.socket, self.lost = socket.socket(), True  # The server has ended: nothing is sent, nothing comes.

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            self.lost = True

    def receive(self):
        """All up to the mark; less when the server hangs up or falls silent. Messages behind it are left for the next time."""
        data, self.behind = self.behind, b""
        looked = 0
        while (mark := data.find(MARK_TAIL, looked)) < 0:
            looked = max(len(data) - len(MARK_TAIL), 0)
            try:
                more = self.socket.recv(1 << 20)
            except OSError:
                more = b""
            if not more:
                self.lost = True
                return data
            data += more
        end = mark + len(MARK_TAIL)
        self.behind = data[end:]
        return data[:end]

    def end(self):
        """Hangs up, and waits for the server to have noticed."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
            while self.socket.recv(1 << 16):
                pass
        except OSError:
            pass
        self.socket.close()


class Side:
    def __init__(self, command, *directives):
        self.server = servers.Server(command, *DIRECTIVES, *directives)
        self.wires = {}

    def wire(self, number):
        wire = self.wires.get(number)
        if wire is None or wire.lost:
            wire = self.wires[number] = Wire(self.server.port)
        return wire

    def hang_up(self):
        for number in [number for number in self.wires if number != STEWARD]:
            self.wires.pop(number).end()

    def ended(self):
        try:
            self.server.process.wait(1)
            return True
        except subprocess.TimeoutExpired:
            return False

    def alive(self):
        return self.server.process.poll() is None


class Parted(Exception):
    def __init__(self, number, ours, real):
        super().__init__()
        self.number, self.ours, self.real = number, ours, real


class Duel:
    def __init__(self, program, profile):
        self.program, self.profile = program, profile
        comparison.chains, comparison.messages_wait = profile in CHAINED, profile not in INTERRUPTING
        # Known differences that were met.
        self.met = []
        self.start()

    def start(self):
        real = [str(servers.reference_server(self.profile))]  # first: where there is none, the test ends here
        self.sides = [Side([self.program, "serve"], *QUANTUM, "--outlive-profile", self.profile), Side(real)]
        self.settings = self.initial_settings()
        active = b"0" if self.profile in STORING_EXPIRED else b"1"
        self.switches = self.accepted([[b"DEBUG", b"SET-ACTIVE-EXPIRE", active], *RESTORED])
        self.untidy = True

    def stop(self):
        for side in self.sides:
            side.server.stop()

    def restart(self):
        self.stop()
        self.start()

    def initial_settings(self):
        """Words for a CONFIG SET that brings back what cases change."""
        _, real = self.talk(STEWARD, [[b"CONFIG", b"GET", *particular.DIRECTIVES]])
        words = [word for _, word in comparison.replies_of(real)[0][1]]
        pairs = list(zip(words[::2], words[1::2]))
        # Some are set at the start alone; one of them among the others, and nothing at all would be set.
        settable = self.accepted([[b"CONFIG", b"SET", *pair] for pair in pairs])
        return [b"CONFIG", b"SET", *itertools.chain.from_iterable(words[2:] for words in settable)]

    def accepted(self, commands):
        """Those to which the real server says OK."""
        _, real = self.talk(STEWARD, commands)
        return [words for words, reply in zip(commands, comparison.replies_of(real)) if reply == ("status", b"OK")]

    # ---- talking

    def talk(self, number, commands):
        """The bytes that both answer."""
        data = encoded(commands)
        wires = [side.wire(number) for side in self.sides]
        for wire in wires:
            wire.send(data)
        return [wire.receive() for wire in wires]

    def exchange(self, number, commands, replies=None):
        """Sends on both, raises where they part; the real replies are returned as bytes, and added to `replies`."""
        sent = commands + closing(commands)
        ours, real = self.talk(number, sent)
        if ours == real and replies is None:
            return real
        walk = comparison.Walk(sent)
        found = walk.difference(*(without_mark(comparison.replies_of(data)) for data in (ours, real)))
        self.met += walk.met
        if replies is not None:
            replies += walk.replies[:len(commands)]
        if found:
            raise Parted(*found)
        return real

    # ---- a case

    def play(self, steps, replies=None):
        """The first difference, or None. Fills `replies` with the real replies to each step, where it is a list."""
        if not all(side.alive() for side in self.sides):
            self.restart()
        self.tidy(steps)
        place = 0
        try:
            for (number, _), group in itertools.groupby(steps, key=lambda step: (step[0], step[2])):
                commands = [step[1] for step in group]
                part, place_of_part, place = commands, place, place + len(commands)
                self.exchange(number, commands, replies)
            place_of_part, part = len(steps), []
            for number in {step[0]: None for step in steps}:
                self.exchange(number, [])
            for part in self.looks():
                self.exchange(STEWARD, part)
        except Parted as parted:
            at = min(parted.number, len(part) - 1) if part else 0
            words = part[at] if part else []
            place = len(steps) if place_of_part == len(steps) else place_of_part + max(at, 0)
            return Difference(place, words, parted.ours, parted.real, self.crashed())
        finally:
            for side in self.sides:
                side.hang_up()
        return None

    def crashed(self):
        """A server that is about to end has hung up, and ends within moments."""
        if not any(wire.lost for side in self.sides for wire in side.wires.values()):
            return []
        ended = [side.ended() for side in self.sides]
        return [name for name, gone in zip(("outlive", "Valkey"), ended) if gone]

    def tidy(self, steps):
        """No data, no settings, no statistics of the case before."""
        changed = self.untidy
        self.untidy = any(touches_settings(step[1]) for step in steps)
        commands = [[b"CLIENT", b"UNPAUSE"], *([self.settings] if changed else []), *(self.switches if changed else []),
                    [b"SELECT", b"0"], [b"FLUSHALL"], [b"FUNCTION", b"FLUSH"], [b"SCRIPT", b"FLUSH"], [b"CONFIG", b"RESETSTAT"]]
        for data in self.talk(STEWARD, commands):
            if data.startswith(b"-") or b"\r\n-" in data:
                raise RuntimeError(f"the case before could not be tidied away: {data!r}")

    def looks(self):
        """Commands that show what is there, in parts, each made from what the one before said."""
        yield [[b"DEBUG", b"DIGEST"], [b"FUNCTION", b"LIST", b"WITHCODE"], [b"PUBSUB", b"CHANNELS"], [b"PUBSUB", b"NUMPAT"]]
        told = comparison.replies_of(self.talk(STEWARD, [[b"INFO", b"keyspace"]])[1])[0][1]
        numbers = re.findall(rb"^db(\d+):", told, re.MULTILINE)
        for number in numbers:
            names = comparison.replies_of(self.exchange(STEWARD, [[b"SELECT", number], [b"KEYS", b"*"]]))[1][1]
            yield [look for _, name in sorted(names) for look in looks_at(name)]
        yield [[b"SELECT", b"0"], [b"INFO", b"stats", b"keyspace", b"errorstats", b"commandstats"]]


def looks_at(name):
    return [[b"OBJECT", b"ENCODING", name], [b"MEMORY", b"USAGE", name, b"SAMPLES", b"0"], [b"PTTL", name], [b"TYPE", name],
            [b"DUMP", name], [b"DEBUG", b"DIGEST-VALUE", name]]


def without_mark(replies):
    """The mark's own reply is PONG's shape where the client has subscribed, in RESP2."""
    pong = ("array", [("bulk", b"pong"), ("bulk", MARK)])
    return replies[:-1] if replies and replies[-1] in (("bulk", MARK), pong) else replies


# Switches that DEBUG may have turned; not every version has all.
RESTORED = [[b"DEBUG", b"DICT-RESIZING", b"1"], [b"DEBUG", b"PAUSE-CRON", b"0"],
            [b"DEBUG", b"REPLYBUFFER", b"RESIZING", b"1"], [b"DEBUG", b"REPLYBUFFER", b"PEAK-RESET-TIME", b"RESET"],
            [b"DEBUG", b"CLIENT-ENFORCE-REPLY-LIST", b"0"], [b"DEBUG", b"SET-DISABLE-DENY-SCRIPTS", b"0"]]


def touches_settings(words):
    lowered = [word.lower() for word in words]
    return b"config" in lowered or b"debug" in lowered


def closing(commands):
    """What must follow for the mark to be answered: the end of a transaction, replies switched on."""
    open_transaction = silent = False
    for words in commands:
        name = words[0].lower()
        if name == b"multi":
            open_transaction = True
        elif name in (b"exec", b"discard", b"reset") and len(words) == 1:
            open_transaction = False
        elif name == b"client" and len(words) > 1 and words[1].lower() == b"reply":
            silent = True
    return [[b"DISCARD"]] * open_transaction + [[b"CLIENT", b"REPLY", b"ON"]] * silent
