"""When two replies count as the same.

To the byte, but where a command's row in TREATMENTS says otherwise: where the hash seed decides an order, chance a
choice, the clock a number. A treatment is (name for a spec, function of both replies and the command's words).
"""
import io
import itertools
import re

import resp
import run_specs

KINDS = b"".join([*resp.WORDS, *resp.BULKS, *resp.LISTS, b"%_#|"])


class Recorded(resp.Connection):
    """Replies that have come already."""

    def __init__(self, data):
        self.file, self.ahead = io.BytesIO(data), []

    def line(self):
        """Before 8.1 an error of a script may hold ends of lines: what follows and begins no reply is still of it."""
        line = self.file.readline()
        while line.startswith(b"-"):
            here = self.file.tell()
            more = self.file.readline()
            if not more or line.endswith(b"\r\n") and more[:1] in KINDS:
                self.file.seek(here)
                break
            line += more
        return line

    def elements(self, kind, size):
        """Redis 7.0 tells whoever runs a command of messages in the midst of its reply: they come before it here."""
        found = []
        while len(found) < size:
            element = self.reply()
            (found if element[0] != "push" or first_word(element) not in DELIVERIES else self.ahead).append(element)
        return (kind, found) if size >= 0 else ("nil array", None)


def replies_of(data):
    """All replies in these bytes; a stream that breaks off ends with CLOSED."""
    recorded, found = Recorded(data), []
    while recorded.file.tell() < len(data):
        reply = recorded.reply()
        found += [*recorded.ahead, reply]
        recorded.ahead.clear()
    return found


# ---- treatments

def exact(ours, real, words):
    return ours == real


def sorted_alike(ours, real, words):
    return run_specs.in_order(ours) == run_specs.in_order(real)


def pairs_alike(ours, real, words):
    if ours[0] != "array" or real[0] != "array":
        return sorted_alike(ours, real, words)
    return run_specs.in_pairs(ours) == run_specs.in_pairs(real)


def same_kind(ours, real, words):
    return ours[0] == real[0] != "error"


COMPRESSED = 0xc3


def same_size(ours, real, words):
    """Of payloads: in another order they are as long. What LZF finds to repeat hangs on the memory that it is lent."""
    if not ours[0] == real[0] == "bulk":
        return False
    return len(ours[1]) == len(real[1]) or COMPRESSED in ours[1][1:2] and COMPRESSED in real[1][1:2]


def idle_alike(ours, real, words):
    """Small integers are one object where there is such a thing, and idle since any of them was met."""
    return near(2)(ours, real, words) or chains and same_kind(ours, real, words)


def same_count(ours, real, words):
    return same_kind(ours, real, words) and (ours[0] not in resp.MARKS or len(ours[1]) == len(real[1]))


def all_known(ours, real, words):
    """outlive has fewer commands, but none that Valkey has not."""
    if len(words) < 3:
        return sorted_alike(ours, real, words)
    return ours[0] == real[0] == "array" and all(one in real[1] for one in ours[1] if not one[1].startswith(b"outlive"))


ADDRESS = re.compile(rb"0x[0-9a-f]{6,16}")


def alike_without_addresses(ours, real, words):
    """Lua shows tables and functions by where they are."""
    if ours[0] in resp.MARKS:
        return (ours[0] == real[0] and len(ours[1]) == len(real[1]) and ours[0] != "map" and
                all(alike_without_addresses(*pair, words) for pair in zip(ours[1], real[1])))
    if not isinstance(ours[1], bytes) or not isinstance(real[1], bytes):
        return ours == real
    return ours[0] == real[0] and ADDRESS.sub(b"0x", ours[1]) == ADDRESS.sub(b"0x", real[1])


TAKEN = re.compile(rb"ERR Function \w+ already exists")


def collisions_alike(ours, real, words):
    """Which of a library's functions is found to be there first."""
    return ours[0] == real[0] == "error" and all(TAKEN.fullmatch(reply[1]) for reply in (ours, real))


def rows_alike(ours, real, words):
    return deeply_alike(ours, real, words) if len(words) > 2 else same_kind(ours, real, words)


