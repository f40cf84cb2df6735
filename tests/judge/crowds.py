"""What clients, scripts and functions weigh, and what INFO tells apart: families of the fidelity test."""
import time

from figures import DAY_S, FEW, LIBRARY, Family, Refused, busy, growth
from subject import fields_of, settled

# networking.c, clientsCron: a reply buffer shrinks once its peak of 5 s ago is forgotten.
IDLE_S = 8


def pipeline(connection, count, *request):
    one = f"*{len(request)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in request)
    connection.socket.sendall(one.encode() * count)
    for _ in range(count):
        connection.reply()


def half_a_request(connection):
    connection.socket.sendall(b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$200000\r\n" + b"x" * 100_000)


CLIENTS = (
    ("new", lambda c: busy(c, ("PING",))),
    ("named, RESP3", lambda c: busy(c, ("HELLO", "3", "SETNAME", "somebody"))),
    ("with a library", lambda c: busy(c, ("CLIENT", "SETINFO", "LIB-NAME", "a-library-of-some-length(with_more)"),
                                      ("CLIENT", "SETINFO", "LIB-VER", "1.2.3"))),
    ("in MULTI with 50 commands", lambda c: busy(c, ("MULTI",), *[("SET", "key", "x" * 100)] * 50)),
    # As many as one bucket of 9.1's table takes; with more, chance decides how many are chained.
    ("watching 7 keys", lambda c: busy(c, ("WATCH", *[f"key:{i}" for i in range(7)]))),
    ("subscribed", lambda c: busy(c, ("SUBSCRIBE", "channel"))),
    ("subscribed to 3 channels and 3 patterns", lambda c: busy(c, ("HELLO", "3"), *[("SUBSCRIBE", f"channel:{i}") for i in range(3)],
                                                               *[("PSUBSCRIBE", f"pattern:{i}*") for i in range(3)])),
    ("with half a request", half_a_request),
    ("tracking 100 keys", lambda c: busy(c, ("HELLO", "3"), ("CLIENT", "TRACKING", "ON"), *[("GET", f"key:{i}") for i in range(100)])),
    ("with 200 requests in a pipeline", lambda c: pipeline(c, 200, "ECHO", "a" * 20)),
    ("with a large argument", lambda c: busy(c, ("ECHO", "x" * 100_000))),
    # The key is there before: how a large request is cut into reads is chance, and another figure.
    ("with a large reply", lambda c: busy(c, ("GET", "large"))),
)


def close(crowd):
    for connection in crowd:
        connection.close()


def clients(subject):
    """Ten connections of a kind, right after what they did."""
    # On a slow machine a timer would cut reply buffers short before the last of ten has come.
    subject.load([("SET", "large", "x" * 30_000), ("DEBUG", "REPLYBUFFER", "RESIZING", 0)])
    found = {}
    for label, act in CLIENTS:
        base = subject.used()
        crowd = [subject.connect() for _ in range(10)]
        try:
            for connection in crowd:
                act(connection)
        except Refused:
            close(crowd)
            subject.used()
            continue  # not in this version
        time.sleep(0.01)
        found[f"ten {label}"] = ("used", subject.used(len(crowd)) - base)
        close(crowd)
        subject.used()
    return found


def crowds(subject, sizes):
    base = subject.used()
    crowd, found = [], {}
    for size in sizes:
        while len(crowd) < size:
            crowd.append(subject.connect())
            busy(crowd[-1], ("PING",))
        found[f"{size} new"] = ("used", subject.used(len(crowd)) - base)
    for connection in crowd:
        busy(connection, ("SET", "key", "x" * 5000), ("GET", "key"), ("DEL", "key"))
    time.sleep(IDLE_S)
    found[f"{len(crowd)} idle"] = ("used", subject.used(len(crowd)) - base)
    close(crowd[::2])
    found["half of them gone"] = ("used", subject.used(len(crowd[1::2])) - base)
    close(crowd)
    found["all gone"] = ("used", subject.used() - base)
    return found


def unread(subject):
    """Replies that nobody takes: what the kernel holds differs a little from time to time."""
    reply_bytes = 10_000_000
    subject.load([("SETRANGE", "large", reply_bytes - 1, "x")])
    base = subject.used()
    crowd = [subject.connect() for _ in range(5)]
    for connection in crowd:
        for _ in range(4):
            connection.send([b"GET", b"large"])
    time.sleep(1)
    subject.load([("COMMANDLOG", "RESET", "large-reply")])  # since 8.1; elsewhere an error
    found = {"5 of 40 MB": ("used", subject.used(len(crowd)) - base)}
    close(crowd)
    return found


def scripts(subject):
    return growth(subject, [
        ("100 loaded", [("SCRIPT", "LOAD", f"return {i} -- {'x' * 10 * i}") for i in range(100)]),
        ("100 by EVAL", [("EVAL", f"return '{i}'", 0) for i in range(100)]),
        ("1000 by EVAL, of which 500 stay", [("EVAL", f"return '{i}' .. ARGV[1]", 0, "x") for i in range(1000)]),
        ("flushed", [("SCRIPT", "FLUSH", "SYNC")])])


def functions(subject):
    described = ("#!lua name=described\nredis.register_function{function_name='d', callback=function() return 1 end, "
                 "description='what it is for, at some length', flags={'no-writes', 'allow-oom'}}")
    return growth(subject, [
        ("20 libraries", [("FUNCTION", "LOAD", LIBRARY.format(i, "x" * 20 * i)) for i in range(20)]),
        ("replaced", [("FUNCTION", "LOAD", "REPLACE", LIBRARY.format(i, "y" * 10)) for i in range(20)]),
        ("half deleted", [("FUNCTION", "DELETE", f"lib{i}") for i in range(10)]),
        ("described, with flags", [("FUNCTION", "LOAD", described)]),
        ("flushed", [("FUNCTION", "FLUSH", "SYNC")])])


def fill(subject):
    subject.load([("SET", f"k{i}", "v" * 100 * i, "EX", DAY_S) for i in range(FEW)] + [("SCRIPT", "LOAD", "return 1")])
    subject.load([("HSET", "h", *(word for i in range(600) for word in (f"f{i}", i))), ("SELECT", 5), ("SET", "elsewhere", 1)])
    subject.load([("FUNCTION", "LOAD", LIBRARY.format(1, "x"))])


COUNTED = ("used_memory_scripts_eval", "used_memory_functions", "number_of_cached_scripts", "number_of_functions",
           "number_of_libraries", "mem_overhead_db_hashtable_rehashing", "mem_not_counted_for_evict", "mem_aof_buffer",
           "mem_clients_slaves", "mem_cluster_links", "mem_total_replication_buffers", "mem_replication_backlog",
           "lazyfree_pending_objects", "lazyfreed_objects", "maxmemory")
# With chained buckets, or the length of a path in them.
ABOUT = ("used_memory", "used_memory_startup", "used_memory_overhead")


def counted_in_info(subject):
    fill(subject)
    info = subject.info()
    return {name: ("usage", info[name]) for name in COUNTED if name in info}


def counted_when_idle(subject, look):
    """What timers count of an idle connection. One that has counted a reader too has counted it before: the least."""
    idle = subject.connect()
    busy(idle, ("DEBUG", "REPLYBUFFER", "RESIZING", 0))
    settled(look, lambda counted: not counted, "no timer counted an idle connection")
    least = min(look() for _ in range(20))
    close([idle])
    return ("used", least)


def weighed_in_info(subject):
    fill(subject)
    info = subject.info()
    found = {name: ("used", info[name]) for name in ABOUT}
    found["mem_clients_normal"] = counted_when_idle(subject, lambda: subject.info(1)["mem_clients_normal"])
    return found


STATS_COUNTED = ("replication.backlog", "clients.slaves", "cluster.links", "aof.buffer", "lua.caches", "functions.caches",
                 "overhead.db.hashtable.rehashing", "db.dict.rehashing.count", "keys.count")
STATS_ABOUT = ("startup.allocated", "overhead.db.hashtable.lut", "overhead.total")


def memory_stats(subject, names, kind):
    fill(subject)
    stats = subject.stats()
    found = {name: (kind, stats[name]) for name in names if name in stats}
    if kind == "used":
        for database in ("db.0", "db.5"):
            tables = stats.get(database, [])
            found |= {f"{database} {name.decode()}": (kind, value) for name, value in zip(tables[::2], tables[1::2])}
        found["clients.normal"] = counted_when_idle(subject, lambda: subject.stats(1)["clients.normal"])
    return found


def histograms(subject):
    """With latency-tracking, as by default, the first use of a command makes a histogram of its times."""
    subject.ask("CONFIG", "SET", "latency-tracking", "yes")
    return growth(subject, [("four commands", [("GET", "a"), ("TTL", "a"), ("SET", "a", "b"), ("DEL", "a")]),
                            ("RESETSTAT", [("CONFIG", "RESETSTAT")])])


def evicted_clients(subject):
    """maxmemory-clients: how many are left, and how large, of those that keep half a request each."""
    found = {}
    for limit in ("1mb", "3mb", "0"):
        subject.ask("CONFIG", "SET", "maxmemory-clients", limit)
        before = fields_of(subject.ask("INFO", "stats"))["evicted_clients"]
        crowd = [subject.connect() for _ in range(12)]
        for connection in crowd:
            half_a_request(connection)
            time.sleep(0.02)
        time.sleep(0.3)
        found[f"evicted of 12 by {limit}"] = ("usage", fields_of(subject.ask("INFO", "stats"))["evicted_clients"] - before)
        close(crowd)
    return found


FAMILIES = (
    # Where ids fall in the radix tree of clients hangs on how often this test looked in between: some dozens of bytes.
    Family("clients, new and busy", clients, limit=0.0001),
    Family("clients, 1 to 100, then idle, then gone", lambda subject: crowds(subject, (1, 10, 100))),
    # So it does here.
    Family("clients, 1 to 500", lambda subject: crowds(subject, (1, 2, 17, 256, 257, 500)), limit=0.0001, thorough=True),
    Family("clients that do not read", unread, limit=0.01),
    Family("clients evicted by maxmemory-clients", evicted_clients),
    Family("scripts", scripts),
    Family("functions", functions),
    Family("latency histograms", histograms),
    Family("INFO memory: counts", counted_in_info),
    Family("INFO memory: bytes", weighed_in_info, limit=0.01),
    Family("MEMORY STATS: counts", lambda subject: memory_stats(subject, STATS_COUNTED, "usage")),
    Family("MEMORY STATS: bytes", lambda subject: memory_stats(subject, STATS_ABOUT, "used"), limit=0.01),
)
