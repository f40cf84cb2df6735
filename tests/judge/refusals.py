"""What a full server under noeviction answers: which requests it refuses, in which words, and what it still does."""
from subject import pipe

LIBRARY = """#!lua name=judge
local function write(keys, args) return redis.call('SET', keys[1], args[1]) end
redis.register_function('writes', write)
redis.register_function{function_name='writes_anyway', callback=write, flags={'allow-oom'}}
redis.register_function{function_name='reads', flags={'no-writes'},
  callback=function(keys) return redis.call('GET', keys[1]) end}
redis.register_function('idles', function() return 1 end)
redis.register_function('tries', function(keys) return redis.pcall('SET', keys[1], 'x') end)
"""
SETUP = [("FUNCTION", "LOAD", LIBRARY), ("SET", "s", "v"), ("SET", "n", 5), ("SET", "e", "v", "EX", 1000), ("SET", "f", "1.5"),
         ("HSET", "h", "f", 1, "g", 2), ("SET", "gone", "v"), ("SET", "gone2", "v"), ("SET", "gone3", "v")]
WRITE = "return redis.call('SET', KEYS[1], 'w')"
READ = "return redis.call('GET', KEYS[1])"


def in_multi(*requests):
    return [("MULTI",), *requests, ("EXEC",), ("DISCARD",)]


# name: requests on one connection, each of whose replies counts.
CASES = {
    "strings": [("SET", "s", "w"), ("SET", "s", "w", "NX"), ("SETEX", "s", 10, "w"), ("PSETEX", "s", 10_000, "w"), ("SETNX", "new", "w"),
                ("MSET", "s", "w"), ("MSETNX", "new", "w"), ("APPEND", "s", "w"), ("INCR", "n"), ("DECRBY", "n", 2),
                ("INCRBYFLOAT", "f", 1), ("GETSET", "s", "w"), ("SETRANGE", "s", 0, "x"), ("SETBIT", "s", 0, 1),
                ("BITOP", "NOT", "d", "s"), ("BITFIELD", "s", "SET", "u8", 0, 1), ("BITFIELD_RO", "s", "GET", "u8", 0),
                ("GETEX", "e", "EX", 100), ("GET", "s"), ("MGET", "s", "n"), ("STRLEN", "s"), ("GETRANGE", "s", 0, 1), ("LCS", "s", "n"),
                ("BITCOUNT", "s"), ("GETDEL", "gone")],
    "hashes": [("HSET", "h", "f", 2), ("HMSET", "h", "f", 2), ("HSETNX", "h", "z", 2), ("HINCRBY", "h", "f", 1),
               ("HINCRBYFLOAT", "h", "f", 1), ("HDEL", "h", "g"), ("HGET", "h", "f"), ("HGETALL", "h"), ("HLEN", "h"), ("HSCAN", "h", 0)],
    "keys": [("COPY", "s", "t"), ("RENAME", "s", "t"), ("RENAME", "t", "s"), ("RENAMENX", "s", "n"), ("EXPIRE", "s", 100), ("PERSIST", "s"),
             ("MOVE", "gone2", 1), ("TOUCH", "s"), ("OBJECT", "ENCODING", "s"), ("RESTORE", "r", 0, "x"), ("DUMP", "absent"),
             ("TTL", "s"), ("UNLINK", "gone3"), ("DEL", "absent"), ("EXISTS", "s"), ("TYPE", "s"), ("RANDOMKEY", "extra")],
    "others": [("PUBLISH", "c", "m"), ("SUBSCRIBE", "c"), ("UNSUBSCRIBE", "c"), ("PING",), ("ECHO", "x"), ("CLIENT", "SETNAME", "x"),
               ("CONFIG", "SET", "maxmemory-samples", 5), ("WATCH", "s"), ("UNWATCH",), ("SELECT", 1), ("SELECT", 0), ("MEMORY", "USAGE", "absent")],
    "arity and words before memory": [("SET", "s"), ("NOSUCH", "s"), ("HSET", "s", "f", "v"), ("SETEX", "s", "x", "v"), ("INCR", "h")],
    "MULTI with a write": in_multi(("SET", "s", "w")),
    "MULTI with reads": in_multi(("GET", "s"), ("HGET", "h", "f")),
    "MULTI with a read, then a write": in_multi(("GET", "s"), ("SET", "s", "w")),
    "MULTI with deletes": in_multi(("DEL", "absent"), ("EXPIRE", "s", 100)),
    "MULTI with a script that writes": in_multi(("EVAL", WRITE, 1, "s")),
    "MULTI with a script that reads": in_multi(("EVAL", READ, 1, "s")),
    "MULTI with a function that writes": in_multi(("FCALL", "writes", 1, "s", "w")),
    "MULTI with an empty queue": in_multi(),
    "EVAL": [("EVAL", WRITE, 1, "s"), ("EVAL", READ, 1, "s"), ("EVAL", "return 1", 0),
             ("EVAL", "return redis.pcall('SET', KEYS[1], 'w')", 1, "s"),
             ("EVAL", "redis.call('DEL', 'absent') " + WRITE, 1, "s"),
             ("EVAL_RO", READ, 1, "s"), ("EVAL_RO", WRITE, 1, "s"),
             ("SCRIPT", "LOAD", READ), ("SCRIPT", "EXISTS", "0" * 40)],
    "EVAL with flags": [("EVAL", f"#!lua{flags}\n{body}", 1, "s") for flags in
                        ("", " flags=no-writes", " flags=allow-oom", " flags=allow-oom,no-writes", " flags=allow-stale", " flags=no-cluster")
                        for body in (WRITE, READ)],
    "FCALL": [("FCALL", name, 1, "s", "w") for name in ("writes", "reads", "idles", "tries", "writes_anyway", "absent")]
             + [("FCALL_RO", name, 1, "s", "w") for name in ("writes", "reads")],
    "FUNCTION": [("FUNCTION", "LOAD", LIBRARY), ("FUNCTION", "LOAD", "REPLACE", LIBRARY), ("FUNCTION", "LOAD", "no shebang"),
                 ("FUNCTION", "STATS"), ("FUNCTION", "RESTORE", "x"), ("FUNCTION", "DELETE", "absent"),
                 ("FUNCTION", "DELETE", "judge"), ("FUNCTION", "LOAD", LIBRARY), ("FUNCTION", "FLUSH")],
}


