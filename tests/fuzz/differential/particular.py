"""Commands that need what a grammar can't tell: a payload, the sha of a script, a setting's values, an option that a test
survives.
"""
import programs
import values
from grammar import calm, pick

# Directives that a case may change, with hot values.
DIRECTIVES = {
    b"hash-max-listpack-entries": [b"0", b"1", b"4", b"128", b"512", b"-1", b"x"],
    b"hash-max-ziplist-entries": [b"2", b"512"],
    b"hash-max-listpack-value": [b"0", b"1", b"8", b"64", b"1000", b"-1", b"1kb"],
    b"maxmemory": [b"0", b"0", b"0", b"1gb", b"100mb", b"1", b"-1", b"x", b"1zb", b""],
    b"maxmemory-policy": [b"noeviction", b"allkeys-lru", b"allkeys-lfu", b"volatile-ttl", b"volatile-lfu", b"nothing", b"NOEVICTION"],
    b"maxmemory-samples": [b"1", b"5", b"10", b"64", b"65", b"0", b"x"],
    b"notify-keyspace-events": [b"", b"KEA", b"Kg$", b"KEhx", b"Ex", b"KEAm", b"A", b"?", b"KEgxet", b"K$", b"KEAn", b"En"],
    b"lfu-log-factor": [b"0", b"10", b"100", b"-1"], b"lfu-decay-time": [b"0", b"1", b"-1"],
    b"lua-time-limit": [b"5000", b"0", b"-1"], b"busy-reply-threshold": [b"5000"],
    b"lazyfree-lazy-user-del": [b"yes", b"no", b"maybe", b"YES"], b"lazyfree-lazy-user-flush": [b"yes", b"no"],
    b"lazyfree-lazy-expire": [b"yes", b"no"], b"hz": [b"10", b"1", b"500", b"501", b"0", b"x"],
    b"dynamic-hz": [b"yes", b"no"], b"timeout": [b"0", b"1000", b"-1"], b"tracking-table-max-keys": [b"0", b"1000000"],
    b"latency-tracking": [b"yes", b"no"], b"latency-monitor-threshold": [b"0", b"1000000"],
    b"client-output-buffer-limit": [b"normal 0 0 0", b"pubsub 32mb 8mb 60", b"nothing 0 0 0", b"normal 0 0"],
    b"slowlog-max-len": [b"128", b"0"], b"acllog-max-len": [b"128"], b"proto-max-bulk-len": [b"512mb", b"1mb", b"1"],
    b"list-max-listpack-size": [b"-2", b"128"], b"set-max-intset-entries": [b"512", b"0"], b"zset-max-listpack-value": [b"64"],
    b"active-expire-effort": [b"1", b"10", b"11"], b"databases": [b"16", b"32"], b"save": [b"", b"x"], b"appendfsync": [b"everysec", b"no"],
    b"maxclients": [b"10000"], b"loglevel": [b"notice", b"nothing"], b"min-replicas-to-write": [b"0"],
    b"close-on-oom": [b"yes"], b"maxmemory-eviction-tenacity": [b"10", b"101"], b"stop-writes-on-bgsave-error": [b"yes"],
    b"lfu-init": [b"5"], b"client-query-buffer-limit": [b"1gb", b"1"], b"rdbcompression": [b"yes", b"no"], b"rdbchecksum": [b"yes", b"no"],
}
GLOBS = [b"hash-*", b"maxmemory*", b"*ziplist*", b"nothing", b"", b"lazyfree-*", b"*", b"[hl]*-max-*", b"HASH-*", b"dir", b"port"]

DEBUGGED = [[b"DIGEST"], [b"OBJECT", None], [b"OBJECT", None], [b"SDSLEN", None], [b"SDSLEN", None], [b"HTSTATS", b"0"], [b"HTSTATS", b"99"],
            [b"HTSTATS", b"x"], [b"HTSTATS-KEY", None], [b"HTSTATS-KEY", None, b"full"], [b"DIGEST-VALUE", None, None], [b"DIGEST-VALUE"],
            [b"ERROR", b"mine it is"], [b"ERROR", b"a\r\nb"], [b"PROTOCOL", b"string"], [b"PROTOCOL", b"map"], [b"PROTOCOL", b"set"],
            [b"PROTOCOL", b"double"], [b"PROTOCOL", b"true"], [b"PROTOCOL", b"null"], [b"PROTOCOL", b"bignum"], [b"PROTOCOL", b"nothing"],
            [b"PROTOCOL", b"verbatim"], [b"PROTOCOL", b"array"], [b"PROTOCOL", b"integer"],
            [b"POPULATE", b"5"], [b"POPULATE", b"3", b"p"], [b"POPULATE", b"3", b"p", b"10"], [b"POPULATE", b"-1"], [b"POPULATE", b"2", b"p", b"x"],
            [b"STRUCTSIZE"], [b"SLEEP", b"0"], [b"SET-ACTIVE-EXPIRE", b"0"], [b"SET-ACTIVE-EXPIRE", b"1"], [b"DICT-RESIZING", b"0"], [b"nothing"],
            [b"LOG", b"x"], [b"OBJECT"], [b"OBJECT", None, b"fast"], [b"SDSLEN"], [b"SET-DISABLE-DENY-SCRIPTS", b"1"], [b"REPLYBUFFER", b"x", b"1"]]

