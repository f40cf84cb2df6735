"""Cases at random: a family of commands, a few clients, pipelines, transactions, scripts."""
import random

import comparison
import values
from grammar import calm, pick, spoil
from particular import Particular

COMMANDS_PER_CASE = 200
PIPELINE_MAX = 40

STRINGS = ("append decr decrby get getdel getex getrange getset incr incrby incrbyfloat mget mset msetnx psetex set set set setex "
           "setnx setrange strlen substr").split()
BITS = "bitcount bitop bitpos getbit setbit bitfield bitfield bitfield_ro set get append del setrange getrange".split()
HASHES = ("hdel hexists hget hgetall hincrby hincrbyfloat hkeys hlen hmget hmset hrandfield hscan hset hset hset hsetnx hstrlen "
          "hvals").split()
EXPIRY = ("expire expireat expiretime persist pexpire pexpireat pexpiretime pttl ttl getex set setex psetex restore copy rename "
          "object|encoding").split()
KEYS = ("copy del exists move rename renamenx swapdb touch type unlink keys scan randomkey dbsize flushdb select set hset dump "
        "restore get hget object|encoding object|freq object|idletime object|refcount flushall").split()
INSPECTING = ("memory|usage memory|usage object|encoding object|freq object|idletime object|refcount object|help memory|help debug "
              "debug debug dump restore info strlen hlen set hset append setrange latency|reset latency|latest latency|doctor "
              "slowlog|get slowlog|len slowlog|reset commandlog|get commandlog|len commandlog|reset memory|doctor memory|stats "
              "memory|purge memory|malloc-stats").split()
SCRIPTING = "eval eval eval eval eval eval script|load script|exists script|flush script|show script|help script|kill script|debug".split()
FUNCTIONS = ("function|load function|load function|load function|load function|delete function|flush function|list function|stats "
             "function|dump function|restore function|help function|kill").split() + ["fcall"] * 8
CHANNELS = ("publish publish publish spublish subscribe unsubscribe psubscribe punsubscribe ssubscribe sunsubscribe pubsub|channels "
            "pubsub|numsub pubsub|numpat pubsub|shardchannels pubsub|shardnumsub pubsub|help ping set hset del client|info").split()
CLIENTS = ("client|caching client|capa client|getname client|getredir client|help client|id client|import-source client|info "
           "client|kill client|list client|no-evict client|no-touch client|pause client|reply client|setinfo client|setname "
           "client|tracking client|tracking client|tracking client|trackinginfo client|unblock client|unpause hello hello reset select "
           "echo ping auth get set hget mget hset del quit").split()
SERVER = ("config|get config|get config|set config|set config|set config|help config|resetstat config|rewrite command|info command|getkeys "
          "command|getkeysandflags command|count command|help command|docs command|list dbsize flushall flushdb swapdb time lastsave role "
          "wait acl|cat acl|whoami acl|users info lolwut set hset get "
          "hget").split()
BASIC = "set set get hset hset hget del expire type incr append mget hgetall exists rename copy ttl setrange".split()

FAMILIES = {
    "strings": STRINGS, "bits": BITS, "hashes": HASHES, "expiry": EXPIRY, "keys": KEYS, "inspecting": INSPECTING, "scripting": SCRIPTING,
    "functions": FUNCTIONS, "pubsub": CHANNELS, "clients": CLIENTS, "server": SERVER, "lcs": ["lcs", "lcs", "set", "append", "get"],
    "transactions": STRINGS + HASHES + EXPIRY,
}
# What not every version has: its docs decide.
NEWER = {
    "strings": "delifeq delifeq msetex msetex".split(),
    "hashes": ("hgetex hsetex hsetex hexpire hpexpire hexpireat hpexpireat httl hpttl hexpiretime hpexpiretime hpersist "
               "hgetdel").split(),
    "expiry": "hexpire httl hpersist hsetex hset".split(),
}
# Shares of commands that come from the family, from BASIC, and from anywhere.
FAMILY, ELSEWHERE = 0.75, 0.07
NOT_ELSEWHERE = {"lcs", "client|reply", "client|kill", "quit", "subscribe", "psubscribe", "ssubscribe"}
# Families whose transactions, connections' protocols and so on are hot too.
TRANSACTION = {"transactions": 0.35}
# What doesn't travel in a transaction or a script: it would change who gets which replies.
ALONE = {"client|reply", "client|kill", "client|pause", "quit", "reset", "hello", "subscribe", "psubscribe", "ssubscribe", "unsubscribe",
         "punsubscribe", "sunsubscribe", "config|set", "debug", "swapdb", "wait", "auth"}


