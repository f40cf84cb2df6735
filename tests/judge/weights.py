"""Populations whose weight the fidelity test compares: what each family holds, and the figures read from it.

A figure is ("usage", what MEMORY USAGE says), which chance has no part in, or ("used", what used_memory grew by).
Valkey 8.1 chains a bucket where more than seven entries meet, so in tables past one bucket the hash seed, another
in every process, decides over a few dozen bytes; with up to seven keys used_memory is certain too.
"""
import time

from subject import Subject

DAY_S = 86_400
# A table of one bucket.
BUCKET = 7
KEY_LENGTHS = (1, 3, 16, 31, 32, 44, 45, 64, 81, 127, 128, 200, 255, 256, 300)
# Round numbers, the limits of embstr (44 bytes, 64 in all), and either side of the allocator's size classes.
# Not 65,529 and 65,530: there Valkey keeps the buffer of 80 KB that the value was read into, outlive counts 64 KB.
VALUE_LENGTHS = (0, 1, 8, 19, 20, 21, 28, 29, 31, 32, 43, 44, 45, 46, 59, 60, 61, 64, 75, 76, 77, 100, 107, 108, 124, 125, 126,
                 156, 157, 188, 189, 252, 253, 255, 256, 500, 508, 509, 1000, 1016, 1017, 1024, 1276, 1277, 2000, 4000,
                 4090, 4091, 5000, 10_000, 16_384, 20_000, 32_767, 32_768, 65_528, 65_536, 100_000)
NUMBERS = ("0", "7", "9999", "10000", "123456", "-1", "9223372036854775807", "-9223372036854775808",
           "9223372036854775808", "007", "1.5", "+1")
# (fields, bytes of a field, bytes of a value): on both sides of 512 fields and of 64 bytes.
HASHES = tuple((count, *lengths) for lengths in ((7, 5), (13, 16), (20, 64), (20, 65), (64, 20), (65, 20), (10, 1000))
               for count in (1, 2, 7, 10, 100, 511, 512, 513, 1000))
GROWTH = (1, 2, 7, 8, 14, 50, 100, 500, 896, 897, 1000, 2000, 5000, 10_000, 20_000)
SHRINKING = (15_000, 10_000, 5000, 2000, 1000, 500, 100, 10, 1)
LIBRARY = "#!lua name=lib{0}\nserver.register_function('f{0}', function(keys, args) return '{1}' end)"


def text(index, length):
    return f"{index:0{length}d}".replace("0", "a", 1)[:length] if length else ""


def key_of(index, length):
    return str(index)[-1] + "k" * (length - 1)


def usages(subject, figures):
    """{label: ("usage", bytes)} of keys that are made by requests, looked at, and deleted again."""
    found = {}
    for label, key, requests in figures:
        replies = subject.load([*requests, ("MEMORY", "USAGE", key, "SAMPLES", 0), ("DEL", key)])
        found[label] = ("usage", replies[-2])
    return found


def growth(subject, steps, used=Subject.used):
    """{label: ("used", bytes)} after each step, counted from before the first. Where tables lose their keys,
    `used` is Subject.used_at_rest: a timer shrinks them, some time later."""
    base = subject.used()
    found = {}
    for label, requests in steps:
        subject.load(requests)
        found[label] = ("used", used(subject) - base)
    return found


def strings_by_length(subject):
    return usages(subject, ((f"key {k}, value {v}", "k" * k, [("SET", "k" * k, "x" * v)])
                            for k in KEY_LENGTHS for v in VALUE_LENGTHS))


def strings_in_a_bucket(subject, *options):
    steps = []
    for key_length in (3, 45, 81):
        for value_length in VALUE_LENGTHS:
            keys = [key_of(index, key_length) for index in range(BUCKET)]
            steps += [(f"key {key_length}, value {value_length}",
                       [("SET", key, "x" * value_length, *options) for key in keys]), (None, [("DEL", *keys)])]
    return {label: figure for label, figure in growth(subject, steps).items() if label}


