"""A server that the fidelity test looks at: loaded over short connections, read over fresh ones.

A connection weighs some 17 KB in its first seconds (its reply buffer), so used_memory is always read in the
same state: over a new connection that is the only one, while no table is being rehashed.

Where more than seven entries of a table meet in a bucket, Valkey 8.1 chains another to it. The hash seed, new in
every process, decides how often, and DEBUG HTSTATS tells it: without its chained buckets used_memory is certain,
to the byte.
"""
import pathlib
import re
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "wire"), str(TESTS / "commands")]
import resp  # noqa: E402
import servers  # noqa: E402

# Timers that would move used_memory while it is read: a histogram at each command's first use, the slow log.
QUIET = ("--latency-tracking", "no", "--slowlog-log-slower-than", "-1")
READABLE = ("--enable-debug-command", "yes")
CHAINED_BUCKET = 64
# Requests sent before the replies are read: few, so that query buffers stay small.
BATCH = 32
# How long used_memory must not have moved, and by how many bytes it may all the same.
REST_S, NOISE = 0.35, 1024


class Subject:
    def __init__(self, command, *directives):
        self.server = servers.Server(command, *QUIET, *READABLE, *directives)
        self.port = self.server.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()

    def connect(self):
        return resp.Connection(self.port)

    def load(self, requests):
        """The replies' values, errors among them, over a connection of its own."""
        connection = self.connect()
        try:
            return pipe(connection, requests)
        finally:
            connection.close()

    def ask(self, *words):
        """The value of a reply that must not be an error."""
        value, = self.load([words])
        if isinstance(value, str):
            raise RuntimeError(f"{' '.join(map(str, words))[:80]}: {value}")
        return value

    def info(self, others=0):
        """INFO memory, when besides this reader there are only `others` connections, every table has settled and
        what a FLUSHDB ASYNC left to another thread is freed. A timer that came by since this reader connected has
        counted it in mem_clients_normal; alone, it looks until none has."""
        def unsettled(fields):
            rehashing = fields.get("mem_overhead_db_hashtable_rehashing")
            if rehashing is None:
                rehashing = any(b"rehashing target" in stats for stats in self.table_stats())
            counted = not others and fields["mem_clients_normal"]
            return rehashing or counted or fields["lazyfree_pending_objects"] or fields["connected_clients"] > 1 + others

        return settled(lambda: fields_of(self.ask("INFO", "clients", "memory")), unsettled,
                       "the tables, the connections, what they weigh or the lazy frees did not settle")

    def stats(self, others=0):
        """MEMORY STATS by name; as in info(), one that is alone looks until no timer has counted it."""
        def look():
            words = self.ask("MEMORY", "STATS")
            return {name.decode(): value for name, value in zip(words[::2], words[1::2])}

        return settled(look, lambda stats: not others and stats["clients.normal"], "timers counted each reader")

    def used(self, others=0):
        """used_memory without chained buckets, once all is settled."""
        return self.info(others)["used_memory"] - self.chained()

    def used_with_chains(self, others=0):
        return self.info(others)["used_memory"]

    def used_now(self):
        """Without chained buckets, in the middle of a rehash too."""
        return fields_of(self.ask("INFO", "clients", "memory"))["used_memory"] - self.chained()

    def chained(self):
        """Bytes of chained buckets of all databases' tables."""
        return sum(map(chained_in, self.table_stats()))

    def table_stats(self):
        """What DEBUG HTSTATS tells of each database; before 7.2 it took no word `full`, and told all."""
        filled = re.findall(rb"^db(\d+):", self.ask("INFO", "keyspace"), re.MULTILINE)
        for number in filled:
            full, = self.load([("DEBUG", "HTSTATS", number, "full")])
            yield full if isinstance(full, bytes) else self.ask("DEBUG", "HTSTATS", number)

    def wait_for_cron(self):
        """Until every table that lost its keys is being shrunk, where a timer sees to that: before 7.2."""
        if "mem_overhead_db_hashtable_rehashing" in fields_of(self.ask("INFO", "memory")):
            return
        settled(lambda: [is_to_shrink(stats) for stats in self.table_stats()], any, "no timer shrank the tables")

    def used_at_rest(self):
        """Once it has not moved by more than a timer's own noise for several runs of the servers' timer (10 a second)."""
        deadline = time.monotonic() + servers.LIMIT_S
        least = most = self.used()
        rested = time.monotonic()
        while time.monotonic() < rested + REST_S and time.monotonic() < deadline:
            time.sleep(0.02)
            used = self.used()
            least, most = min(least, used), max(most, used)
            if most - least > NOISE:
                least = most = used
                rested = time.monotonic()
        return used


def settled(look, unsettled, complaint):
    """What a look found as soon as it is not unsettled. Raises with the complaint if that takes too long."""
    deadline = time.monotonic() + servers.LIMIT_S
    while unsettled(found := look()):
        if time.monotonic() > deadline:
            raise RuntimeError(complaint)
        time.sleep(0.002)
    return found


def words_of(request):
    return [word if isinstance(word, bytes) else str(word).encode() for word in request]


def value_of(reply):
    """An error becomes text, so that it is told from bytes; a list, a list of values."""
    kind, value = reply
    if kind == "error":
        return value.decode()
    return [value_of(element) for element in value] if kind == "array" else value


def pipe(connection, requests):
    values = []
    for start in range(0, len(requests), BATCH):
        batch = requests[start:start + BATCH]
        for request in batch:
            connection.send(words_of(request))
        values += [value_of(connection.reply()) for _ in batch]
    return values


def chained_in(stats):
    """Bytes of chained buckets that a reply of DEBUG HTSTATS tells; an error, for what has no table, tells none."""
    counts = re.findall(rb"child buckets: (\d+)", stats) if isinstance(stats, bytes) else ()
    return CHAINED_BUCKET * sum(map(int, counts))


def is_to_shrink(stats):
    """Whether DEBUG HTSTATS tells of a table that is filled to less than a tenth, and not being shrunk."""
    for table in stats.split(b"[Expires HT]"):
        size, used = (re.search(word + rb": (\d+)", table) for word in (rb"table size", rb"number of elements"))
        if size and int(used[1]) * 10 < int(size[1]) and b"rehashing target" not in table:
            return True
    return False


def fields_of(info):
    pairs = (line.split(":", 1) for line in info.decode(errors="replace").splitlines() if ":" in line)
    return {name: int(value) if value.lstrip("-").isdigit() else value for name, value in pairs}
