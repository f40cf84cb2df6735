"""Who survives eviction: classes of keys on a fresh server, at its cap, pushed by fresh keys of equal size.

Keys lie in ten deciles by what the policy looks at (TTL, idle time or frequency, restored with the key) and in two
databases; under every second rank the volatile policies also find keys without a TTL. Each trial has a server of its
own, so that pools, hash seeds and names are never shared.

What pushes is a shape: many small writes, or few large ones that each want the room of a hundred keys, with more or
less time for it.

Two questions are asked of many trials: whether the share of each class that is gone is the same, and whether the ranks
of the evicted (their TTLs, idle times or frequencies in order) come from one distribution.
"""
import bisect
import dataclasses
import itertools
import math
import random

from subject import Subject, pipe

POLICIES = ("noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu",
            "volatile-random", "volatile-ttl")
OLD_KEYS = 2000
LASTING_KEYS = 200
VALUE = "x" * 500
DAY_S = 86_400
DATABASES = 2


@dataclasses.dataclass(frozen=True)
class Shape:
    """How many fresh keys push, and of how many bytes."""
    fresh_keys: int = 1000
    size: int = len(VALUE)
    directives: tuple = ()


SHAPES = {
    "": Shape(),
    "large writes": Shape(8, 60_000),
    "large writes, tenacity 0": Shape(8, 60_000, ("--maxmemory-eviction-tenacity", "0")),
    "large writes, tenacity 100": Shape(8, 60_000, ("--maxmemory-eviction-tenacity", "100")),
}


def restore_options(policy, rank):
    """What makes the key of rank 0 the first to go and of the last rank the last to go."""
    share = rank / OLD_KEYS
    ttl_ms = int(1000 * (1000 + share * DAY_S)) if policy == "volatile-ttl" else 2 * DAY_S * 1000
    if policy.endswith("lru"):
        return ttl_ms, ("IDLETIME", int((1 - share) * DAY_S) + 5)
    # Valkey 8.1 evict.c: fresh keys start at 5, so some of the old ones are colder than they.
    return ttl_ms, ("FREQ", int(share * 255)) if policy.endswith("lfu") else ()


