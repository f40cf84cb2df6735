"""How the fidelity test takes figures of memory.

A figure is ("usage", what MEMORY USAGE says), or ("used", what used_memory grew by): both without the chained buckets
of tables, which are chance (subject.py), so that what is left is certain.
"""
import dataclasses
import typing

from subject import Subject, chained_in

DAY_S = 86_400
# Keys that leave the one bucket of a table with a place to spare: the cron grows a table that is exactly full.
FEW = 6
LIBRARY = "#!lua name=lib{0}\nredis.register_function('f{0}', function(keys, args) return '{1}' end)"


@dataclasses.dataclass(frozen=True)
class Family:
    """What is measured together on a server of its own. `limit`: how far a figure may be off, relative; 0 where the
    real server itself is certain. The thorough ones take too long for every build."""
    name: str
    measure: typing.Callable
    limit: float = 0.0
    thorough: bool = False
    directives: tuple = ()
    # The profiles that have what it is about; none named: all.
    profiles: tuple = ()
    # Whether what appears once is there already, or the server has only just started.
    primed: bool = True


# Commands with more than four subcommands, whose tables Redis 7.0 moves on with each look-up, and so frees some time.
CONTAINERS = ("CLIENT", "COMMAND", "CONFIG", "FUNCTION", "LATENCY", "MEMORY", "OBJECT", "PUBSUB", "SCRIPT")
LOOK_UPS = 16


def prime(subject):
    """What appears once and stays: the heads of both tables and their first buckets with the first key and the first
    TTL, what counts the first error (Redis 7.0 has no HTSTATS full)."""
    subject.load([("SET", "head", "v", "EX", DAY_S), ("DEBUG", "HTSTATS", 0, "full"), ("DEL", "head")])
    subject.load([(container, "HELP") for container in CONTAINERS] * LOOK_UPS)


def usages(subject, figures):
    """{label: ("usage", bytes)} of keys that are made by requests, looked at, and deleted again."""
    found = {}
    for label, key, requests in figures:
        *_, usage, stats, _ = subject.load([*requests, ("MEMORY", "USAGE", key, "SAMPLES", 0),
                                            ("DEBUG", "HTSTATS-KEY", key, "full"), ("DEL", key)])
        found[label] = ("usage", usage - chained_in(stats))
    return found


def growth(subject, steps, used=Subject.used):
    """{label: ("used", bytes)} after each step, counted from before the first. Where tables lose their keys,
    `used` is Subject.used_at_rest: a timer shrinks them, some time later."""
    base = used(subject)
    found = {}
    for label, requests in steps:
        subject.load(requests)
        found[label] = ("used", used(subject) - base)
    return found


def text(index, length):
    return f"{index:0{length}d}".replace("0", "a", 1)[:length] if length else ""


def key_of(index, length):
    return str(index)[-1] + "k" * (length - 1)


class Refused(RuntimeError):
    """The server answered with an error: it has no such command, or not with these words."""


def busy(connection, *requests):
    for request in requests:
        connection.send([str(word).encode() for word in request])
        if connection.reply()[0] == "error":
            raise Refused(f"{request[:2]} was refused")
