#!/usr/bin/env python3
"""Random commands to outlive and to the real server, all of whose answers must agree.

    fuzz.py PROGRAM [--profile P] [--commands N] [--seed S] [--family NAME]... [--case N] [--differences N]

Commands come by the grammar of the real server's COMMAND DOCS (grammar.py), with hot words (values.py), in cases of
some two hundred from a family, on several connections, in pipelines, transactions and scripts (cases.py). A case starts
on no data; its replies are compared (comparison.py), and then all that it left behind (duel.py). Where the two part,
the case is made as small as it goes and printed as a spec, with which --case to play again (shrink.py).

Exit status 1 when there was a difference, 77 where there is no real server.
"""
import argparse
import collections
import pathlib
import signal
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "wire"), str(TESTS / "commands")]
import cases  # noqa: E402
import comparison  # noqa: E402
import duel as duels  # noqa: E402
import grammar  # noqa: E402
import particular  # noqa: E402
import resp  # noqa: E402
import servers  # noqa: E402
import shrink  # noqa: E402
import test_table  # noqa: E402

AGAIN = 3
TICKS = 12  # as often in a row a millisecond does not pass on one side alone


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--profile", choices=servers.REFERENCES, default=servers.DEFAULT_PROFILE)
    parser.add_argument("--commands", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", action="append", choices=sorted(cases.FAMILIES))
    parser.add_argument("--case", type=int, help="play this one alone")
    parser.add_argument("--differences", type=int, default=1, help="stop after so many")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    # Whoever ends us ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    duel = duels.Duel(options.program, options.profile)
    try:
        return run(duel, options)
    finally:
        duel.stop()


def run(duel, options):
    makers = prepare(duel, options)
    begun, played, passing, reports = time.monotonic(), 0, [], {}
    number = options.case or 0
    while played < options.commands:
        steps = makers.case(number)
        played += len(steps)
        difference = duel.play(steps)
        if difference and difference.crashed == ["Valkey"]:
            # Its own affair; all replies up to there were alike.
            duel.met.append("Valkey ended itself")
            print(f"case {number}: Valkey ended itself", flush=True)
        elif difference:
            explain(duel, number, steps, difference, reports, passing)
        number += 1
        if len(reports) >= options.differences or options.case is not None:
            break
    seconds = time.monotonic() - begun
    met = ", ".join(f"{name} {count} times" for name, count in sorted(collections.Counter(duel.met).items()))
    print(f"\n{played} commands in {number} cases, {played / seconds:.0f} a second; {len(reports)} differences, "
          f"{len(passing)} that did not show again; known ones: {met or 'none'}")
    return 1 if reports or passing else 0


def explain(duel, number, steps, difference, reports, passing):
    """Makes the case smaller and prints it, if it is a new one; notes it."""
    smaller = shrink.Shrinker(duel, steps, difference)
    shown = any(smaller.run() for _ in range(AGAIN))
    words = difference.words or [b""]
    suspects = [step[1] for step in smaller.steps] if words[0].lower() == b"exec" else [words]
    by_chance = not difference.crashed and any(map(comparison.on_the_tick, suspects))
    if by_chance and not (shown and all(duel.play(smaller.steps) for _ in range(TICKS))):
        duel.met.append("on the tick")
        return
    if shown:
        text = shrink.as_spec(duel, smaller.steps, smaller.difference)
        if report(reports, number, text, smaller.difference):
            print(f"\ncase {number}\n{text}", flush=True)
        return
    passing.append(number)
    sides = (("outlive", difference.ours), ("Valkey ", difference.real))
    print("\n".join([f"\ncase {number}: once and not again, at {difference.words}:",
                     *(f"  {name} {reply!r:.400}" for name, reply in sides),
                     *shrink.apart(difference.ours, difference.real)]), flush=True)


def report(reports, number, text, difference):
    """Whether it is a new one."""
    key = tuple(difference.crashed) or (comparison.name_of(difference.words or [b""]), repr(difference.ours)[:30],
                                        repr(difference.real)[:30])
    return reports.setdefault(key, number) == number


def prepare(duel, options):
    """The maker of cases, from what the real server says of itself."""
    real = resp.Connection(duel.sides[1].server.port)
    try:
        real.ask("HELLO", 3)
        docs = test_table.python(real.ask("COMMAND", "DOCS"))
        payloads = {kind: [dumped(real, commands, words) for commands in makers] for kind, makers, words in
                    (("values", particular.DUMPED, ["DUMP", "d"]), ("libraries", particular.LIBRARIES_DUMPED, ["FUNCTION", "DUMP"]))}
    finally:
        real.close()
    tame = particular.TAMED.get(duel.profile)
    return cases.Cases(options.seed, grammar.Grammar(docs), payloads, options.family or sorted(cases.FAMILIES), tame)


def dumped(connection, commands, words):
    connection.ask("FLUSHALL")
    for command in commands:
        connection.ask(*command)
    return connection.ask(*words)[1]


if __name__ == "__main__":
    sys.exit(main())
