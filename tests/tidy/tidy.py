#!/usr/bin/env python3
"""Checks the house rules on the sources themselves.

    tidy.py [ROOT]        prints file:line: what and why; exits 1 if there is anything to print

The core (every room of emulator/ but server) has no sockets, files, threads, chance or clock of its own;
only server/clock.cpp reads a clock; a room includes only rooms before it in the floor plan; the harness
enters the emulator by its front doors and stands on the same ground, base; every source is built; no file is
longer than a reader's patience.
"""
import pathlib
import re
import sys

# The floor plan: a room may include itself and those before it. Rooms in one row are neighbours, which
# may include each other only where the plan says so below.
EMULATOR_FLOORS = [
    ["base"], ["resp"], ["memory"], ["data"], ["keyspace"], ["eviction"],
    ["engine", "scripting", "snapshot"], ["commands"], ["server"],
]
HARNESS_FLOORS = [["scenario"], ["traffic"], ["target"], ["play"], ["check"], ["describe"], ["sweep"], ["report"],
                  ["compare"], ["deployment"], ["doctor"], ["cli"]]
# `outlive serve` is the server itself, not somebody who uses it; only the server's clock is read; and valkey.conf has
# one reader.
CLI_DOORS = (("cli", "server/serve.hpp"), ("cli", "server/clock.hpp"),
             ("deployment", "server/config_file.hpp"), ("deployment", "server/config_reading.hpp"))
NEIGHBOURS = {("scripting", "engine"), ("snapshot", "engine")}

CORE_FORBIDS = {
    "asio", "boost", "spdlog", "random", "thread", "mutex", "shared_mutex", "condition_variable", "future",
    "fstream", "filesystem", "iostream", "sys", "unistd.h", "netinet", "arpa",
}
# base/time.hpp needs chrono's types; what it must not have is a clock.
CLOCK_READ = re.compile(r"::now\(\)(?! const)|\b(?:gettimeofday|clock_gettime|time)\((?:nullptr|NULL|0|&)")
CLOCK_HOME = "emulator/server/clock.cpp"
CHANCE = re.compile(r"\b(?:s?rand|random_device|mt19937\w*|getenv)\b\s*[({]|std::random_device")

LINES_MAX = 800
SOURCE_SUFFIXES = {".cpp", ".hpp", ".c", ".h"}
BUILT_SUFFIXES = {".cpp", ".c"}
SOURCE_FOLDERS = ("emulator", "harness", "tests", "examples")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//.*')


def floor_of(floors, room):
    return next((i for i, rooms in enumerate(floors) if room in rooms), None)


def room_of(path):
    """('emulator', 'base') of emulator/base/time.hpp; the room of a front door is ''."""
    top, *rest = path.parts
    return top, rest[0] if len(rest) > 1 and rest[0] != "include" else ""


def code_of(line):
    """The line without comments and without what its strings say."""
    return STRING_OR_COMMENT.sub(lambda found: '""' if found[0].startswith('"') else "", line)


class House:
    def __init__(self, root):
        self.root = root
        self.mistakes = []
        self.files = sorted(
            path.relative_to(root)
            for folder in SOURCE_FOLDERS
            for path in (root / folder).rglob("*")
            if path.suffix in SOURCE_SUFFIXES
        )

    def blame(self, path, number, what):
        self.mistakes.append(f"{path}:{number}: {what}")

    def check_include(self, path, number, bracket, name):
        top, room = room_of(path)
        first = name.split("/")[0]
        if top == "emulator" and room not in ("server", ""):
            if bracket == "<" and first.removesuffix(".hpp") in CORE_FORBIDS:
                self.blame(path, number, f"the core includes no <{first}>: only emulator/server does I/O")
        floors = {"emulator": EMULATOR_FLOORS, "harness": HARNESS_FLOORS}.get(top)
        if bracket != '"' or floors is None:
            return
        if top == "harness" and (first == "base" or (room, name) in CLI_DOORS):
            return  # base is the ground that both stand on
        if top == "harness" and floor_of(EMULATOR_FLOORS, first) is not None:
            self.blame(path, number, f"the harness enters the emulator by outlive/*.hpp, not by {name}")
            return
        here, there = floor_of(floors, room), floor_of(floors, first)
        if here is None or there is None or room == first:
            return
        if there > here or (there == here and (room, first) not in NEIGHBOURS):
            self.blame(path, number, f"the arrow from {room}/ to {first}/ points the wrong way")

    def check_line(self, path, number, line):
        found = INCLUDE.match(line)
        if found:
            self.check_include(path, number, *found.groups())
            return
        code = code_of(line)
        top, room = room_of(path)
        if top in ("emulator", "harness") and str(path) != CLOCK_HOME and CLOCK_READ.search(code):
            self.blame(path, number, f"only {CLOCK_HOME} reads a clock: time is handed in")
        if top == "emulator" and room not in ("server", "") and CHANCE.search(code):
            self.blame(path, number, "the core draws from base/random.hpp and reads no environment")

    def check_files(self):
        for path in self.files:
            lines = (self.root / path).read_text(encoding="utf-8").splitlines()
            if len(lines) > LINES_MAX:
                self.blame(path, LINES_MAX, f"{len(lines)} lines; split by subject before {LINES_MAX}")
            for number, line in enumerate(lines, 1):
                self.check_line(path, number, line)

    def check_built(self):
        """A source is named, by its path from there, in a CMakeLists.txt of a folder above it."""
        words_of = {}
        for path in self.files:
            if path.suffix not in BUILT_SUFFIXES:
                continue
            named = False
            for folder in path.parents:
                if folder not in words_of:
                    lists = self.root / folder / "CMakeLists.txt"
                    text = lists.read_text(encoding="utf-8") if lists.exists() else ""
                    words_of[folder] = set(re.sub(r"#.*", "", text).replace("(", " ").replace(")", " ").split())
                named = named or path.relative_to(folder).as_posix() in words_of[folder]
            if not named:
                self.blame(path, 1, "is built by no CMakeLists.txt")

    def check(self):
        self.check_files()
        self.check_built()
        return self.mistakes


def main():
    default = pathlib.Path(__file__).resolve().parents[2]
    house = House(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default)
    mistakes = house.check()
    print("\n".join(mistakes) if mistakes else f"tidy: {len(house.files)} files are in order")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