def near(tolerance):
    def check(ours, real, words):
        return ours[0] == real[0] == "integer" and abs(ours[1] - real[1]) <= tolerance
    return check


def deep_sorted(reply):
    kind, value = reply
    if kind == "map":
        return kind, sorted(((deep_sorted(key), deep_sorted(element)) for key, element in value), key=repr)
    return (kind, sorted(map(deep_sorted, value), key=repr)) if kind in resp.MARKS else reply


def deeply_alike(ours, real, words):
    return deep_sorted(ours) == deep_sorted(real)


def scans_alike(ours, real, words):
    """Whole, they hold the same; in parts, the hash seed decides what comes first."""
    if not ours[0] == real[0] == "array":
        return False
    (end_ours, found_ours), (end_real, found_real) = ours[1], real[1]
    begun = words[2 if words[0].lower() == b"hscan" else 1]
    whole = begun.strip(b"0") == b"" and end_ours[1] == end_real[1] == b"0"
    in_pairs = words[0].lower() == b"hscan" and b"novalues" not in map(bytes.lower, words)
    alike = pairs_alike if in_pairs else sorted_alike
    return not whole or alike(found_ours, found_real, words)


# Whether the version is one whose tables are chains (dict.c). How far such a table's move to another has come hangs on the
# seed, and until it is over the one that is left counts too: 2^n pointers, four at least. And a string that a script set
# may keep the larger room of a word that another script gave before (script_lua.c, lua_args_cached_objects).
chains = False
SMALLEST_TABLE = 32
ROOM_MAX = 64
CHAINED_BUCKET = 64
# An empty hash table with its first bucket weighs more than this.
TABLE_MIN = 200


def weights_alike(ours, real, words):
    """Buckets that are chained where the seed makes many entries meet; elements that are sampled.

    The elements' mean is added to the table's bytes as a double and cut off: beside another table it may lose one.
    """
    if not ours[0] == real[0] == "integer":
        return False
    apart = abs(ours[1] - real[1])
    if chains and ours[1] < real[1] and apart <= ROOM_MAX:
        return True
    if min(ours[1], real[1]) < TABLE_MIN:
        return False
    if chains and apart >= SMALLEST_TABLE and apart.bit_count() == 1:
        return True
    chained = round(apart / CHAINED_BUCKET)
    return words[-1] != b"0" or apart == 0 or chained > 0 and abs(apart - chained * CHAINED_BUCKET) <= 1


# Timers, buffers, and what differs from process to process.
CLIENT_FACTS_OF_A_RUN = re.compile(rb"\b(id|addr|laddr|fd|age|idle|qbuf|qbuf-free|argv-mem|multi-mem|rbs|rbp|obl|oll|omem|tot-mem|"
                                   rb"tot-net-in|tot-net-out|tot-cmds|events)=\S*")
DEBUG_FACTS_OF_A_RUN = re.compile(rb"at:0x[0-9a-f]+|(?:lru|lru_seconds_idle|lfu_access_time_minutes|lfu_freq):\d+")


def without(pattern, order=False):
    def facts(value):
        lines = pattern.sub(b"", value).split(b"\n")
        return sorted(lines) if order else lines

    def check(ours, real, words):
        return ours[0] == real[0] and ours[0] in ("status", "bulk", "verbatim") and facts(ours[1]) == facts(real[1])
    return check


# outlive's own, and what every server under test has for itself.
DIRECTIVES_OF_A_RUN = {b"dir", b"port", b"enable-outlive-command", b"outlive-allocator-quantum", b"outlive-clock",
                      b"outlive-like", b"outlive-profile", b"outlive-seed"}


def settings_alike(ours, real, words):
    def settings(reply):
        kind, value = reply
        pairs = value if kind == "map" else zip(value[::2], value[1::2]) if kind == "array" else [(reply, reply)]
        return {key[1]: element for key, element in pairs if key[1].lower() not in DIRECTIVES_OF_A_RUN}
    return ours[0] == real[0] and settings(ours) == settings(real)


def greeting_alike(ours, real, words):
    """HELLO, but for the client's number."""
    def facts(reply):
        kind, value = reply
        pairs = value if kind == "map" else list(zip(value[::2], value[1::2])) if kind == "array" else [(reply, reply)]
        return [(key, element) for key, element in pairs if key[1] != b"id"]
    return ours[0] == real[0] and facts(ours) == facts(real)