def numbers(subject):
    found = usages(subject, ((f"SET {number}", "key", [("SET", "key", number)]) for number in NUMBERS))
    found |= growth(subject, [("small ones shared", [("SET", f"n{i}", i) for i in range(BUCKET)]),
                              ("large ones", [("SET", f"n{i}", 10_000 + i) for i in range(BUCKET)])])
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
    ("SET in a script", lambda v: [("EVAL", "return server.call('SET', KEYS[1], ARGV[1])", 1, "key", v)]),
    ("SET KEEPTTL", lambda v: [("SET", "key", "old", "EX", DAY_S), ("SET", "key", v, "KEEPTTL")]),
)


def strings_by_command(subject):
    figures = [(f"{way}, {length} bytes", "key", requests("x" * length)) for way, requests in WAYS
               for length in (1, 20, 44, 45, 100, 200, 1000, 5000, 20_000, 40_000)]
    figures += [("INCR of none", "key", [("INCR", "key")]), ("INCR to 10000", "key", [("SET", "key", 9999), ("INCR", "key")]),
                ("INCRBYFLOAT", "key", [("INCRBYFLOAT", "key", "1.5")])]
    return usages(subject, figures)


def fields(count, field_length, value_length):
    return [word for i in range(count) for word in (text(i, field_length), text(i, value_length))]


def hashes_at_once(subject):
    return usages(subject, ((f"{n} fields of {f} and {v}", "key", [("HSET", "key", *fields(n, f, v))]) for n, f, v in HASHES))


def hashes_field_by_field(subject):
    def one_by_one(n, f, v):
        words = fields(n, f, v)
        return [("HSET", "key", *words[i:i + 2]) for i in range(0, len(words), 2)]

    return usages(subject, ((f"{n} fields of {f} and {v}", "key", one_by_one(n, f, v)) for n, f, v in HASHES))


def hashes_changed(subject):
    many = fields(600, 7, 5)
    return usages(subject, [
        ("HDEL to 100 of 600", "key", [("HSET", "key", *many), ("HDEL", "key", *many[::2][100:])]),
        ("HDEL to 2 of 10", "key", [("HSET", "key", *many[:20]), ("HDEL", "key", *many[:20:2][2:])]),
        ("one value past 64 bytes", "key", [("HSET", "key", *many[:2 * BUCKET]), ("HSET", "key", many[0], "x" * 65)]),
        ("HINCRBY", "key", [("HSET", "key", "a", 1), ("HINCRBY", "key", "a", 10 ** 12)]),
        ("a value that grows", "key", [("HSET", "key", *many), ("HSET", "key", many[0], "x" * 300)]),
        ("HINCRBYFLOAT", "key", [("HSET", "key", "a", 1), ("HINCRBYFLOAT", "key", "a", "0.25")])])


def tables_that_grow(subject, *options):
    steps = [(f"{now} keys", [("SET", f"key:{i:012d}", "x" * 100, *options) for i in range(before, now)])
             for before, now in zip((0, *GROWTH), GROWTH)]
    return growth(subject, steps)


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
    return {"one of 3001 left": ("used", subject.used() - base)}


def busy(connection, *requests):
    for request in requests:
        connection.send([word.encode() for word in request])
        if connection.reply()[0] == "error":
            raise RuntimeError(f"{request[:2]} was refused")


