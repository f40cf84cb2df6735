#!/usr/bin/env python3
"""Events a second of the embedded emulator in virtual time, at the cap, on one core.

    events.py PROGRAM [REPEATS]

An event is a request of the traffic: a cache look-up with, after a miss, the write; for `gateway` traffic also
the tickets. Counted is processor time, of which the same scenario's set-up and warm-up is taken off; the best
of some repeats is shown, for other work on the machine only ever makes it slower.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

SCENARIO = """
title = "{name}"
duration = "{duration}s"
engine = "{engine}"

[[instance]]
name = "valkey"
maxmemory = "256mb"                       # some 200,000 answers of 1,000 bytes
maxmemory-policy = "volatile-ttl"

[environment]
TENSORZERO_VALKEY_URL = "valkey://valkey"

[[traffic]]
name = "warm-up"
kind = "cache"
until = "100s"
rate = "2500/s"
prompts = 250000
prompt_popularity = "once"

[[traffic]]
kind = "{kind}"
from = "100s"
rate = "20000/s"
prompts = 400000
prompt_popularity = {{ zipf = 0.99 }}
{limits}

[[check]]
kind = "errors"
"""
LIMITS = 'users = 20000\nlimits = [{ window = "day", capacity = 100000 }]'
BENCHES = (  # name, kind of traffic, engine
    ("cache", "cache", "lua"),
    ("gateway, by Lua", "gateway", "lua"),
    ("gateway, natively", "gateway", "native"),
)
SECONDS = 100


def play(program, folder, kind, engine, seconds):
    """Requests played, and the processor's seconds for them."""
    text = SCENARIO.format(name="events", kind=kind, engine=engine, duration=100 + seconds,
                           limits=LIMITS if kind == "gateway" else "")
    if seconds == 0:  # the warm-up alone
        text = text[:text.rindex("[[traffic]]")] + text[text.index("[[check]]"):]
    file = pathlib.Path(folder) / "events.toml"
    file.write_text(text)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program, "run", "--format", "json", file], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(done.stderr + done.stdout)
    return json.loads(done.stdout)["scenarios"][0]["requests"], after.ru_utime - before.ru_utime


def main():
    program, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"best of {repeats}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        for name, kind, engine in BENCHES:
            warm_up, idle = min(play(program, folder, kind, engine, 0) for _ in range(repeats))
            requests, busy = min(play(program, folder, kind, engine, SECONDS) for _ in range(repeats))
            rate = (requests - warm_up) / (busy - idle)
            print(f"{name:20}{requests - warm_up:>12,} events in {busy - idle:5.2f} s: {rate / 1e6:.2f} million a second")


if __name__ == "__main__":
    main()
