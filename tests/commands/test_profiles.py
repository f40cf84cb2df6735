#!/usr/bin/env python3
"""All specs with the profile of another version, beside the real server of that version: the replies need not be those
that are written, but must be the same on both, but in the cases that KNOWN tells.

    test_profiles.py PROGRAM PROFILE
"""
import sys

import run_specs
from run_specs import servers

# Cases that come out otherwise, with the reason.
BOTH = {
    "keys.spec: OBJECT": "all small integers are one object there, with one access time: its counter is whatever it was",
    "inspect.spec: MEMORY USAGE": "which fields are sampled the hash seed decides",
    "keys.spec: SCAN": "a cursor that no SCAN gave goes on somewhere else in a chained table",
}
KNOWN = {
    "valkey-8.0": BOTH | {
        "client.spec: NO-TOUCH leaves the idle time alone, unless by TOUCH": "a script's TOUCH does not touch there, a bug that 8.1 mended",
        "scripting.spec: the sandbox": "a script may change the methods of strings there, a hole that 8.1 closed",
    },
    "valkey-9.1": {
        "client.spec: filters of CLIENT LIST and KILL": "tot-net-out: the first client has had other replies by then, LOLWUT's for one",
        "config.spec: what can't be set while the server runs": "io-threads can be set in 9.1; there are none here",
        "inspect.spec: servers without replicas": "LOLWUT's picture is not painted",
    },
    "redis-7.0": BOTH | {
        "client.spec: PAUSE and UNPAUSE": "a pause beyond the end of time overflows there",
        "inspect.spec: SLOWLOG, COMMANDLOG and LATENCY": "LATENCY DOCTOR is told in other words",
    },
}

# These may also come out alike.
BY_CHANCE = ("inspect.spec: MEMORY USAGE", "keys.spec: SCAN", "keys.spec: OBJECT")

DIRECTIVES = ("--enable-debug-command", "yes")


class Side(run_specs.Player):
    """A server of its own, and what plays on it."""

    def __init__(self, command, *directives):
        self.server = servers.Server(command, *DIRECTIVES, *directives)
        super().__init__(self.server.port)


def first_difference(path, case, ours, real):
    """Where the two part, or None."""
    for step, mine, theirs in zip(case.steps, ours.play(case), real.play(case)):
        if mine != theirs:
            return "\n".join([f"{path.name}:{step.line}: {case.title}", f"    {step.text}", "  outlive",
                              *(f"    {line}" for line in mine), "  the real server", *(f"    {line}" for line in theirs)])
    return None


def main(program, profile):
    reference = [str(servers.reference_server(profile))]  # first: where there is none, the test ends here
    ours = Side([program, "serve"], "--outlive-allocator-quantum", "16", "--outlive-profile", profile)
    real = Side(reference)
    known, complaints, count = dict(KNOWN[profile]), [], 0
    try:
        for path in sorted(run_specs.HERE.glob("*.spec")):
            for case in run_specs.read(path):
                count += 1
                difference = first_difference(path, case, ours, real)
                excused = known.pop(f"{path.name}: {case.title}", None) if difference else None
                if difference and not excused:
                    complaints.append(difference)
    finally:
        for side in (ours, real):
            side.server.stop()
    complaints += [f"{name}: no case of this name differs any more" for name in known if name not in BY_CHANCE]
    print("\n\n".join([*complaints, f"{count} cases beside {profile}, {len(KNOWN[profile])} known to differ, "
                                     f"{len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