class Cases:
    """Makes the case of a number, the same for the same seed."""

    def __init__(self, seed, grammar, payloads, families, tame=None):
        self.seed, self.grammar, self.families = seed, grammar, families
        self.tame = tame or (lambda words: words)
        self.names = {family: [name for name in names + NEWER.get(family, []) if name in grammar.makers]
                      for family, names in FAMILIES.items()}
        self.all = sorted({name for names in self.names.values() for name in names})
        self.of_data = [name for family in ("strings", "hashes", "expiry", "keys") for name in self.names[family]]
        self.particular = Particular(self, payloads)

    def case(self, number):
        """[(connection, words, turn)]"""
        chance = random.Random(f"{self.seed}/{number}")
        family = pick(chance, self.families)
        self.long = family != "lcs"
        steps = []
        connections = 1 + int(chance.random() * 3)
        for connection in range(connections):
            if chance.random() < 0.4:
                steps.append((connection, [b"HELLO", b"3"], -1))
        if chance.random() < 0.3:
            steps.append((connections, [b"PSUBSCRIBE", b"__key*"], -1))
            steps.append((0, [b"CONFIG", b"SET", b"notify-keyspace-events", pick(chance, [b"KEA", b"EA", b"KEAm"])], -1))
        while len(steps) < COMMANDS_PER_CASE:
            connection = int(chance.random() * connections)
            steps += [(connection, words, len(steps)) for words in self.pipeline(chance, family)]
        return steps

    def pipeline(self, chance, family):
        """Commands that one connection sends at once."""
        commands = []
        length = 1 + int(chance.random() ** 2 * PIPELINE_MAX)
        while len(commands) < length:
            if chance.random() < TRANSACTION.get(family, 0.02):
                commands += self.transaction(chance, family)
            else:
                commands.append(self.any_command(chance, family))
        return commands

    def transaction(self, chance, family):
        commands = [[b"WATCH", pick(chance, values.KEYS)]] if chance.random() < 0.3 else []
        if chance.random() < 0.1:
            return commands + [[pick(chance, [b"EXEC", b"DISCARD", b"UNWATCH"])]]
        commands.append([b"MULTI"])
        for _ in range(int(chance.random() * 7)):
            name = self.name(chance, family)
            commands.append(self.command(chance, name if name not in ALONE else "get"))
        if chance.random() < 0.05:
            commands.insert(1 + int(chance.random() * (len(commands) - 1)), pick(chance, [[b"MULTI"], [b"WATCH", b"s1"], [b"UNWATCH"], [b"EXEC", b"x"]]))
        commands.append([b"EXEC"] if chance.random() < 0.9 else [pick(chance, [b"DISCARD", b"RESET"])])
        return commands

    def name(self, chance, family):
        turn = chance.random()
        if turn < FAMILY:
            return pick(chance, self.names[family])
        if turn < 1 - ELSEWHERE:
            return pick(chance, BASIC)
        # LCS takes time and room with the square of the lengths.
        name = pick(chance, self.all)
        return name if name not in NOT_ELSEWHERE else "get"

    def any_command(self, chance, family):
        return self.command(chance, self.name(chance, family))

    def command(self, chance, name):
        return self.tame(self.wild(chance, name))

    def wild(self, chance, name):
        words = self.particular.command(chance, name)
        if words:
            return calm(spoil(chance, words)) if chance.random() < 0.03 and name not in ALONE else words
        words = self.grammar.command(chance, name)
        if self.long and chance.random() < 0.01 and name in ("set", "append", "hset", "setrange", "getset", "mset", "setnx", "hmset", "setex"):
            words[-1] = pick(chance, values.LONG_VALUES)
        return words

    def any(self, chance):
        return self.command(chance, pick(chance, self.all))

    def inner(self, chance):
        """A command for a script, whose reply neither chance nor the clock decides."""
        while True:
            name = pick(chance, self.of_data if chance.random() < 0.9 else self.all)
            if name in ALONE or name in ("lcs", "eval", "fcall") and chance.random() < 0.9:
                continue
            words = self.command(chance, name)
            if comparison.treatment_of(words) is comparison.EXACT:
                return words