KILLED = [[b"ID", b"999999"], [b"TYPE", b"pubsub"], [b"TYPE", b"nothing"], [b"USER", b"nobody"], [b"USER", b"default"], [b"SKIPME", b"no"],
          [b"SKIPME", b"yes"], [b"MAXAGE", b"100000"], [b"MAXAGE", b"-1"], [b"ADDR", b"1.2.3.4:5"], [b"1.2.3.4:5"], [b"LADDR", b"1.2.3.4:5"],
          [b"ID", b"x"], [b"ID", b"0"], [b"NAME", b"name"], []]
# Payloads that the real server dumps at the start, of values made by these.
DUMPED = [[[b"SET", b"d", b"hello"]], [[b"SET", b"d", b"12345"]], [[b"SET", b"d", b"-9223372036854775808"]], [[b"SET", b"d", b"x" * 100]],
          [[b"SET", b"d", b"ab" * 2000]], [[b"SET", b"d", b""]], [[b"HSET", b"d", b"f1", b"1", b"f2", b"text"]],
          [[b"HSET", b"d", b"f1", b"x" * 100, b"f2", b"5"]], [[b"HSET", b"d", b"f", b"12345678901"]], [[b"SET", b"d", b"1"], [b"APPEND", b"d", b"2"]]]
LIBRARIES_DUMPED = [[[b"FUNCTION", b"FLUSH"]], [[b"FUNCTION", b"FLUSH"], [b"FUNCTION", b"LOAD", b"#!lua name=lib1\n"
                     b"redis.register_function('f1', function(keys, args) return keys end)"]]]


def without_chance_of_expiry(words):
    """Where SET stores what has expired already, nothing may hang on who comes upon it first: the cron, a look at some keys."""
    name = words[0].lower()
    if words == [b"DEBUG", b"SET-ACTIVE-EXPIRE", b"1"]:
        return [b"DEBUG", b"SET-ACTIVE-EXPIRE", b"0"]
    if name == b"randomkey":
        return [b"DBSIZE", *words[1:]]
    if name == b"scan" and len(words) > 1:
        return [words[0], b"0", *words[2:], b"COUNT", b"1000"]
    return without_zero_in_name(words)


def without_zero_in_name(words):
    """Up to 8.0 the name that is looked for ends at a zero byte, the one that is hashed does not: whether it is found is chance."""
    return [words[0].replace(b"\0", b""), *words[1:]]


# What is generated otherwise for a version.
TAMED = {"redis-7.0": without_chance_of_expiry, "valkey-8.0": without_zero_in_name}

# A client's number that none gets.
NOBODY = b"999999999"

# A word in brackets may be left out, of words with | between them one is taken.
TEMPLATES = {
    "auth": "AUTH default x [c]",
    "acl|whoami": "ACL WHOAMI",
    "client|pause": "CLIENT PAUSE 0|-1|x [ALL|WRITE|x]",
    "client|reply": "CLIENT REPLY ON|OFF|SKIP|x",
    "client|unblock": "CLIENT UNBLOCK 999999|x|0 [ERROR|TIMEOUT|x]",
    "info": "INFO [stats|keyspace|everything|nothing|ALL] [errorstats]",
    "script|debug": "SCRIPT DEBUG x x",
    "wait": "WAIT 0 0|10|-1|x",
}
# What would make most commands find nothing, or nobody, is rarer: otherwise the command behind it.
RARE = {"flushall": ("FLUSHALL [ASYNC|SYNC|x]", "DBSIZE"), "flushdb": ("FLUSHDB [ASYNC|SYNC|x]", "DBSIZE"),
        "script|flush": ("SCRIPT FLUSH [ASYNC|SYNC|x]", "SCRIPT HELP"), "quit": ("QUIT", "PING")}
RARELY = 0.3


def by_template(chance, template):
    words = []
    for word in template.split():
        if word.startswith("[") and chance.random() < 0.5:
            continue
        words.append(pick(chance, word.strip("[]").split("|")).encode())
    return words