def fill(subject, policy, rng):
    """The old keys, each with its database and decile, in an order drawn by lot."""
    blob, = subject.load([("SET", "sample", VALUE), ("DUMP", "sample"), ("DEL", "sample")])[1:2]
    keys = [(rng.randrange(DATABASES), rank * 10 // OLD_KEYS, f"old:{rank:06d}", *restore_options(policy, rank))
            for rank in range(OLD_KEYS)]
    if policy.startswith("volatile"):
        keys += [(rng.randrange(DATABASES), "lasting", f"lasting:{i:06d}", 0, ()) for i in range(LASTING_KEYS)]
    rng.shuffle(keys)
    for database in range(DATABASES):
        subject.load([("SELECT", database)] + [("RESTORE", name, ttl_ms, blob, *options)
                                               for where, _, name, ttl_ms, options in keys if where == database])
    return keys


def evicted_keys(stats):
    return int(stats.split(b"evicted_keys:")[1].split()[0])


def evict_the_rest(connection):
    """What a little tenacity leaves for later: every command evicts some, until there is room enough."""
    before = None
    while (now := evicted_keys(*pipe(connection, [("INFO", "stats")]))) != before:
        before = now


def push(subject, shape):
    """Fresh keys one after another, in turns to either database; how many were refused."""
    connections = [subject.connect() for _ in range(DATABASES)]
    for database, connection in enumerate(connections):
        pipe(connection, [("SELECT", database), ("PING",)])
    pipe(connections[0], [("CONFIG", "SET", "maxmemory", subject.used(others=DATABASES))])
    refused = 0
    for i in range(shape.fresh_keys):
        reply, = pipe(connections[i % DATABASES], [("SET", f"fresh:{i:06d}", "x" * shape.size, "EX", 3 * DAY_S)])
        refused += isinstance(reply, str)
    evict_the_rest(connections[0])
    pipe(connections[0], [("CONFIG", "SET", "maxmemory", 0)])
    for connection in connections:
        connection.close()
    return refused


def gone_share(flags):
    return 1 - sum(flags) / len(flags)


def trial(command, policy, samples, shape, seed):
    """{class: share of its keys gone}, and how many were evicted or refused as shares of the fresh ones; the ranks of the
    old keys that are gone, in order."""
    rng = random.Random(f"{policy} {seed}")
    shape = SHAPES[shape]
    with Subject(command, "--maxmemory-policy", policy, "--maxmemory-samples", samples, *shape.directives) as subject:
        keys = fill(subject, policy, rng)
        refused = push(subject, shape)
        evicted = evicted_keys(subject.ask("INFO", "stats"))
        classes, gone = {}, []
        for database in range(DATABASES):
            mine = [(decile, name) for where, decile, name, *_ in keys if where == database]
            alive = subject.load([("SELECT", database)] + [("EXISTS", name) for _, name in mine])[1:]
            gone += [int(name.rpartition(":")[2]) for (decile, name), flag in zip(mine, alive)
                     if decile != "lasting" and not flag]
            for (decile, _), flag in zip(mine, alive):
                classes.setdefault(f"decile {decile}" if decile != "lasting" else decile, []).append(flag)
                classes.setdefault(f"database {database}", []).append(flag)
            fresh = range(database, shape.fresh_keys, DATABASES)
            classes.setdefault("fresh", []).extend(
                subject.load([("SELECT", database)] + [("EXISTS", f"fresh:{i:06d}") for i in fresh])[1:])
    shares = {name: gone_share(flags) for name, flags in classes.items()}
    pushed = shape.fresh_keys * shape.size / len(VALUE)
    return shares | {"evicted": evicted / pushed, "refused": refused / shape.fresh_keys}, sorted(gone)


# A share moves by whole keys: spreads below one key of a decile are taken for that.
SPREAD_MIN = 10 / OLD_KEYS


def z_of(theirs, ours):
    """The difference of two means in units of their pooled standard error."""
    def variance(values):
        mean = sum(values) / len(values)
        return sum((value - mean) ** 2 for value in values) / max(len(values) - 1, 1)

    spread = max(((variance(theirs) + variance(ours)) / 2) ** 0.5, SPREAD_MIN)
    error = spread * (1 / len(theirs) + 1 / len(ours)) ** 0.5
    return (sum(ours) / len(ours) - sum(theirs) / len(theirs)) / error


# Where the distributions of ranks are compared, and how many standard errors chance lets them be apart at any of these
# places once in some 10,000 times, with 20 trials on either side.
PLACES = 20
APART_MAX = 5


def distance(theirs, ours):
    """The greatest distance between the distributions of the evicted's ranks, each a list of trials, as a multiple of the
    one that chance seldom exceeds. What one trial evicts hangs together: who is gone can't go again, and one large fresh
    key that goes spares a hundred old ones. So it is the trials that are drawn by chance, not the ranks."""
    pooled = sorted(itertools.chain.from_iterable(theirs + ours))
    if not any(theirs) or not any(ours):
        return math.inf if pooled else 0.0
    return max(abs(apart_at(pooled[len(pooled) * place // PLACES], theirs, ours)) for place in range(1, PLACES)) / APART_MAX


def apart_at(rank, theirs, ours):
    """How far apart the shares of ranks up to this one are, in standard errors."""
    def share(trials):
        below = [bisect.bisect_right(trial, rank) for trial in trials]
        sizes = [len(trial) for trial in trials]
        mean, size = sum(below) / sum(sizes), sum(sizes) / len(trials)
        # Of a ratio of sums over trials.
        off = [(count - mean * all_of_it) / size for count, all_of_it in zip(below, sizes)]
        variance = max(sum(value * value for value in off) / (len(trials) - 1), 1 / size ** 2)
        return mean, variance / len(trials)

    (their_mean, their_error), (our_mean, our_error) = share(theirs), share(ours)
    return (our_mean - their_mean) / math.sqrt(their_error + our_error)


def compared(theirs, ours):
    """{class: (their mean, our mean, z)} of two lists of trials' shares."""
    found = {}
    for name in theirs[0]:
        columns = [[each[name] for each in trials] for trials in (theirs, ours)]
        found[name] = (*(sum(column) / len(column) for column in columns), z_of(*columns))
    return found
