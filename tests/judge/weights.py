"""Populations of keys whose weight the fidelity test compares, and the list of all its families."""
import random
import re
import time

import crowds
from figures import DAY_S, FEW, Family, growth, key_of, text, usages
from subject import Subject, fields_of

KEY_LENGTHS = (1, 3, 16, 31, 32, 44, 45, 64, 81, 127, 128, 200, 255, 256, 300)
# Round numbers, the limits of embstr (44 bytes, 64 in all), and either side of the allocator's size classes.
VALUE_LENGTHS = (0, 1, 8, 19, 20, 21, 28, 29, 31, 32, 43, 44, 45, 46, 59, 60, 61, 64, 75, 76, 77, 100, 107, 108, 124, 125, 126,
                 156, 157, 188, 189, 252, 253, 255, 256, 500, 508, 509, 1000, 1016, 1017, 1024, 1276, 1277, 2000, 4000,
                 4090, 4091, 5000, 10_000, 16_384, 20_000, 32_767, 32_768, 65_528, 65_536, 100_000)
NUMBERS = ("0", "7", "9999", "10000", "123456", "-1", "9223372036854775807", "-9223372036854775808",
           "9223372036854775808", "007", "1.5", "+1")
# (fields, bytes of a field, bytes of a value): on both sides of 512 fields and of 64 bytes.
HASHES = tuple((count, *lengths) for lengths in ((7, 5), (13, 16), (20, 64), (20, 65), (64, 20), (65, 20), (10, 1000))
               for count in (1, 2, 7, 10, 100, 511, 512, 513, 1000))
# Not exactly full tables (7, 14, 28 … keys): those grow when the cron comes by.
GROWTH = (1, 2, 6, 8, 13, 50, 100, 500, 895, 897, 1000, 2000, 5000, 10_000, 20_000)
SHRINKING = (15_000, 10_000, 5000, 2000, 1000, 500, 100, 10, 1)
BIG_LENGTHS = (32_767, 32_768, 40_000, 40_954, 40_955, 65_528, 65_529, 65_530, 65_531, 65_536, 81_910, 81_911, 131_072, 200_000,
               262_144, 500_000, 1_000_000, 1_048_576)


def strings_by_length(subject):
    return usages(subject, ((f"key {k}, value {v}", "k" * k, [("SET", "k" * k, "x" * v)])
                            for k in KEY_LENGTHS for v in VALUE_LENGTHS))


def strings_byte_by_byte(subject):
    return usages(subject, [(f"key 16, value {v}", "k" * 16, [("SET", "k" * 16, "x" * v)]) for v in range(601)]
                  + [(f"key {k}, value 8", "k" * k, [("SET", "k" * k, "x" * 8)]) for k in range(1, 601)]
                  + [(f"key {k}, with a TTL", "k" * k, [("SET", "k" * k, "x" * 8, "EX", DAY_S)]) for k in range(1, 601)])


def strings_big(subject):
    """A large argument keeps the buffer that it was read into, if it comes alone: each request over its own connection."""
    found = {}
    for length in BIG_LENGTHS:
        value = "x" * length
        for way, requests in BIG_WAYS:
            for request in requests(value):
                subject.load([request])
            usage, _ = subject.load([("MEMORY", "USAGE", "key"), ("DEL", "key")])
            found[f"{way}, {length} bytes"] = ("usage", usage)
    return found


def strings_few(subject, *options):
    steps = []
    for key_length in (3, 45, 81):
        for value_length in VALUE_LENGTHS:
            keys = [key_of(index, key_length) for index in range(FEW)]
            steps += [(f"key {key_length}, value {value_length}",
                       [("SET", key, "x" * value_length, *options) for key in keys]), (None, [("DEL", *keys)])]
    return {label: figure for label, figure in growth(subject, steps).items() if label}


def numbers(subject):
    found = usages(subject, ((f"SET {number}", "key", [("SET", "key", number)]) for number in NUMBERS))
    found |= growth(subject, [("small ones shared", [("SET", f"n{i}", i) for i in range(FEW)]),
                              ("large ones", [("SET", f"n{i}", 10_000 + i) for i in range(FEW)])])
    return found