class Particular:
    def __init__(self, cases, payloads):
        self.cases, self.payloads = cases, payloads
        self.makers = {
            "client|kill": self.client_kill, "client|list": self.client_list, "client|tracking": self.tracking, "command|getkeys": self.get_keys,
            "command|getkeysandflags": self.get_keys_and_flags, "config|get": self.config_get, "config|set": self.config_set,
            "debug": self.debug, "eval": self.eval, "fcall": self.fcall, "function|delete": self.function_delete,
            "function|list": self.function_list, "function|load": programs.load_command, "function|restore": self.function_restore,
            "hello": self.hello, "restore": self.restore, "script|exists": self.script_exists, "script|load": self.script_load,
            "script|show": self.script_show,
        }

    def command(self, chance, name):
        """The words, or None when the grammar knows enough."""
        if name in self.makers:
            return self.makers[name](chance)
        if name in TEMPLATES:
            return by_template(chance, TEMPLATES[name])
        if name in RARE:
            return by_template(chance, RARE[name][chance.random() >= RARELY])
        return None

    # ---- what others are told to run

    def eval(self, chance):
        return programs.eval_command(chance, lambda: self.cases.inner(chance))

    def fcall(self, chance):
        return programs.fcall_command(chance, lambda: self.cases.inner(chance))

    def get_keys(self, chance):
        return [b"COMMAND", b"GETKEYS", *self.cases.any(chance)]

    def get_keys_and_flags(self, chance):
        return [b"COMMAND", b"GETKEYSANDFLAGS", *self.cases.any(chance)]

    @staticmethod
    def script_load(chance):
        return [b"SCRIPT", b"LOAD", programs.script(chance)]

    @staticmethod
    def script_exists(chance):
        return [b"SCRIPT", b"EXISTS", programs.sha(programs.script(chance)), pick(chance, values.TEXTS)]

    @staticmethod
    def script_show(chance):
        return [b"SCRIPT", b"SHOW", programs.sha(programs.script(chance))]

    @staticmethod
    def function_delete(chance):
        return [b"FUNCTION", b"DELETE", pick(chance, programs.LIBRARIES)]

    # ---- the server and its clients

    @staticmethod
    def debug(chance):
        return [b"DEBUG", *(word or pick(chance, values.KEYS) for word in pick(chance, DEBUGGED))]

    @staticmethod
    def client_kill(chance):
        return [b"CLIENT", b"KILL", *pick(chance, KILLED), *(pick(chance, KILLED) if chance.random() < 0.3 else [])]

    def client_list(self, chance):
        """Of nobody by a small number, which need not be the same client's on both servers."""
        words = self.cases.grammar.command(chance, "client|list")
        return [NOBODY if word.isdigit() and 0 < int(word) < int(NOBODY) else word for word in words]

    def config_get(self, chance):
        words = [b"CONFIG", b"GET"]
        for _ in range(1 + (chance.random() < 0.3)):
            words.append(self.directive(chance) if chance.random() < 0.6 else pick(chance, GLOBS))
        return words

    @staticmethod
    def directive(chance):
        return pick(chance, list(DIRECTIVES)) if chance.random() < 0.95 else b"nothing"

    def config_set(self, chance):
        words = [b"CONFIG", b"SET"]
        for _ in range(1 + (chance.random() < 0.2)):
            name = self.directive(chance)
            words += [name, pick(chance, DIRECTIVES.get(name, [b"x"]))]
        return words

    def tracking(self, chance):
        """With one prefix at most: to several that overlap Valkey answers twice (client_tracking.cpp). Whether a small
        number is that of a client hangs on who connected before, and is not the same on both servers."""
        words = self.cases.grammar.command(chance, "client|tracking")
        while words.count(b"PREFIX") > 1:
            at = len(words) - 1 - words[::-1].index(b"PREFIX")
            del words[at:at + 2]
        return [NOBODY if before.upper() == b"REDIRECT" and word.isdigit() and 0 < int(word) < int(NOBODY) else word
                for before, word in zip([b"", *words], words)]

    @staticmethod
    def hello(chance):
        words = [b"HELLO", *pick(chance, [[], [b"2"], [b"3"], [b"3"], [b"4"], [b"x"]])]
        for option in ([b"AUTH", b"default", b"x"], [b"SETNAME", b"name"], [b"SETNAME", b"a b"], [b"nothing"]):
            if chance.random() < 0.1:
                words += option
        return words

    def restore(self, chance):
        payload = pick(chance, self.payloads["values"])
        if chance.random() < 0.15:
            at = int(chance.random() * len(payload))
            payload = payload[:at] + bytes([payload[at] ^ 1 << int(chance.random() * 8)]) + payload[at + 1:]
        words = calm([b"RESTORE", pick(chance, values.KEYS), pick(chance, values.BY_NAME["ttl"]), payload])
        for option in ([b"REPLACE"], [b"ABSTTL"], [b"IDLETIME", b"1000"], [b"FREQ", b"100"], [b"FREQ", b"256"], [b"IDLETIME", b"-1"], [b"nothing"]):
            if chance.random() < (0.6 if option == [b"REPLACE"] else 0.07):
                words += option
        return words

    def function_restore(self, chance):
        return [b"FUNCTION", b"RESTORE", pick(chance, self.payloads["libraries"] + self.payloads["values"][:1]),
                *pick(chance, [[], [b"FLUSH"], [b"APPEND"], [b"REPLACE"], [b"nothing"], [b"FLUSH", b"APPEND"]])]

    @staticmethod
    def function_list(chance):
        return [b"FUNCTION", b"LIST", *pick(chance, [[], [b"WITHCODE"], [b"LIBRARYNAME", b"lib1"], [b"LIBRARYNAME", b"l*"], [b"nothing"],
                                                     [b"LIBRARYNAME"], [b"WITHCODE", b"LIBRARYNAME", b"LIB*"], [b"WITHCODE", b"WITHCODE"]])]
