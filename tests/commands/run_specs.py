#!/usr/bin/env python3
"""Plays the specs beside this file on one server and compares every reply with what is written there.

    run_specs.py outlive PROGRAM [FILE...]
    run_specs.py valkey [FILE...]
    run_specs.py valkey --write FILE...      fills in what the real server answers
    … --profile valkey-9.1                   the specs in the folder of that name, on that version

README.md tells how a spec is written.
"""
import dataclasses
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "wire"))
import resp  # noqa: E402
import servers  # noqa: E402

TITLE = "== "
INDENT = "    "
RESP3 = "(RESP3)"


class Mistake(Exception):
    """Something in a spec that can't be understood."""


@dataclasses.dataclass
class Step:
    """A line with a command, and the reply expected to it."""
    line: int
    text: str
    expected: list


@dataclasses.dataclass
class Case:
    line: int
    title: str
    steps: list


def read(path):
    """The cases of a file."""
    cases = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith(TITLE):
            cases.append(Case(number, line[len(TITLE):], []))
        elif line.startswith(INDENT):
            if not cases or not cases[-1].steps:
                raise Mistake(f"{path}:{number}: a reply without a command")
            cases[-1].steps[-1].expected.append(line[len(INDENT):])
        elif line.strip() and not line.startswith("#"):
            if not cases:
                raise Mistake(f"{path}:{number}: a command before the first case")
            cases[-1].steps.append(Step(number, line, []))
    return cases


WORD = re.compile(rb"""\s*(?:"((?:[^"\\]|\\.)*)"(?:\*(\d+))?|'([^']*)'|(\S+))(?=\s|$)""", re.DOTALL)
ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}


def unescaped(text):
    def one(match):
        code = match[1]
        return bytes([int(code[1:], 16)]) if len(code) == 3 else CONTROLS.get(code, code)

    return ESCAPE.sub(one, text)


def words_of(text, names):
    """A command's words, quoted as for valkey-cli; "x"*9 is nine x, $name what was kept under that name."""
    words, at, line = [], 0, text.strip().encode()
    while at < len(line):
        match = WORD.match(line, at)
        if not match:
            raise Mistake(f"unbalanced quotes: {text}")
        double, times, single, bare = match.groups()
        if double is not None:
            words.append(unescaped(double) * int(times or 1))
        elif single is not None:
            words.append(single)
        else:
            words.append(names.get(bare.decode(), bare) if bare.startswith(b"$") else bare)
        at = match.end()
    return words


HEAD = re.compile(r"(?:\[(\d+)\]\s*)?((?:\{[^}]*\}\s*)*)(.*)", re.DOTALL)


def shape(reply):
    """A reply with its values left out."""
    kind, value = reply
    if kind == "map":
        return kind, [(key, shape(element)) for key, element in value]
    if kind in resp.MARKS:
        return kind, [shape(element) for element in value]
    return kind, {"integer": "...", "double": b"..."}.get(kind, b"..." if isinstance(value, bytes) else value)


def in_order(reply):
    """A reply whose elements come in no order that matters."""
    kind, value = reply
    if kind not in resp.MARKS:
        return reply
    if kind == "map":
        return kind, sorted(value, key=lambda pair: resp.shown(pair[0]))
    return kind, sorted(value, key=resp.shown)


def in_pairs(reply):
    """The same for an array of names and values by turns."""
    kind, value = reply
    pairs = sorted(zip(value[::2], value[1::2]), key=lambda pair: resp.shown(pair[0]))
    return kind, [element for pair in pairs for element in pair]


TREATMENTS = {"shape": shape, "sorted": in_order, "pairs": in_pairs}