def flags_of(subject):
    """{command: whether it is refused when memory is full}, subcommands by their full names."""
    found = {}
    for row in subject.ask("COMMAND"):
        for each in (row, *row[9]):
            found[each[0].decode()] = b"denyoom" in each[2]
    return found


def replies(subject):
    """{case: its replies} at a cap that nothing fits under."""
    found = {}
    for name, requests in CASES.items():
        subject.load([("CONFIG", "SET", "maxmemory", 0), ("FLUSHALL",), ("FUNCTION", "FLUSH"), ("SCRIPT", "FLUSH"), *SETUP,
                      ("CONFIG", "SET", "maxmemory", 1)])
        answers = subject.load(requests)
        found |= {f"{name}: {' '.join(map(str, request))[:60]!r} ({place})": answer
                  for place, (request, answer) in enumerate(zip(requests, answers))}
    subject.ask("CONFIG", "SET", "maxmemory", 0)
    return found


def first_refusals(subject):
    """{value size: how many SETs are accepted before the first refusal}."""
    # No timer shall free memory meanwhile: a reply buffer cut short is room for a hundred keys.
    subject.load([("DEBUG", "REPLYBUFFER", "RESIZING", 0), ("CONFIG", "SET", "activerehashing", "no")])
    found = {}
    for size in (100, 1024, 40_000, 100_000):
        subject.load([("FLUSHALL", "SYNC"), ("CONFIG", "SET", "maxmemory", 0)])
        subject.load([("CONFIG", "SET", "maxmemory", subject.used() + 1_000_000)])
        connection = subject.connect()
        accepted = 0
        while pipe(connection, [("SET", f"k{accepted:06d}", "x" * size)]) == [b"OK"]:
            accepted += 1
        connection.close()
        found[size] = accepted
    return found
