"""Reads and follows a page of docs/guide/: writes its files, makes its edits, types its commands, and holds what is
said against what the page shows. The conventions are those that docs/guide/README.md tells the reader.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import typing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "wire"))
import servers  # noqa: E402

LEFT_OUT = "…"
LIMIT_S = 60
BLOCK = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([\w./-]+)`:$")
STATUS = re.compile(r"\s+# exit status (\d+)$")
PORT = re.compile(r"--port ([1-9]\d*)")
TAKEN = re.compile(r"port=(\d+)")  # by `--port 0`, as the log says


class PageError(AssertionError):
    """The page says what is not so."""


class File(typing.NamedTuple):
    line: int
    name: str
    text: str


class Edit(typing.NamedTuple):
    line: int
    name: str
    old: str
    new: str


class Command(typing.NamedTuple):
    line: int
    words: str
    status: int
    shown: list


class Excerpt(typing.NamedTuple):
    line: int
    text: str


def commands(first_line, text):
    """Of a console block: each "$ …" with the lines below it; one that ends in a backslash goes on in the next line."""
    found = []
    lines = iter(enumerate(text.splitlines(), first_line))
    for number, line in lines:
        if line.startswith("$ "):
            words = line[2:]
            while words.endswith("\\"):
                words += "\n" + next(lines)[1]
            status = STATUS.search(words)
            found.append(Command(number, STATUS.sub("", words), int(status[1]) if status else 0, []))
        elif not found:
            raise PageError(f"line {number}: a console block begins with a command, after \"$ \"")
        else:
            found[-1].shown.append(line)
    return found


def edit(line, name, text):
    old, new = ("".join(one[1:] + "\n" for one in text.splitlines() if one[:1] in (sign, " ", "")) for sign in "-+")
    return Edit(line, name, old, new)


def steps(page):
    """What its blocks are, in order; a block that is none of these is refused, for nothing would check it."""
    found = []
    for block in BLOCK.finditer(page):
        kind, text = block.groups()
        line = page.count("\n", 0, block.start(2)) + 1
        above = page[:block.start()].rstrip().rsplit("\n", 1)[-1]
        name = NAMED.search(above)
        if kind == "console":
            found += commands(line, text)
        elif kind == "cpp":
            found.append(Excerpt(line, text))
        elif name and kind == "diff":
            found.append(edit(line, name[1], text))
        elif name:
            found.append(File(line, name[1], text))
        else:
            raise PageError(f"line {line}: a block of {kind or 'no kind'} that nothing checks: the line above names no file")
    return found


def fits(shown, said):
    return re.fullmatch(".*".join(map(re.escape, shown.rstrip().split(LEFT_OUT))), said.rstrip()) is not None


def mismatch(shown, said):
    """The first thing that is shown and was not said so, or None. A line "…" stands for any lines, "…" within a line for
    any letters; blank lines at the end don't count."""
    shown, said = ("\n".join(lines).rstrip().split("\n") for lines in (shown, said))
    parts = [[]]
    for line in shown:
        if line.strip() == LEFT_OUT:
            parts.append([])
        else:
            parts[-1].append(line)
    at = 0
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        starts = [0] if number == 0 else [max(at, len(said) - len(part))] if last and part else range(at, len(said) + 1)
        hits = [[fits(*pair) for pair in zip(part, said[start:])] for start in starts]
        good = [start for start, hit in zip(starts, hits) if len(hit) == len(part) and all(hit)]
        if not good:
            best = max(hits, key=lambda hit: (hit + [False]).index(False))
            return part[(best + [False]).index(False)]
        at = good[0] + len(part)
    return None if at == len(said) or not parts[-1] else f"the end, where this was said: {said[at]}"


class Walk:
    """A page's steps in a folder of its own. Ports that the page prints are free ones here; `finish` ends its servers."""

    def __init__(self, page, path, compiled=()):
        self.steps = steps(page)
        self.folder = tempfile.TemporaryDirectory(prefix="outlive-guide-")
        self.environment = {**os.environ, "PATH": path}
        self.compiled = compiled
        self.running = []
        self.ports = {port: str(servers.free_port()) for port in dict.fromkeys(PORT.findall(page))}

    def here(self, text):
        """With the ports of this run in place of those shown."""
        for shown, real in self.ports.items():
            text = re.sub(rf"(?<!\d){shown}(?!\d)", real, text)
        return text

    def take(self, step):
        try:
            {File: self.write, Edit: self.change, Command: self.type, Excerpt: self.look_up}[type(step)](step)
        except PageError as error:
            raise PageError(f"line {step.line}: {error}") from None

    def path(self, name):
        return pathlib.Path(self.folder.name) / name

    def write(self, file):
        self.path(file.name).parent.mkdir(parents=True, exist_ok=True)
        self.path(file.name).write_text(self.here(file.text))

    def change(self, step):
        text = self.path(step.name).read_text()
        old, new = self.here(step.old), self.here(step.new)
        if text.count(old) != 1:
            raise PageError(f"this is {text.count(old)} times in {step.name}:\n{old}")
        self.path(step.name).write_text(text.replace(old, new))

    def look_up(self, excerpt):
        """In the order shown, in one of the files that are compiled."""
        parts = excerpt.text.split(LEFT_OUT + "\n")
        pattern = ".*?".join(re.escape(part.rstrip("\n") + "\n") for part in parts if part)
        if not any(re.search(pattern, text, re.DOTALL) for text in self.compiled):
            raise PageError(f"this is in no file that is compiled:\n{excerpt.text}")

    def type(self, command):
        words = self.here(command.words)
        if words == "kill %1":
            self.running.pop().stop()
        elif words.endswith(" &"):
            self.running.append(Background(words[:-2], self))
            said = self.running[-1].said()
            for shown, real in zip(TAKEN.findall("\n".join(command.shown)), TAKEN.findall(said)):
                self.ports.setdefault(shown, real)
            self.compare(command, said, 0)
        else:
            done = subprocess.run(words, shell=True, cwd=self.folder.name, env=self.environment, check=False,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S)
            self.compare(command, done.stdout or done.stderr, done.returncode)

    def compare(self, command, said, status):
        shown = self.here("\n".join(command.shown)).split("\n")
        wrong = mismatch(shown, said.split("\n"))
        if wrong is not None:
            raise PageError(f"{command.words}\nnot said: {wrong}\nbut:\n{said}")
        if status != command.status:
            raise PageError(f"{command.words}\nended with {status}, the page says {command.status}:\n{said}")

    def finish(self):
        while self.running:
            self.running.pop().stop()
        self.folder.cleanup()


class Background:
    """A server that a command with "&" starts. It is ready when it says so."""

    def __init__(self, words, walk):
        self.log = walk.path(f"server-{len(walk.running)}.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["/bin/sh", "-c", f"exec {words}"], cwd=walk.folder.name, env=walk.environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + LIMIT_S
        while "Ready to accept connections" not in self.said():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PageError(f"{words}\ndid not start:\n{self.said()}")
            time.sleep(0.005)

    def said(self):
        return self.log.read_text(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(LIMIT_S)