# What INFO counts, and neither clock, chance nor process decides.
STATISTICS = re.compile(rb"(total_commands_processed|total_error_replies|unexpected_error_replies|keyspace_(?:hits|misses)|expired_keys|"
                        rb"evicted_keys|pubsub\w*|tracking_\w+|number_of_\w+|acl_access_denied_\w+|errorstat_\w+|maxmemory_policy|"
                        rb"db\d+|cmdstat_[\w|]+):(.*)")
STATISTICS_OF_A_RUN = re.compile(rb"(?:avg_ttl|usec|usec_per_call)=[-\d.]+,?")


def statistics_alike(ours, real, words):
    def facts(value):
        return {name: STATISTICS_OF_A_RUN.sub(b"", count.strip()) for name, count in STATISTICS.findall(value)}
    return ours[0] == real[0] != "error" and facts(ours[1]) == facts(real[1])


EXACT = (None, exact)
TREATMENTS = {
    **dict.fromkeys(("hkeys", "hvals", "keys", "pubsub|channels", "pubsub|shardchannels"),
                    ("sorted", sorted_alike)),
    **dict.fromkeys(("hgetall", "hscan", "scan"), ("pairs", pairs_alike)),
    **dict.fromkeys(("scan", "hscan"), ("shape", scans_alike)),
    **dict.fromkeys(("randomkey", "time", "lastsave", "client|id", "memory|stats", "memory|doctor", "memory|malloc-stats",
                     "latency|doctor", "latency|histogram", "latency|latest", "latency|graph", "slowlog|get", "slowlog|len",
                     "commandlog|get", "commandlog|len", "lolwut", "acl|genpass", "object|freq", "debug|htstats",
                     "debug|htstats-key", "command", "command|docs", "command|list", "command|count", "acl|log", "role"),
                    ("shape", same_kind)),
    **dict.fromkeys(("dump", "function|dump"), ("shape", same_size)),
    **dict.fromkeys(("eval", "eval_ro", "evalsha", "evalsha_ro", "fcall", "fcall_ro"), ("shape", alike_without_addresses)),
    **dict.fromkeys(("function|load", "function|restore"), (None, collisions_alike)),
    "hrandfield": ("shape", same_count), "acl|cat": ("shape", all_known),
    **dict.fromkeys(("ttl", "expiretime"), ("shape", near(2))),
    "object|idletime": ("shape", idle_alike),
    **dict.fromkeys(("pttl", "pexpiretime"), ("shape", near(3000))),
    "function|list": ("shape", deeply_alike), "command|info": ("shape", rows_alike), "memory|usage": ("shape", weights_alike),
    "client|list": ("shape", without(CLIENT_FACTS_OF_A_RUN, order=True)), "client|info": ("shape", without(CLIENT_FACTS_OF_A_RUN)),
    "debug|object": ("shape", without(DEBUG_FACTS_OF_A_RUN)), "config|get": ("shape", settings_alike), "hello": ("shape", greeting_alike),
    "info": ("shape", statistics_alike),
}
CONTAINERS = {name.split("|")[0] for name in TREATMENTS if "|" in name}


def name_of(words):
    """A command's full name, as in COMMAND: `client|list`."""
    name = words[0].decode("latin-1").lower()
    return f"{name}|{words[1].decode('latin-1').lower()}" if name in CONTAINERS and len(words) > 1 else name


def treatment_of(words):
    return TREATMENTS.get(name_of(words), EXACT)


# ---- differences that are known, with the reason

UNSUPPORTED = b"is not supported by outlive"
NESTED, OTHERWISE = "nesting of [[...]] is deprecated", re.compile("unfinished long|unexpected symbol|'=' expected")
KNOWN = {
    "held by the queue": "a value that MULTI's own queue wrote counts the queue's word as a holder until EXEC is over",
    "nested long brackets": "Lua's own source, as Valkey bundles it, calls [[ within [[ deprecated; Debian's build of Valkey lacks that check",
    "on the tick": "GT and LT set a time beside another, each reckoned from its own now: did a millisecond pass in between?",
    "refused by name": "what outlive lacks (persistence, replication, users, modules) it says instead of ignoring it",
}