CLIENTS = (
    ("new", lambda c: busy(c, ("PING",))),
    ("named, RESP3", lambda c: busy(c, ("HELLO", "3", "SETNAME", "somebody"))),
    ("in MULTI with 50 commands", lambda c: busy(c, ("MULTI",), *[("SET", "key", "x" * 100)] * 50)),
    ("watching 50 keys", lambda c: busy(c, ("WATCH", *[f"key:{i}" for i in range(50)]))),
    ("subscribed", lambda c: busy(c, ("SUBSCRIBE", "channel"))),
    ("with half a request", lambda c: c.socket.sendall(b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$200000\r\n" + b"x" * 100_000)),
    ("tracking 100 keys", lambda c: busy(c, ("HELLO", "3"), ("CLIENT", "TRACKING", "ON"), *[("GET", f"key:{i}") for i in range(100)])),
)


def clients(subject):
    """Ten connections of a kind, busy and then idle for as long as buffers take to shrink."""
    found = {}
    for label, act in CLIENTS:
        base = subject.used()
        crowd = [subject.connect() for _ in range(10)]
        for connection in crowd:
            act(connection)
        time.sleep(0.01)
        found[f"ten {label}"] = ("used", subject.used(len(crowd)) - base)
        for connection in crowd:
            connection.close()
        subject.used()
    return found


def idle_clients(subject):
    base = subject.used()
    crowd = [subject.connect() for _ in range(50)]
    for connection in crowd:
        busy(connection, ("SET", "key", "x" * 5000), ("GET", "key"), ("DEL", "key"))
    time.sleep(8)  # Valkey 8.1 networking.c, clientsCron: a reply buffer shrinks when 5 s old peaks are forgotten.
    found = {"fifty": ("used", subject.used(len(crowd)) - base)}
    for connection in crowd:
        connection.close()
    found["gone"] = ("used", subject.used() - base)
    return found


def scripts(subject):
    return growth(subject, [
        ("100 loaded", [("SCRIPT", "LOAD", f"return {i} -- {'x' * 10 * i}") for i in range(100)]),
        ("100 by EVAL", [("EVAL", f"return '{i}'", 0) for i in range(100)]),
        ("flushed", [("SCRIPT", "FLUSH", "SYNC")])])


def functions(subject):
    return growth(subject, [
        ("20 libraries", [("FUNCTION", "LOAD", LIBRARY.format(i, "x" * 20 * i)) for i in range(20)]),
        ("replaced", [("FUNCTION", "LOAD", "REPLACE", LIBRARY.format(i, "y" * 10)) for i in range(20)]),
        ("half deleted", [("FUNCTION", "DELETE", f"lib{i}") for i in range(10)])])


def fields_of_info(subject):
    """What INFO and MEMORY STATS tell apart. Chance has a part in none of these."""
    subject.load([("SET", f"k{i}", "v", "EX", DAY_S) for i in range(BUCKET)] + [("SCRIPT", "LOAD", "return 1")])
    subject.load([("FUNCTION", "LOAD", LIBRARY.format(1, "x"))])
    info = subject.info()
    names = ("used_memory_startup", "used_memory_scripts_eval", "used_memory_functions", "number_of_cached_scripts",
             "number_of_functions", "number_of_libraries", "mem_overhead_db_hashtable_rehashing", "mem_not_counted_for_evict")
    return {name: ("usage", info[name]) for name in names}


def histograms(subject):
    """With latency-tracking, as by default, the first use of a command makes a histogram of its times."""
    subject.ask("CONFIG", "SET", "latency-tracking", "yes")
    return growth(subject, [("four commands", [("GET", "a"), ("TTL", "a"), ("SET", "a", "b"), ("DEL", "a")]),
                            ("RESETSTAT", [("CONFIG", "RESETSTAT")])])


FAMILIES = (
    ("strings: key and value length", strings_by_length),
    ("strings: numbers", numbers),
    ("strings: made or changed by 15 commands", strings_by_command),
    ("strings: used_memory of seven", strings_in_a_bucket),
    ("strings: used_memory of seven with a TTL", lambda subject: strings_in_a_bucket(subject, "EX", DAY_S)),
    ("strings: overwritten, deleted, TTL set and removed", overwritten),
    ("hashes: made at once", hashes_at_once),
    ("hashes: field by field", hashes_field_by_field),
    ("hashes: changed", hashes_changed),
    ("tables that grow to 20,000", tables_that_grow),
    ("tables that grow to 20,000, with TTLs", lambda subject: tables_that_grow(subject, "EX", DAY_S)),
    ("tables that shrink from 20,000", tables_that_shrink),
    ("rate limits and cache", rate_limits),
    ("FLUSHALL, FLUSHDB, nine databases", flushed),
    ("keys expired", expired),
    ("clients, new and busy", clients),
    ("clients, idle", idle_clients),
    ("scripts", scripts),
    ("functions", functions),
    ("latency histograms", histograms),
    ("INFO's parts", fields_of_info),
)


def prime(subject):
    """The heads of both tables appear with the first key and the first TTL, and stay."""
    subject.load([("SET", "head", "v", "EX", DAY_S), ("FLUSHALL", "SYNC")])
