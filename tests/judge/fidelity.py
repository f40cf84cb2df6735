#!/usr/bin/env python3
"""outlive beside the real Valkey, same load: what keys weigh, who is evicted, what is refused.

    fidelity.py PROGRAM [--profile valkey-8.1] [--seeds N] [--samples N,...] [--only memory,eviction,refusals]
                [--families WORDS] [--thorough] [--details]

Memory: a figure that is certain on the real server must be equal, to the byte (subject.py takes out the one thing
that chance decides); others may be off by their family's limit, relative to 16 KiB at least. A timer that comes
between two looks moves used_memory now and then, so a family that is off is measured four times more, and if it still is
eight times, by medians.
Eviction: for each policy the share of each class of keys that is gone, over N seeds, and the ranks of the evicted by a
two-sample test at 1 in 10,000; where |z| reaches 4, or the ranks lie too far apart, once more with 40 fresh seeds at
least, and there they must stay below. Refusals: every reply as Valkey's, to the letter.
At the end a table in markdown. Exit status 77 where there is no real server.
"""
import argparse
import concurrent.futures
import statistics
import sys
import time

import refusals
import survivors
import weights
from figures import prime
from subject import Subject, servers

# The allocator of the real server, which is Debian's.
QUANTUM = ("--outlive-allocator-quantum", "16")
Z_LIMIT = 4.0
SAMPLES = "5"  # the default of maxmemory-samples
USED_FLOOR = 16 * 1024
SIDES = ("Valkey", "outlive")
PARTS = ("memory", "eviction", "refusals")
DETAILS = 10
PAIRS = 3  # of loads at once: they often wait for timers
# Of SETs that are accepted before memory is full.
ACCEPTED_LIMIT = 0.01
AGAIN = (4, 8)
# What fails needs a spread that is certain: of equal sides, simulated, four trials each looked apart by their ranks 300
# times in 10,000, eight 27 times, forty never.
CERTAIN_SEEDS = 40


def error_of(figure):
    """Relative."""
    kind, theirs, ours = figure
    return abs(ours - theirs) / max(abs(theirs), USED_FLOOR if kind == "used" else 1)


def measure_family(command, number):
    family = weights.FAMILIES[number]
    with Subject(command, *family.directives) as subject:
        if family.primed:
            prime(subject)
        return family.measure(subject)


def judge_refusals(command):
    with Subject(command) as subject:
        return refusals.flags_of(subject), refusals.replies(subject), refusals.first_refusals(subject)