# Whose replies tell what Lua says of a chunk.
SCRIPTED = ("eval", "eval_ro", "evalsha", "evalsha_ro", "fcall", "fcall_ro", "script|load", "function|load")


EXPIRING = (b"expire", b"pexpire", b"expireat", b"pexpireat", b"hexpire", b"hpexpire", b"hexpireat", b"hpexpireat")


def known(ours, real, words):
    """The name of the known difference that this is, or None."""
    if ours[0] == "error" and UNSUPPORTED in ours[1]:
        return "refused by name"
    if name_of(words) == "object|refcount" and (ours, real) == (("integer", 1), ("integer", 2)):
        return "held by the queue"
    if name_of(words) in SCRIPTED and NESTED in repr(ours) and real[0] == ours[0] and OTHERWISE.search(repr(real)):
        return "nested long brackets"
    return None


def on_the_tick(words):
    """Whether what a command answers, or one that a script is to run, hangs on the very millisecond: it may differ once and
    not again."""
    expires = any(word.lower() in EXPIRING for word in (words if name_of(words) in SCRIPTED else words[:1]))
    return expires and any(word.upper() in (b"GT", b"LT") for word in words[2:])


# ---- streams of replies

DELIVERIES = {b"message", b"pmessage", b"smessage", b"invalidate", b"tracking-redir-broken"}
CONFIRMATIONS = {b"subscribe", b"unsubscribe", b"psubscribe", b"punsubscribe", b"ssubscribe", b"sunsubscribe"}


def first_word(reply):
    kind, value = reply
    return value[0][1] if kind in ("array", "push") and value and value[0][0] == "bulk" else None


def delivered(replies, start):
    """The run of deliveries from there on."""
    end = start
    while end < len(replies) and first_word(replies[end]) in DELIVERIES:
        end += 1
    return replies[start:end]


# Whether messages to whoever causes them wait for the reply (all but Redis 7.0). Where they do not, each command has an order
# of its own of its reply and the event that it tells.
messages_wait = True


def events_last(replies):
    def tells_event(reply):
        return first_word(reply) in DELIVERIES and any(word[1] and word[1].startswith(b"__key") for word in reply[1][-2:-1])
    return [one for one in replies if not tells_event(one)] + [one for one in replies if tells_event(one)]


def tells_of_eviction(delivery):
    *_, channel, message = [word for _, word in delivery[1]]
    return channel.startswith(b"__key") and b"evicted" in (message, channel.rpartition(b":")[2])


def by_subscription(deliveries):
    """Which of several patterns is served first the hash seed decides; what each gets has an order, but for evictions
    in a row: of keys that are alike chance takes one first."""
    found = {}
    for kind, value in deliveries:
        found.setdefault(repr(value[:2]), []).append((kind, value))
    for subscription, delivered_there in found.items():
        runs = itertools.groupby(delivered_there, tells_of_eviction)
        found[subscription] = [sorted(run, key=repr) if evicted else list(run) for evicted, run in runs]
    return found


def confirms(reply):
    """Whether it confirms that somebody began to listen or ceased to: the word, the channel, how many are left."""
    return first_word(reply) in CONFIRMATIONS and len(reply[1]) == 3 and reply[1][2][0] == "integer"