class Player:
    """Plays cases on one server, each on connections of its own and on no data."""

    def __init__(self, port):
        self.port = port
        self.steward = resp.Connection(port)

    def play(self, case):
        """The shown replies, a list of lines for each step."""
        self.connections, self.names = {}, {}
        self.protocol3 = case.title.endswith(RESP3)
        settings = self.settings() if any("CONFIG SET" in step.text.upper() for step in case.steps) else {}
        try:
            replies = [self.step(step) for step in case.steps]
            self.clean(settings)
            return replies
        except Mistake as mistake:
            raise Mistake(f"{case.title} (line {case.line}): {mistake}") from None
        finally:
            for connection in self.connections.values():
                connection.close()

    def settings(self):
        kind, values = self.steward.ask("CONFIG", "GET", "*")
        if kind != "array":
            raise Mistake("the server is gone")
        return dict(zip((name for _, name in values[::2]), (value for _, value in values[1::2])))

    def clean(self, settings):
        """Leaves the server as it was found."""
        now = self.settings() if settings else {}
        for name, value in settings.items():
            if now.get(name) != value:
                self.steward.ask("CONFIG", "SET", name, value)
        for command in ("FLUSHALL", "FUNCTION FLUSH", "SCRIPT FLUSH"):
            kind, _ = self.steward.ask(*command.split())
            if kind != "status":
                raise Mistake("the server is gone")

    def step(self, step):
        number, marks, command = HEAD.fullmatch(step.text).groups()
        connection = self.connection(number or "1")
        replies, treat, name = 1, [], None
        for mark in re.findall(r"\{([^}]*)\}", marks):
            count = re.fullmatch(r"(\d+) repl(?:y|ies)", mark)
            if count:
                replies = int(count[1])
            elif mark.startswith("as "):
                name = "$" + mark[len("as "):]
            elif mark in TREATMENTS:
                treat.append(TREATMENTS[mark])
            elif mark != "next":
                raise Mistake(f"line {step.line}: {{{mark}}} is not known")
        if command:
            connection.send(words_of(command, self.names))
        lines = []
        for _ in range(replies):
            reply = connection.reply()
            if name:
                self.names[name] = reply[1] if isinstance(reply[1], bytes) else str(reply[1]).encode()
                lines.append(f"({reply[0]}) {name}")
                continue
            for one in treat:
                reply = one(reply)
            lines += resp.shown(reply)
        return lines

    def connection(self, number):
        if number not in self.connections:
            self.connections[number] = resp.Connection(self.port)
            if self.protocol3:
                self.connections[number].ask("HELLO", 3)
        return self.connections[number]


def compare(player, path):
    """Plays a file; how many cases it has, and the complaints."""
    cases, complaints = read(path), []
    for case in cases:
        got = player.play(case)
        for step, lines in zip(case.steps, got):
            if lines != step.expected:
                complaints.append("\n".join([f"{path.name}:{step.line}: {case.title}", f"    {step.text}", "  expected",
                                             *(f"    {line}" for line in step.expected), "  got",
                                             *(f"    {line}" for line in lines)]))
                break  # What follows in the case may follow from this.
    return len(cases), complaints


def write(player, path):
    """Puts the replies of a server under the commands of a file."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith(INDENT)]
    path.write_text("\n".join(lines) + "\n")
    replies = {}
    for case in read(path):
        for step, got in zip(case.steps, player.play(case)):
            replies[step.line] = got
    with open(path, "w", encoding="utf-8") as file:
        for number, line in enumerate(lines, 1):
            file.write(line.rstrip() + "\n")
            file.writelines(f"{INDENT}{reply}\n" for reply in replies.get(number, []))


def main(words):
    profile = servers.profile_of(words)
    own = ["--outlive-allocator-quantum", "16", "--outlive-profile", profile] if words[1:2] == ["outlive"] else []
    command = servers.command_of(words, profile)
    writing = "--write" in words
    folder = HERE if profile == servers.DEFAULT_PROFILE else HERE / profile
    paths = [pathlib.Path(word) for word in words[1:] if word != "--write"] or sorted(folder.glob("*.spec"))
    server = servers.Server(command, *own, "--enable-debug-command", "yes")
    try:
        player = Player(server.port)
        if writing:
            for path in paths:
                write(player, path)
            return 0
        results = [compare(player, path) for path in paths]
    finally:
        server.stop()
    complaints = [complaint for _, found in results for complaint in found]
    print("\n\n".join([*complaints, f"{sum(count for count, _ in results)} cases, {len(complaints)} failed"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv))
    except Mistake as mistake:
        sys.exit(str(mistake))