WAYS = (
    ("APPEND to none", lambda v: [("APPEND", "key", v)]),
    ("APPEND twice", lambda v: [("APPEND", "key", v[:len(v) // 2]), ("APPEND", "key", v[len(v) // 2:])]),
    ("SETRANGE", lambda v: [("SETRANGE", "key", 0, v)]),
    ("SETRANGE past the end", lambda v: [("SET", "key", "x"), ("SETRANGE", "key", len(v), "y")]),
    ("SETBIT", lambda v: [("SETBIT", "key", 8 * len(v), 1)]),
    ("GETSET", lambda v: [("SET", "key", "old"), ("GETSET", "key", v)]),
    ("MSET", lambda v: [("MSET", "key", v)]),
    ("COPY", lambda v: [("SET", "from", v), ("COPY", "from", "key"), ("DEL", "from")]),
    ("RENAME", lambda v: [("SET", "from", v), ("RENAME", "from", "key")]),
    ("overwritten by less", lambda v: [("SET", "key", v + v), ("SET", "key", v)]),
    ("overwritten by more", lambda v: [("SET", "key", v[:1]), ("SET", "key", v)]),
    ("EXPIRE", lambda v: [("SET", "key", v), ("EXPIRE", "key", DAY_S)]),
    ("PERSIST", lambda v: [("SET", "key", v, "EX", DAY_S), ("PERSIST", "key")]),
    ("SET in a script", lambda v: [("EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", 1, "key", v)]),
    ("SET KEEPTTL", lambda v: [("SET", "key", "old", "EX", DAY_S), ("SET", "key", v, "KEEPTTL")]),
)
BIG_WAYS = (
    ("SET", lambda v: [("SET", "key", v)]),
    ("SETEX", lambda v: [("SETEX", "key", DAY_S, v)]),
    ("GETSET", lambda v: [("GETSET", "key", v)]),
    ("MSET", lambda v: [("MSET", "key", v)]),
    ("SETNX", lambda v: [("SETNX", "key", v)]),
    ("APPEND to none", lambda v: [("APPEND", "key", v)]),
    ("APPEND", lambda v: [("SET", "key", "x" * 100), ("APPEND", "key", v)]),
    ("SETRANGE", lambda v: [("SETRANGE", "key", 0, v)]),
    ("overwritten", lambda v: [("SET", "key", v[:40_000]), ("SET", "key", v)]),
    ("SET in a script", lambda v: [("EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", 1, "key", v)]),
    ("HSET", lambda v: [("HSET", "key", "field", v)]),
)


def strings_by_command(subject):
    figures = [(f"{way}, {length} bytes", "key", requests("x" * length)) for way, requests in WAYS
               for length in (1, 20, 44, 45, 100, 200, 1000, 5000, 20_000, 40_000)]
    figures += [("INCR of none", "key", [("INCR", "key")]), ("INCR to 10000", "key", [("SET", "key", 9999), ("INCR", "key")]),
                ("INCRBYFLOAT", "key", [("INCRBYFLOAT", "key", "1.5")])]
    return usages(subject, figures)


def fields(count, field_length, value_length):
    return [word for i in range(count) for word in (text(i, field_length), text(i, value_length))]


def settling(n, f):
    """A small table may be on its way to a larger one (8.0: from four to eight buckets); a few looks, and it is there."""
    return [("HGET", "key", text(0, f))] * 8 if n <= 10 else []


def hashes_at_once(subject):
    def requests(n, f, v):
        return [("HSET", "key", *fields(n, f, v)), *settling(n, f)]

    return usages(subject, ((f"{n} fields of {f} and {v}", "key", requests(n, f, v)) for n, f, v in HASHES))


def hashes_field_by_field(subject):
    def one_by_one(n, f, v):
        words = fields(n, f, v)
        return [("HSET", "key", *words[i:i + 2]) for i in range(0, len(words), 2)] + settling(n, f)

    return usages(subject, ((f"{n} fields of {f} and {v}", "key", one_by_one(n, f, v)) for n, f, v in HASHES))


def hashes_changed(subject):
    many = fields(600, 7, 5)
    return usages(subject, [
        ("HDEL to 100 of 600", "key", [("HSET", "key", *many), ("HDEL", "key", *many[::2][100:])]),
        ("HDEL to 2 of 10", "key", [("HSET", "key", *many[:20]), ("HDEL", "key", *many[:20:2][2:])]),
        ("one value past 64 bytes", "key", [("HSET", "key", *many[:2 * FEW]), ("HSET", "key", many[0], "x" * 65)]),
        ("HINCRBY", "key", [("HSET", "key", "a", 1), ("HINCRBY", "key", "a", 10 ** 12)]),
        ("a value that grows", "key", [("HSET", "key", *many), ("HSET", "key", many[0], "x" * 300)]),
        ("HINCRBYFLOAT", "key", [("HSET", "key", "a", 1), ("HINCRBYFLOAT", "key", "a", "0.25")])])


def fields_that_expire(subject, counts):
    """The structure that knows their times is a vector up to 127 of them; it and a field's block change with a time."""
    def setex(n, f, v):
        return ("HSETEX", "key", "EX", DAY_S, "FIELDS", n, *fields(n, f, v))

    def named(n, f):
        return ("FIELDS", n, *fields(n, f, 1)[::2])

    ways = (("set with a time", lambda n, f, v: [setex(n, f, v)]),
            ("given a time", lambda n, f, v: [("HSET", "key", *fields(n, f, v)), ("HEXPIRE", "key", DAY_S, *named(n, f))]),
            ("without it again", lambda n, f, v: [setex(n, f, v), ("HPERSIST", "key", *named(n, f))]),
            ("half without", lambda n, f, v: [setex(n, f, v), ("HPERSIST", "key", *named((n + 1) // 2, f))]),
            ("another time", lambda n, f, v: [setex(n, f, v), ("HGETEX", "key", "EX", 2 * DAY_S, *named(n, f))]),
            ("set anew", lambda n, f, v: [setex(n, f, v), ("HSET", "key", *fields(n, f, v))]),
            ("longer, KEEPTTL", lambda n, f, v: [setex(n, f, v), ("HSETEX", "key", "KEEPTTL", "FIELDS", n, *fields(n, f, v + 9))]),
            ("shorter, KEEPTTL", lambda n, f, v: [setex(n, f, v), ("HSETEX", "key", "KEEPTTL", "FIELDS", n, *fields(n, f, v // 2))]),
            ("counted", lambda n, f, v: [("HSETEX", "key", "EX", DAY_S, "FIELDS", 1, "n", 7), ("HINCRBY", "key", "n", 10 ** v)]
             if v < 18 else [setex(n, f, v)]),
            ("copied", lambda n, f, v: [("HSETEX", "from", "EX", DAY_S, "FIELDS", n, *fields(n, f, v)), ("COPY", "from", "key"),
                                        ("DEL", "from")]))
    return usages(subject, ((f"{n} fields of {f} and {v}, {way}", "key", requests(n, f, v)) for way, requests in ways
                            for f, v in ((7, 5), (31, 40), (32, 60), (20, 65), (64, 52), (10, 200), (200, 10)) for n in counts))


def fields_expired(subject):
    """Hashes that lose fields, and the database's table of them."""
    def hashes(ttl_ms):
        return [("HSETEX", f"h{i}", "PX", ttl_ms, "FIELDS", 3, *fields(3, 5, 10)) for i in range(200)]

    def gone(requests):
        base = subject.used()
        subject.load(requests)
        deadline = time.monotonic() + 20
        while b"keys_with_volatile_items=0" not in subject.ask("INFO", "keyspace") and time.monotonic() < deadline:
            time.sleep(0.05)
        return ("used", subject.used_at_rest() - base)

    stays = [("HSET", f"h{i}", "stays", 1) for i in range(200)]
    found = growth(subject, [("200 hashes", hashes(DAY_S * 1000)), ("deleted", [("DEL", f"h{i}") for i in range(200)])],
                   Subject.used_at_rest)
    return found | {"their fields gone": gone(stays + hashes(1))}


def tables_that_grow(subject, *options, counts=GROWTH, used=Subject.used):
    steps = [(f"{now:,} keys", [("SET", f"key:{i:012d}", "x" * 100, *options) for i in range(before, now)])
             for before, now in zip((0, *counts), counts)]
    return growth(subject, steps, used)


def tables_of_a_million(subject, *options):
    """Made by DEBUG POPULATE, given a TTL and deleted in part."""
    steps = [("1,000,000 keys", [("DEBUG", "POPULATE", 1_000_000, "key", 50)]),
             ("100,000 with a TTL", [("EXPIRE", f"key:{i}", DAY_S) for i in range(100_000)]),
             ("200,000 deleted", [("DEL", f"key:{i}") for i in range(200_000)])]
    return growth(subject, steps, Subject.used_at_rest)


def tables_half_moved(subject, *options):
    """In the midst of a rehash: the cron leaves it to the commands (activerehashing no)."""
    full = 7 * 128
    keys = [f"key:{i}" for i in range(full + 300)]
    base = subject.used()
    found = {}

    def look(label, requests):
        subject.load(requests)
        found[label] = ("used", subject.used_now() - base)

    look("nearly full", [("SET", key, "x", *options) for key in keys[:full - 1]])
    look("past full", [("SET", key, "x", *options) for key in keys[full - 1:full + 1]])
    look("20 looked at", [("GET", key) for key in keys[:20]])
    look("20 more set", [("SET", key, "x", *options) for key in keys[full + 1:full + 21]])
    look("60 looked at", [("GET", key) for key in keys[:60]])
    look("all moved", [("GET", key) for key in keys[:200]])
    look("shrinking", [("DEL", key) for key in keys[60:]])
    subject.wait_for_cron()
    look("20 read", [("GET", key) for key in keys[:20]])
    look("shrunk", [("GET", key) for key in keys[:60]] * 5)
    return found


def rate_limits(subject):
    """Hashes as TensorZero keeps them, beside its cache."""
    def limit(i):
        key = f"tensorzero_ratelimit:key_{i:016d}"
        return [("HSET", key, "balance", 100, "last_refilled", 1732345678901234), ("EXPIRE", key, 2 * DAY_S)]

    def cached(i):
        return ("SETEX", f"tensorzero_cache:{i:064x}", DAY_S, "x" * 1024)

    return growth(subject, [(f"{n} limits", [request for i in range(1000 if n > 1000 else 0, n) for request in limit(i)])
                            for n in (1000, 5000)]
                  + [("and 5000 of cache", [cached(i) for i in range(5000)])])


def mixed(subject):
    """TensorZero's keys among others, written, overwritten, lengthened, deleted: the same draws on both servers."""
    chance = random.Random(5)
    buckets = [f"tensorzero_ratelimit:key_{i:016d}" for i in range(400)]
    answers = [f"tensorzero_cache:{i:064x}" for i in range(1500)]
    others = [f"other:{i}" for i in range(500)]

    def one():
        draw, size = chance.random(), chance.choice((5, 30, 44, 100, 500, 1500, 4000))
        if draw < 0.3:
            key = chance.choice(buckets)
            return [("HSET", key, "balance", chance.randrange(1000), "last_refilled", 1732345678901234 + chance.randrange(10 ** 9)),
                    ("EXPIRE", key, 2 * DAY_S)]
        if draw < 0.6:
            return [("SETEX", chance.choice(answers), DAY_S, "x" * size)]
        if draw < 0.7:
            return [("DEL", chance.choice(answers), chance.choice(buckets))]
        key = chance.choice(others)
        return [chance.choice((("SET", key, "x" * size), ("SET", key, size), ("APPEND", key, "x" * size), ("DEL", key),
                               ("SETRANGE", key, size, "yy"), ("EXPIRE", key, DAY_S), ("PERSIST", key), ("INCRBY", f"n{key}", size),
                               ("RENAME", chance.choice(answers), key), ("COPY", chance.choice(answers), key, "REPLACE"),
                               ("HSET", f"h{key}", *(f"f{i}" for i in range(2 * (size % 50 + 1))))))]

    return growth(subject, [(f"{1000 * (step + 1)} writes", [request for _ in range(1000) for request in one()]) for step in range(8)],
                  Subject.used_at_rest)


def tables_that_shrink(subject):
    full = 20_000
    keys = [f"key:{i:012d}" for i in range(full)]
    steps = [("full", [("SET", key, "x" * 100, "EX", DAY_S) for key in keys])]
    for left, before in zip(SHRINKING, (full, *SHRINKING)):
        steps.append((f"{left} left", [("DEL", key) for key in keys[left:before]]))
    return growth(subject, steps, Subject.used_at_rest)


def overwritten(subject):
    keys = [f"key:{i:06d}" for i in range(3000)]
    return growth(subject, [
        ("short", [("SET", key, "x" * 10) for key in keys]),
        ("then long", [("SET", key, "x" * 500) for key in keys]),
        ("then short", [("SET", key, "x" * 20) for key in keys]),
        ("then with a TTL", [("EXPIRE", key, DAY_S) for key in keys]),
        ("then without", [("PERSIST", key) for key in keys]),
        ("then hashes", [request for key in keys for request in (("DEL", key), ("HSET", key, "a", "b"))]),
        ("half deleted", [("UNLINK", key) for key in keys[::2]])], Subject.used_at_rest)


def flushed(subject):
    fill = [("SET", f"key:{i:06d}", "x" * 100, "EX", DAY_S) for i in range(5000)]
    nine = [request for n in range(9) for request in (("SELECT", n), ("SET", "a", "b"))]
    return growth(subject, [("full", fill), ("FLUSHALL", [("FLUSHALL", "SYNC")]), ("full again", fill),
                            ("FLUSHDB ASYNC", [("FLUSHDB", "ASYNC")]), ("nine databases", nine)], Subject.used_at_rest)


def expired(subject):
    base = subject.used()
    subject.load([("SET", f"key:{i:06d}", "x" * 100, "PX", 1) for i in range(3000)] + [("SET", "stays", "y")])
    deadline = time.monotonic() + 20
    while subject.ask("DBSIZE") > 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    return {"one of 3001 left": ("used", subject.used_at_rest() - base)}


def evicted(subject):
    """At the cap: what used_memory is held to, and how many keys that leaves."""
    subject.load([("SET", f"key:{i}", "x" * 1000) for i in range(2000)])
    subject.load([("CONFIG", "SET", "maxmemory-policy", "allkeys-random"), ("CONFIG", "SET", "maxmemory", subject.used_with_chains())])
    subject.load([("SET", f"more:{i}", "y" * 500) for i in range(5000)])
    return {"used_memory": ("used", subject.used_with_chains()), "keys": ("used", subject.ask("DBSIZE"))}


def rooms(subject):
    """What DEBUG SDSLEN tells of keys and values: their lengths, their room to grow, their blocks."""
    found = {}
    for way, value_requests in (("SET", lambda v: [("SET", "key", v)]), WAYS[0]):
        for key in KEY_LENGTHS:
            for value in VALUE_LENGTHS:
                named = [tuple("k" * key if word == "key" else word for word in words) for words in value_requests("x" * value)]
                *_, told, _ = subject.load([*named, ("DEBUG", "SDSLEN", "k" * key), ("DEL", "k" * key)])
                found |= {f"{way}, key {key}, value {value}, {name.decode()}": ("usage", int(number))
                          for name, number in re.findall(rb"(\w+): ?(\d+)", told)}
    return found


def looks(subject, request):
    """What used_memory is told to have grown by since the start, a few times: a connection that was closed may still be there."""
    for _ in range(5):
        told = subject.ask(*request)
        if request[0] == "INFO":
            fields = fields_of(told)
            yield fields["used_memory"] - fields["used_memory_startup"]
        else:
            fields = dict(zip(told[::2], told[1::2]))
            yield fields[b"total.allocated"] - fields[b"startup.allocated"]
        time.sleep(0.01)


def in_itself(subject, *requests):
    """What tells used_memory also takes some: its words, the sections asked for, the text so far; INFO alone for good."""
    rounds = (("at once", requests), ("then", (("INFO",), *requests)))
    return {f"{' '.join(request)}, {when}": ("used", min(looks(subject, request))) for when, asked in rounds for request in asked}


# Without `default`, whose table may be in the midst of a rehash.
INFO_REQUESTS = tuple(("INFO", *words) for words in (
    ("memory",), ("MEMORY", "memory"), ("clients", "memory"), ("keyspace", "memory", "cpu", "stats", "server"),
    ("memory", "replication", "none-of-this-name"), ("memory", "x" * 100), ("all",), ("everything",)))
FIELDS_EXPIRE_IN = ("valkey-9.1",)
FAMILIES = (
    Family("strings: key and value length", strings_by_length),
    Family("strings: byte by byte", strings_byte_by_byte, thorough=True),
    Family("strings: up to a megabyte, 11 commands", strings_big),
    Family("strings: numbers", numbers),
    Family("strings: made or changed by 15 commands", strings_by_command),
    Family("strings: used_memory of six", strings_few),
    Family("strings: used_memory of six with a TTL", lambda subject: strings_few(subject, "EX", DAY_S)),
    Family("strings: overwritten, deleted, TTL set and removed", overwritten),
    Family("hashes: made at once", hashes_at_once),
    Family("hashes: field by field", hashes_field_by_field),
    Family("hashes: changed", hashes_changed),
    Family("hashes: fields that expire", lambda subject: fields_that_expire(subject, (1, 2, 3, 7, 50, 100, 127)),
           profiles=FIELDS_EXPIRE_IN),
    Family("hashes: fields that expire, many", lambda subject: fields_that_expire(subject, (128, 200, 1000)), limit=0.02,
           profiles=FIELDS_EXPIRE_IN),
    Family("hashes: fields expired", fields_expired, limit=0.01, profiles=FIELDS_EXPIRE_IN),
    Family("tables that grow to 20,000", tables_that_grow),
    Family("tables that grow to 20,000, with TTLs", lambda subject: tables_that_grow(subject, "EX", DAY_S)),
    Family("tables that grow to 20,000, chained buckets too",
           lambda subject: tables_that_grow(subject, counts=(100, 1000, 5000, 20_000), used=Subject.used_with_chains), limit=0.01),
    Family("tables that shrink from 20,000", tables_that_shrink),
    Family("tables in the midst of a rehash", tables_half_moved, directives=("--activerehashing", "no")),
    Family("tables in the midst of a rehash, with TTLs", lambda subject: tables_half_moved(subject, "EX", DAY_S),
           directives=("--activerehashing", "no")),
    Family("tables of 1,000,000 keys", tables_of_a_million, thorough=True),
    Family("rate limits and cache", rate_limits),
    Family("8,000 mixed writes", mixed),
    Family("FLUSHALL, FLUSHDB, nine databases", flushed),
    Family("keys expired", expired),
    Family("strings: DEBUG SDSLEN", rooms),
    Family("INFO in itself", lambda subject: in_itself(subject, *INFO_REQUESTS), primed=False),
    # Redis 7.0 moves the table of MEMORY's subcommands on meanwhile.
    Family("MEMORY STATS in itself", lambda subject: in_itself(subject, ("MEMORY", "STATS")), primed=False,
           profiles=("valkey-8.1", "valkey-8.0", "valkey-9.1")),
    Family("keys evicted", evicted, limit=0.01),
    *crowds.FAMILIES,
)