class Walk:
    """Goes through the two streams of replies to some commands, side by side, and says where they part."""

    def __init__(self, commands):
        self.commands = commands
        self.at = 0
        self.queued = None
        self.met = []
        # Of the real side, by command.
        self.replies = [[] for _ in commands]

    def difference(self, ours, real):
        """(number of the command or None, our reply, the real one) where they first differ."""
        if not messages_wait:
            ours, real = events_last(ours), events_last(real)
        place = 0
        while place < len(ours) and place < len(real):
            one, other = ours[place], real[place]
            place += 1
            if first_word(one) in DELIVERIES or first_word(other) in DELIVERIES:
                mine, theirs = (delivered(replies, place - 1) for replies in (ours, real))
                if by_subscription(mine) != by_subscription(theirs):
                    return self.at - 1, one, other
                self.note(self.at - 1, theirs)
                place += len(theirs) - 1
                continue
            number = self.next_command(first_word(other) if confirms(other) else None)
            if confirms(other):
                until = place
                # A channel may be named like the word: only what confirms counts.
                while until < min(len(ours), len(real)) and confirms(real[until]) and first_word(real[until]) == first_word(other):
                    until += 1
                mine, theirs = ours[place - 1:until], real[place - 1:until]
                if sorted(map(repr, mine)) != sorted(map(repr, theirs)) and not self.left_alike(mine, theirs):
                    return number, one, other
                self.note(number, theirs)
                self.skip_confirmed(theirs)
                place = until
            elif not self.alike(number, one, other):
                return number, one, other
            else:
                self.note(number, [other])
        if len(ours) != len(real):
            rest = [replies[place] if place < len(replies) else ("nothing", None) for replies in (ours, real)]
            return self.next_command(), *rest
        return None

    def note(self, number, replies):
        if 0 <= number < len(self.replies):
            self.replies[number] += replies

    def next_command(self, confirmed=None):
        """Which command a reply belongs to; no silence keeps it from confirming what it is told here."""
        while self.at < len(self.commands) and self.silenced(self.at) and self.commands[self.at][0].lower() != confirmed:
            if self.commands[self.at][0].lower() == b"multi":  # it begins all the same
                self.queued = []
            self.at += 1
        self.at += 1
        return self.at - 1

    def silenced(self, number):
        """By CLIENT REPLY, which says nothing itself unless it is ON."""
        off = skipped = skips_next = mode = False
        for before in range(number + 1):
            words = [word.lower() for word in self.commands[before][:3]]
            skipped, skips_next = skips_next, False
            off = off and words != [b"reset"]
            mode = words[2] if words[:2] == [b"client", b"reply"] and len(words) == 3 else None
            if mode == b"on":
                off = skipped = False
            elif mode == b"off":
                off = True
            elif mode == b"skip":
                skips_next = not off
        return off or skipped or mode == b"skip"

    def skip_confirmed(self, confirmations):
        """Those beyond a command's own belong to the commands after it that are alike."""
        words = self.commands[self.at - 1] if self.at <= len(self.commands) else [b""]
        left = confirmations[self.answers(words, confirmations):]
        while left and self.at < len(self.commands) and self.commands[self.at][0].lower() == words[0].lower():
            left = left[self.answers(self.commands[self.at], left):]
            self.at += 1

    @staticmethod
    def answers(words, confirmations):
        """How many of these confirm the first of the commands. One without words leaves all channels, each of which makes
        them fewer, or none."""
        if len(words) > 1:
            return len(words) - 1
        left = [reply[1][2][1] for reply in confirmations]
        return 1 + sum(1 for _ in itertools.takewhile(lambda pair: pair[1] < pair[0], itertools.pairwise(left)))

    @staticmethod
    def left_alike(ours, real):
        """Confirmations of leaving all channels, whose order hangs on the seed."""
        def facts(replies):
            return ([sorted(repr(reply[1][1]) for reply in replies), sorted(reply[1][2] for reply in replies)]
                    if all(len(reply[1]) == 3 for reply in replies) else replies)
        return facts(ours) == facts(real)

    def alike(self, number, ours, real):
        words = self.commands[number] if number < len(self.commands) else [b""]
        name = words[0].lower()
        queued, self.queued = self.queued, self.queued
        if name == b"multi" and real == ("status", b"OK"):
            self.queued = []
        elif real == ("status", b"QUEUED") and self.queued is not None:
            self.queued.append(words)
        elif name in (b"exec", b"discard", b"reset"):
            self.queued = None
        if ours == real:
            return True
        if name == b"exec" and queued and ours[0] == real[0] == "array" and len(ours[1]) == len(real[1]) == len(queued):
            return all(self.replies_alike(inner, *pair) for inner, *pair in zip(queued, ours[1], real[1]))
        return self.replies_alike(words, ours, real)

    def replies_alike(self, words, ours, real):
        if treatment_of(words)[1](ours, real, words) or ours == real:
            return True
        reason = known(ours, real, words)
        if reason:
            self.met.append(reason)
        return bool(reason)
