#!/usr/bin/env python3
"""Valkey 8.1.1's own Tcl suite, unmodified, on outlive under the name valkey-server.

    valkey_suite.py PROGRAM              runs the units of the record; fails if a case that must pass does not
    valkey_suite.py PROGRAM --record     runs them twice, and on the real 8.1.1, and writes the record anew
    valkey_suite.py --server PATH        scores any other program that takes valkey-server's arguments

valkey_suite.record names every case that the real server passes: how often in one run of the suite there (a
few lists of cases run several times), and how often on outlive. What passes here more often than recorded is
reported as new. A unit that misses something runs a second time, for some cases assert times of the wall
clock: what passes in either run passes. Exit status 77 where the suite or Tcl is not to be had.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORD = pathlib.Path(__file__).with_suffix(".record")
# The longest first, so that none is left alone at the end.
UNITS = ("unit/scripting", "unit/expire", "unit/maxmemory", "unit/functions", "unit/multi", "unit/type/hash",
         "unit/type/string", "unit/pubsub", "unit/type/incr", "unit/protocol", "unit/auth")
UNIT_LIMIT_S = 150
JOBS = 4  # units at once; they mostly wait: all together use a third of a processor
# Without what is too much for a test machine, and what needs replicas, which outlive doesn't have: one such case
# waits for one for ever.
TAGS = "-slow -largemem -needs:other-server -needs:repl"
# Cases that want a replica too, and bear no tag that says so: on outlive, where none can be, each waits for one for five
# or fifteen seconds before it fails. By their record they need not pass.
WAIT_FOR_A_REPLICA = (
    "FUNCTION - restore is replicated to replica", "FUNCTION - flush is replicated to replica",
    "FUNCTION - function effect is replicated to replica",
    "'x' should be '4' for EVALSHA being replicated by effects", "EVALSHA replication when first call is readonly",
    "Lua scripts using SELECT are replicated correctly")
SKIPPED = 77
OUTCOME = re.compile(r"\[(ok|err|exception)\]: (.*?)(?: \(\d+ ms\))?$", re.MULTILINE)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def tool(*words):
    done = subprocess.run([ROOT / "tools" / words[0], *words[1:]], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"skipped: {done.stderr.strip()}")
        sys.exit(SKIPPED)
    return pathlib.Path(done.stdout.strip())


class Sandbox:
    """A copy of the suite for one unit at a time: it keeps its scratch files below itself. It takes ports from
    `port` on, and wants those 10,000 above free too, so all stay below the system's own range."""

    def __init__(self, folder, suite, program, number):
        self.folder = folder / str(number)
        self.port = 11000 + os.getpid() * 400 % 9000 + number * 100
        for item in ("tests", "runtest", "utils"):
            (shutil.copytree if (suite / item).is_dir() else shutil.copy2)(suite / item, self.folder / item)
        (self.folder / "src").mkdir()
        server = self.folder / "src" / "valkey-server"
        if program.name.startswith("outlive"):
            server.symlink_to(program)
        else:
            server.write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
            server.chmod(0o755)

    def run(self, unit, skipped):
        """How often each case passed."""
        log = self.folder / "log"
        with open(log, "wb") as out:
            process = subprocess.Popen(
                ["./runtest", "--single", unit, "--clients", "1", "--durable", "--baseport", str(self.port),
                 "--portcount", "100", "--tags", TAGS, "--timeout", str(UNIT_LIMIT_S),
                 *(word for case in skipped for word in ("--skiptest", case))],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
            try:
                process.wait(UNIT_LIMIT_S)
            except subprocess.TimeoutExpired:
                print(f"{unit}: not done within {UNIT_LIMIT_S} s", flush=True)
            finally:
                try:
                    os.killpg(process.pid, signal.SIGKILL)  # the servers of a unit that broke off
                except ProcessLookupError:
                    pass
                process.wait()
        outcomes = OUTCOME.findall(COLOUR.sub("", log.read_text(errors="replace")))
        return collections.Counter(name for outcome, name in outcomes if outcome == "ok")


def run_units(program, units, jobs, skipped=(), repeat_if=None):
    """The passes of each unit, without the cases that are skipped; units for which `repeat_if` holds run a second time."""
    suite = tool("reference-suite")
    passes = {}
    with tempfile.TemporaryDirectory(prefix="outlive-suite-") as folder, \
            concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        sandboxes = queue.SimpleQueue()
        for number in range(jobs):
            sandboxes.put(Sandbox(pathlib.Path(folder), suite, program, number))

        def run_one(unit):
            sandbox = sandboxes.get()
            start = time.monotonic()
            found = sandbox.run(unit, skipped)
            if repeat_if and repeat_if(unit, found):
                found |= sandbox.run(unit, skipped)
            sandboxes.put(sandbox)
            return unit, found, time.monotonic() - start

        for done in concurrent.futures.as_completed([pool.submit(run_one, unit) for unit in units]):
            unit, found, seconds = done.result()
            passes[unit] = found
            print(f"  {unit:20} {len(found):4} cases pass, {seconds:5.1f} s", flush=True)
    return passes


def read_record():
    """{unit: {case: (passes on Valkey, passes on outlive)}}"""
    record, unit = {}, None
    for line in RECORD.read_text().splitlines():
        if line.startswith("["):
            unit = record.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            valkey, outlive, name = line.split(" ", 2)
            unit[name] = int(valkey), int(outlive)
    return record


def write_record(program, units, jobs):
    real = tool("reference-server", "trixie", "valkey-server")
    print("on the real server")
    valkey = run_units(real, units, jobs)
    print("on outlive, twice")
    first, second = (run_units(program, units, jobs, WAIT_FOR_A_REPLICA) for _ in range(2))
    lines = ["# Cases of Valkey 8.1.1's suite: passes in one run there, passes on outlive, name.",
             "# Written by valkey_suite.py --record."]
    for unit in sorted(units):
        lines.append(f"[{unit}]")
        both = first[unit] & second[unit]
        lines += [f"{count} {min(both[name], count)} {name}" for name, count in sorted(valkey[unit].items())]
    RECORD.write_text("\n".join(lines) + "\n")


def judge(program, units, jobs, show, against_record):
    record = read_record()

    def lost(unit, found):
        return {name for name, (_, must) in record[unit].items() if found[name] < must}

    passes = (run_units(program, units, jobs, WAIT_FOR_A_REPLICA, lost) if against_record else
              run_units(program, units, jobs))
    regressed = new = passed = total = 0
    for unit in units:
        found = passes[unit]
        whole = {name for name, (valkey, _) in record[unit].items() if found[name] >= valkey}
        passed, total = passed + len(whole), total + len(record[unit])
        if show:
            print(f"{unit}: {len(whole)} of {len(record[unit])}")
            print("".join(f"  lacks: {name}\n" for name in sorted(record[unit].keys() - whole)), end="")
        if against_record:
            for name in sorted(lost(unit, found)):
                print(f"REGRESSED {unit}: {name}")
                regressed += 1
            for name, (valkey, must) in record[unit].items():
                if min(found[name], valkey) > must:
                    print(f"new       {unit}: {name}")
                    new += 1
    print(f"{passed} of the {total} cases that Valkey 8.1.1 passes ({100 * passed / total:.1f} %)")
    if new:
        print(f"{new} pass newly: record them by --record")
    return 1 if regressed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", type=pathlib.Path, help="outlive as built")
    parser.add_argument("--server", type=pathlib.Path, help="another program, held against nothing but Valkey")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--units", default=",".join(UNITS))
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--show", action="store_true", help="the score of each unit, and what it lacks")
    words = parser.parse_args()
    if not words.program and not words.server:
        parser.error("name the program")
    if not shutil.which("tclsh8.6") and not shutil.which("tclsh"):
        print("skipped: no tclsh here (Debian: tcl)")
        return SKIPPED
    try:
        socket.getaddrinfo("localhost", None)
    except socket.gaierror:
        print("skipped: the suite speaks to localhost, which has no address here (see /etc/hosts)")
        return SKIPPED
    program = (words.server or words.program).resolve()
    units = words.units.split(",")
    if words.record:
        write_record(program, units, words.jobs)
        return 0
    return judge(program, units, words.jobs, words.show, against_record=not words.server)


if __name__ == "__main__":
    sys.exit(main())