class Judge:
    """Runs loads on both servers at once; keeps the rows of the table, and what differs."""

    def __init__(self, profile, commands, pool):
        self.profile, self.commands, self.pool = profile, commands, pool
        self.rows, self.failures = [], []

    def on_both(self, load, tasks):
        """[(theirs, ours)] of each task."""
        pending = [[self.pool.submit(load, command, *task) for command in self.commands] for task in tasks]
        return [tuple(future.result() for future in pair) for pair in pending]

    def measure(self, numbers, times):
        """{number of a family: {label: (kind, theirs, ours)}}: a figure that both showed in some run, since the seeds of
        hashes and timers decide many; else the medians."""
        def settled(theirs, ours):
            common = set(theirs) & set(ours)
            return (min(common),) * 2 if common else (statistics.median_low(theirs), statistics.median_low(ours))

        found = {}
        tasks = [(number,) for number in numbers for _ in range(times)]
        for (number,), sides in zip(tasks, self.on_both(measure_family, tasks)):
            theirs, ours = sides
            if theirs.keys() != ours.keys():
                raise RuntimeError(f"{weights.FAMILIES[number].name}: one server alone tells of {theirs.keys() ^ ours.keys()}")
            found.setdefault(number, []).append(sides)
        return {number: {label: (kind, *settled(*([run[side][label][1] for run in runs] for side in (0, 1))))
                         for label, (kind, _) in runs[0][0].items()} for number, runs in found.items()}

    def memory(self, chosen, details):
        """Of the families with these numbers."""
        def off(number, figures):
            return max(map(error_of, figures.values())) > weights.FAMILIES[number].limit

        found = self.measure(chosen, 1)
        for times in AGAIN:
            found |= self.measure([number for number, figures in found.items() if off(number, figures)], times)
        for number, figures in found.items():
            family = weights.FAMILIES[number]
            equal = sum(theirs == ours for _, theirs, ours in figures.values())
            exact = "all equal" if equal == len(figures) else f"{equal} equal"
            worst = max(map(error_of, figures.values()))
            self.rows.append((family.name, f"{len(figures)} figures, {exact}", f"{100 * worst:.2f} %"))
            for label in sorted(figures, key=lambda each: -error_of(figures[each]))[:DETAILS]:
                error = error_of(figures[label])
                line = "memory, {}, {}: Valkey {:,.0f}, outlive {:,.0f}".format(family.name, label, *figures[label][1:])
                if error > family.limit:
                    self.failures.append(line)
                elif details and error:
                    print(f"  {line} ({100 * error:.2f} %)")

    def trials(self, settings, seeds):
        """{(policy, samples, shape): (what survivors.compared says of the shares, the distance of the ranks of the evicted)}."""
        tasks = [(*setting, seed) for setting in settings for seed in seeds]
        outcomes = {}
        for (*setting, _), sides in zip(tasks, self.on_both(survivors.trial, tasks)):
            outcomes.setdefault(tuple(setting), []).append(sides)
        found = {}
        for setting, pairs in outcomes.items():
            shares, ranks = ([[trial[part] for trial in side] for side in zip(*pairs)] for part in (0, 1))
            found[setting] = survivors.compared(*shares), survivors.distance(*ranks)
        return found

    def eviction(self, seeds, all_samples, thorough, details):
        def worst(classes):
            return max(abs(z) for *_, z in classes.values())

        def suspects(found):
            return [setting for setting, (classes, distance) in found.items() if worst(classes) >= Z_LIMIT or distance >= 1]

        plain, *others = survivors.SHAPES
        settings = [(policy, samples, plain) for policy in survivors.POLICIES for samples in all_samples]
        if thorough:
            settings += [(policy, SAMPLES, shape) for policy in survivors.POLICIES for shape in others]
        first = self.trials(settings, range(seeds))
        more = max(2 * seeds, CERTAIN_SEEDS)
        again = self.trials(suspects(first), range(seeds, seeds + more))
        for setting, (classes, distance) in (first | again).items():
            policy, samples, shape = setting
            repeated = setting in again
            title = f"{policy}, {samples} samples" + (shape and f", {shape}")
            self.rows.append((f"survivors, {title}", f"{len(classes)} shares, {more if repeated else seeds} seeds",
                              f"greatest abs(z) {worst(classes):.1f}, ranks {distance:.2f} of the critical distance"))
            lines = {f"eviction, {title}, {name}: gone {100 * theirs:.1f} % and {100 * ours:.1f} %, z {z:.1f}": abs(z) >= Z_LIMIT
                     for name, (theirs, ours, z) in classes.items()}
            lines[f"eviction, {title}, ranks of the evicted: {distance:.2f} of the critical distance"] = distance >= 1
            for line, differs in lines.items():
                if repeated and differs:
                    self.failures.append(line)
                elif details:
                    print("  " + line)

    def refusals(self):
        (their_flags, theirs, their_counts), (our_flags, ours, our_counts) = self.on_both(judge_refusals, [()])[0]
        flags = {name: flag for name, flag in their_flags.items() if name in our_flags}
        for title, expected, seen in (("commands refused at the cap (denyoom)", flags, our_flags),
                                      ("replies at the cap: plain, MULTI, EVAL, FCALL, FUNCTION", theirs, ours)):
            differing = [name for name in expected if expected[name] != seen[name]]
            self.failures += [f"{title}, {name}: Valkey {expected[name]}, outlive {seen[name]}" for name in differing]
            self.rows.append((title, f"{len(expected)} compared", f"{len(differing)} differ" if differing else "equal"))
        title = "SETs accepted below the cap"
        # One key more or less is where a step of a timer fell.
        errors = {size: max(abs(our_counts[size] - count) - 1, 0) / count for size, count in their_counts.items()}
        self.failures += [f"{title}, {size} bytes: Valkey {their_counts[size]}, outlive {our_counts[size]}"
                          for size, error in errors.items() if error > ACCEPTED_LIMIT]
        self.rows.append((title, f"{len(errors)} sizes", f"{100 * max(errors.values()):.2f} %"))

    def report(self, seconds):
        for failure in self.failures:
            print(f"DIFFERENT: {failure}")
        print(f"\n| beside {self.profile} | compared | worst |\n| --- | --- | --- |")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")
        print(f"\n{len(self.failures)} differences, {seconds:.0f} s")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program")
    options.add_argument("--profile", default="valkey-8.1", choices=servers.REFERENCES)
    options.add_argument("--seeds", type=int, default=4)
    options.add_argument("--samples", default=SAMPLES, help="maxmemory-samples, with commas between")
    options.add_argument("--only", default=",".join(PARTS))
    options.add_argument("--families", default="", help="of memory, only those with this in their name")
    options.add_argument("--thorough", action="store_true", help="families too that take long, and other shapes of pushing")
    options.add_argument("--details", action="store_true", help="what is within the limits too")
    chosen = options.parse_args()
    parts = chosen.only.split(",")
    if unknown := set(parts) - set(PARTS):
        options.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    commands = [[str(servers.reference_server(chosen.profile))],
                [chosen.program, "serve", *QUANTUM, "--outlive-profile", chosen.profile]]
    started = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(PAIRS * len(SIDES)) as pool:
        judge = Judge(chosen.profile, commands, pool)
        if "memory" in parts:
            judge.memory([number for number, family in enumerate(weights.FAMILIES)
                          if chosen.families in family.name and (chosen.thorough or not family.thorough)
                          and chosen.profile in (family.profiles or servers.REFERENCES)], chosen.details)
        if "eviction" in parts:
            judge.eviction(chosen.seeds, chosen.samples.split(","), chosen.thorough, chosen.details)
        if "refusals" in parts:
            judge.refusals()
    judge.report(time.monotonic() - started)
    sys.exit(1 if judge.failures else 0)


if __name__ == "__main__":
    main()
