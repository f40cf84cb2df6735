#!/usr/bin/env python3
"""`outlive serve --like SERVICE` on the wire: every row of the table that `--like help` shows.

    test_like.py PROGRAM
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import servers

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "commands"))
from resp import Connection

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit(__doc__)

# Words behind a name, where it takes any: enough to be past the check of their number.
ARGUMENTS = {
    "acl|deluser": ["x"], "acl|getuser": ["x"], "acl|setuser": ["x"], "client|caching": ["yes"],
    "client|no-evict": ["on"], "client|pause": ["1"], "client|kill": ["id", "1000"], "client|tracking": ["off"],
    "client|unblock": ["1000"], "client|setname": ["x"], "config|get": ["maxmemory"], "debug": ["jmap"],
    "fcall": ["f", "0"], "fcall_ro": ["f", "0"], "keys": ["*"], "move": ["key", "1"], "psubscribe": ["*"],
    "swapdb": ["0", "1"], "psync": ["?", "-1"], "wait": ["0", "0"], "replicaof": ["no", "one"], "slaveof": ["no", "one"],
    "slowlog|get": [], "memory|usage": ["key"], "object|encoding": ["key"], "failover": ["abort"],
}
# A refused container is asked for one of its subcommands.
SUBCOMMANDS = {
    "client": ["setname", "x"], "cluster": ["info"], "command": ["count"], "commandlog": ["len", "slow"],
    "config": ["get", "maxmemory"], "function": ["list"], "latency": ["latest"], "memory": ["usage", "key"],
    "object": ["encoding", "key"], "slowlog": ["len"],
}


class Client(Connection):
    """Replies as Python has them; errors as text that begins with '-'."""

    def run(self, *words):
        return plain(self.ask(*words))


def plain(reply):
    kind, value = reply
    if kind == "error":
        return "-" + value.decode()
    if kind in ("array", "set"):
        return [plain(each) for each in value]
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def rows():
    """The table: of each service its rows, as (kind, what, value, source)."""
    text = subprocess.run([PROGRAM, "serve", "--like", "help"], capture_output=True, text=True, check=True).stdout
    table = {}
    for line in text.splitlines():
        service, *row = line.split("\t")
        table.setdefault(service, []).append(row)
    return table


TABLE = rows()


def request(name):
    words = name.split("|")
    return [*words, *SUBCOMMANDS.get(name, ARGUMENTS.get(name, []))]


class Like(unittest.TestCase):
    def start(self, service, *directives):
        self.server = servers.Server([PROGRAM, "serve"], "--like", service, "--enable-outlive-command",
                                     "yes", *directives)
        self.addCleanup(self.server.stop)
        client = Client(self.server.port)
        self.addCleanup(client.close)
        return client

    def operator(self, client):
        self.assertEqual(client.run("OUTLIVE", "OPERATOR", "ON"), "OK")
        return client

    def test_every_row_names_its_page(self):
        for service, table in TABLE.items():
            for kind, what, _, source in table:
                with self.subTest(service=service, kind=kind, what=what):
                    if kind in ("refuses", "answers", "sets", "fixes"):
                        self.assertRegex(source, "^https://")

    def test_what_a_service_refuses_fails(self):
        for service, table in TABLE.items():
            words = next(value for kind, _, value, _ in table if kind == "answers")
            client = self.start(service)
            for kind, name, _, _ in table:
                if kind != "refuses" or name == "all but":
                    continue
                with self.subTest(service=service, command=name):
                    self.assertRegex(str(client.run(*request(name))), f"^-{words}")

    def test_what_no_list_names_fails_where_a_list_says_so(self):
        table = TABLE["memorystore"]
        supported = next(value for kind, what, value, _ in table if kind == "refuses" and what == "all but").split()
        client = self.start("memorystore")
        other = Client(self.server.port)
        self.addCleanup(other.close)
        for name in self.operator(other).run("COMMAND", "LIST"):
            subs = [row[0] for row in other.run("COMMAND", "INFO", name)[0][9]]
            for each in subs or [name]:
                if each.startswith("outlive"):
                    continue
                with self.subTest(command=each):
                    listed = each in supported or each.split("|")[0] in supported
                    # By the right number of words, or ACL is not asked.
                    arity = abs(other.run("COMMAND", "INFO", each)[0][1])
                    words = each.split("|")
                    words += ["0"] * (arity - len(words))
                    if listed and words[0] in ("quit", "reset", "monitor", "subscribe", "psubscribe", "ssubscribe",
                                               "exec", "multi", "discard") or each == "client|reply":
                        continue
                    denied = str(client.run(*words)).startswith("-NOPERM")
                    self.assertEqual(denied, not listed)

    def test_what_a_service_sets_is_set(self):
        for service, table in TABLE.items():
            client = self.operator(self.start(service))
            for kind, name, value, _ in table:
                if kind not in ("sets", "fixes"):
                    continue
                with self.subTest(service=service, directive=name):
                    first = "" if value == "-" else value.split(" ")[0]
                    told = client.run("CONFIG", "GET", name)[1]
                    if name == "maxclients" and told != first:
                        self.assertLess(int(told), int(first))  # as many as this machine lets it have
                    else:
                        self.assertEqual(told, first)

    def test_what_a_service_fixes_can_not_be_set(self):
        others = {"yes": "no", "no": "yes", "": "KEA", "swapdb": "disabled", "allchannels": "resetchannels",
                  "volatile-lru": "noeviction"}
        for service, table in TABLE.items():
            for kind, name, value, source in table:
                if kind != "fixes":
                    continue
                with self.subTest(service=service, directive=name):
                    first = "" if value == "-" else value.split(" ")[0]
                    other = others[first] if first in others else str(int(first) + 1)
                    done = subprocess.run([PROGRAM, "serve", "--port", "0", "--like", service, f"--{name}", other],
                                          capture_output=True, text=True, check=False, timeout=30)
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(f"is not to be had on {service}, which allows only", done.stderr)
                    self.assertIn(source, done.stderr)

    def test_reserved_memory_is_not_for_data(self):
        client = self.start("elasticache", "--maxmemory", "100mb")
        self.assertIn(f"\r\nmaxmemory:{75 << 20}\r\n", client.run("INFO", "memory"))

    def test_volatile_lru_evicts_what_has_a_ttl(self):
        client = self.start("memorystore", "--maxmemory", "3mb")
        for i in range(1000):
            client.run("SET", f"lasting:{i}", "x" * 100)
        for i in range(20000):
            client.run("SET", f"passing:{i}", "x" * 100, "EX", "3600")
        lasting = client.run("EVAL", "return #redis.call('KEYS', 'lasting:*')", "0")
        self.assertEqual(lasting, 1000)
        self.assertGreater(int(info_field(client, "evicted_keys")), 1000)

    def test_a_configuration_file_may_say_it_anywhere(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("maxmemory 100mb\nreserved-memory-percent 50\noutlive-like elasticache\n")
            file.flush()
            server = servers.Server([PROGRAM, "serve", file.name])
        self.addCleanup(server.stop)
        client = Client(server.port)
        self.addCleanup(client.close)
        self.assertEqual(info_field(client, "maxmemory"), str(50 << 20))
        self.assertRegex(client.run("CONFIG", "GET", "maxmemory"), "^-ERR unknown command 'CONFIG'")

    def test_acl_refuses_in_the_same_words_on_a_real_server(self):
        program, complaint = servers.tool("reference-server", *servers.REFERENCES["valkey-8.1"])
        if program is None:
            self.skipTest(complaint)
        real = servers.Server([program])
        self.addCleanup(real.stop)
        judge = Client(real.port)
        self.addCleanup(judge.close)
        self.assertEqual(judge.run("ACL", "SETUSER", "default", "-config", "-object", "-slowlog"), "OK")
        client = self.start("memorystore-redis")
        commands = (("CONFIG", "GET", "maxmemory"), ("CONFIG",), ("config", "nonsense"), ("OBJECT", "Encoding", "key"),
                    ("EVAL", "return redis.pcall('object', 'encoding', 'key')", "0"),
                    ("EVAL", "return redis.call('object', 'encoding', 'key')", "0"))
        for words in commands:
            with self.subTest(words):
                self.assertEqual(client.run(*words), judge.run(*words))
        for words in (("MULTI",), ("SET", "key", "value"), ("OBJECT", "ENCODING", "key"), ("EXEC",)):
            with self.subTest(words):
                self.assertEqual(client.run(*words), judge.run(*words))
        for field in ("acl_access_denied_cmd", "errorstat_NOPERM", "cmdstat_object|encoding"):
            with self.subTest(field):
                self.assertEqual(info_field(client, field), info_field(judge, field))


    def test_elasticache_gives_itself_out_as_redis_as_a_real_valkey_can(self):
        program, complaint = servers.tool("reference-server", *servers.REFERENCES["valkey-8.1"])
        if program is None:
            self.skipTest(complaint)
        real = servers.Server([program], "--extended-redis-compatibility", "yes")
        self.addCleanup(real.stop)
        judge = Client(real.port)
        self.addCleanup(judge.close)
        client = self.start("elasticache")
        self.assertEqual(client.run("HELLO", "2")[:4], ["server", "redis", "version", "7.2.4"])
        self.assertEqual(judge.run("HELLO", "2")[:4], ["server", "redis", "version", "7.2.4"])
        for field in ("redis_mode", "server_mode", "redis_version", "server_name", "valkey_version"):
            with self.subTest(field):
                self.assertEqual(info_field(client, field), info_field(judge, field))


def info_field(client, name):
    for line in client.run("INFO", "everything").split("\r\n"):
        if line.startswith(name + ":"):
            return line.split(":", 1)[1]
    return None


if __name__ == "__main__":
    unittest.main()
