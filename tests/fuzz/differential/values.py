"""The words that commands are made of: for each kind of argument those on which servers are prone to differ.

Everything lies at an edge (of a range, an encoding, a parser) or is plain enough that commands meet on it: few
keys and fields, so that most commands find something. What would make a result hang on the clock is not here: a
time to live is long, over, or nonsense.
"""

# Commands on strings mostly get keys of the first kind, on hashes of the second; both get all of them at times.
STRING_KEYS = [b"s1", b"s2", b"s3", b"s4", b"{t}s"]
HASH_KEYS = [b"h1", b"h2", b"h3", b"{t}h"]
OTHER_KEYS = [b"", b"none", b"k\x00\xff\r\n", b"K" * 60, b"k" * 300]
KEYS = STRING_KEYS * 2 + HASH_KEYS * 2 + OTHER_KEYS

FIELDS = [b"f1", b"f2", b"f3", b"f4", b"f5", b"", b"1", b"-1", b"12345678901", b"f" * 64, b"f" * 65, b"\x00\xfe"]

INTEGERS = [b"0", b"1", b"-1", b"2", b"3", b"7", b"8", b"10", b"63", b"64", b"100", b"127", b"128", b"255", b"256", b"32767",
            b"65536", b"2147483647", b"2147483648", b"-2147483648", b"-2147483649", b"4294967295", b"4294967296",
            b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808", b"-9223372036854775809",
            b"18446744073709551615", b"18446744073709551616"]
NO_INTEGERS = [b"", b"x", b"1.5", b" 1", b"1 ", b"+1", b"01", b"-0", b"0x10", b"1e3", b"nan", b"--1", b"1\x00"]

DOUBLES = [b"0", b"1", b"-1", b"0.1", b"-0.1", b"1.5", b"3.0e3", b"1e-7", b"5e-324", b"1e17", b"1e300", b"-1e308",
           b"1.7976931348623157e308", b"1e309", b"inf", b"-inf", b"+inf", b"infinity", b"nan", b"1e4932", b"1e-5000",
           b"0x1p3", b"0x10", b".5", b"5.", b"-.5", b"1e", b"", b" 1.5", b"1.5 ", b"1.5x", b"9223372036854775807",
           b"0.30000000000000004", b"123456789012345678901234567890", b"3.14159265358979323846264338327950288", b"-0",
           b"100000000000000000000000000000000000000000000000001", b"1,5"]

TEXTS = [b"", b"a", b"b", b"hello", b"Hello World", b"foobar", b"\x00", b"\x00\x01\x80\xff", b"\xff\xff\xff\xff",
         b"line\r\nline", b"x" * 20, b"x" * 43, b"x" * 44, b"x" * 45, b"y" * 63, b"y" * 64, b"y" * 65, b"z" * 127,
         b"z" * 128, b"\xc3\xa9\xe2\x82\xac", b"abcabcabcabc", b"ab" * 40, b"GET", b"EX", b"*"]
VALUES = TEXTS + INTEGERS + DOUBLES + NO_INTEGERS
# Only in cases without commands whose work grows with the square.
LONG_VALUES = [b"v" * 253, b"v" * 1000, b"w" * 4096, bytes(range(256)) * 20, b"x" * 20000, b"0" * 65536]

PATTERNS = [b"*", b"s*", b"h?", b"[sh]1", b"[^s]*", b"[a-h]*", b"\\*", b"", b"f*", b"*1", b"{t}*", b"[", b"[a", b"**", b"?",
            b"nothing", b"[z-a]1", b"s[\\1]", b"*\x00*", b"k*k", b"\\", b"f[1-3]"]

# Seconds and milliseconds that outlast a case, whatever the machine does; -1 and 0 are over at once.
SECONDS = [b"100", b"1000", b"86400", b"1000000", b"0", b"-1", b"-100", b"9223372036854775807", b"9223372036854775",
           b"9223372036854776", b"-9223372036854775808", b"9223370399119966", b"99999999999"]
MILLISECONDS = [b"100000", b"1000000", b"86400000", b"0", b"-1", b"9223372036854775807", b"9223370399119966000",
                b"-9223372036854775808", b"99999999999999"]
TIMES_S = [b"4102444800", b"33177117420", b"4102444801", b"1", b"0", b"-1", b"1000000000", b"9223372036854775807",
           b"9223372036854775", b"9223372036854776", b"-9223372036854775808"]
TIMES_MS = [b"4102444800000", b"4102444800500", b"33177117420000", b"1", b"0", b"-1", b"1000000000000",
            b"9223372036854775807", b"-9223372036854775808"]
# The shortest relative time that a case may set (see calm in grammar.py).
LASTING_MS = 90_000

OFFSETS = [b"0", b"1", b"2", b"7", b"8", b"9", b"15", b"63", b"64", b"100", b"255", b"1000", b"-1", b"-2", b"-100", b"536870912",
           b"4294967296", b"4294967297", b"9223372036854775807", b"-9223372036854775808"]
INDEXES = [b"0", b"1", b"2", b"3", b"5", b"-1", b"-2", b"-3", b"-5", b"10", b"100", b"-100", b"1000000", b"9223372036854775807",
           b"-9223372036854775808", b"7", b"8", b"15"]
BITFIELD_TYPES = [b"u1", b"u2", b"u7", b"u8", b"u16", b"u31", b"u32", b"u62", b"u63", b"i1", b"i2", b"i5", b"i8", b"i16", b"i32",
                  b"i63", b"i64", b"u64", b"u0", b"i65", b"i0", b"x8", b"u", b"", b"U8", b"u08", b"u-1"]
BITFIELD_OFFSETS = OFFSETS + [b"#0", b"#1", b"#2", b"#7", b"#100", b"#-1", b"#", b"#x", b"##1"]

DATABASES = [b"0", b"0", b"0", b"1", b"1", b"2", b"15", b"16", b"-1", b"x", b"9223372036854775808"]
COUNTS = [b"1", b"2", b"3", b"10", b"100", b"-1", b"-2", b"-10", b"0", b"1000", b"-9223372036854775808", b"9223372036854775807"]
CURSORS = [b"0", b"0", b"0", b"0", b"0", b"1", b"-1", b"x", b"", b"18446744073709551615", b"18446744073709551616", b"00", b" 0"]
SCAN_COUNTS = [b"100000", b"100000", b"9223372036854775807", b"0", b"-1", b"x"]

CHANNELS = [b"c1", b"c2", b"c3", b"", b"{t}c", b"__keyspace@0__:s1"]
NAMES = [b"name", b"", b"a b", b"other", b"n\n", b"\xc3\xa9", b"!~"]

HOT = KEYS + VALUES + SECONDS + PATTERNS[:6] + [b"NX", b"XX", b"GT", b"LT", b"GET", b"KEEPTTL", b"EX", b"PX", b"COUNT", b"MATCH",
                                                b"WITHVALUES", b"REPLACE", b"DB", b"FIELDS", b"TYPE", b"string", b"hash"]


def words_for(kind, name, command):
    """The words for an argument of this kind and name, as COMMAND DOCS has them, in this command."""
    by_name = BY_NAME.get((command, name)) or BY_NAME.get(name)
    if by_name:
        return by_name
    return BY_KIND.get(kind, VALUES)


BY_KIND = {
    "integer": INTEGERS * 4 + NO_INTEGERS, "double": DOUBLES, "pattern": PATTERNS, "string": VALUES,
    "unix-time": TIMES_S * 3 + NO_INTEGERS,
}
BY_NAME = {
    "field": FIELDS, "channel": CHANNELS, "shardchannel": CHANNELS, "encoding": BITFIELD_TYPES * 2 + NO_INTEGERS[:3],
    "seconds": SECONDS * 3 + NO_INTEGERS, "milliseconds": MILLISECONDS * 3 + NO_INTEGERS,
    "ttl": MILLISECONDS[:4] * 3 + MILLISECONDS + NO_INTEGERS, "unix-time-milliseconds": TIMES_MS * 3 + NO_INTEGERS,
    "offset": OFFSETS * 3 + NO_INTEGERS, ("bitfield", "offset"): BITFIELD_OFFSETS * 3 + NO_INTEGERS,
    ("bitfield_ro", "offset"): BITFIELD_OFFSETS * 3 + NO_INTEGERS,
    ("setbit", "value"): [b"0", b"1"] * 8 + [b"2", b"-1", b"x", b""], "bit": [b"0", b"1"] * 8 + [b"2", b"-1", b"x", b""],
    "start": INDEXES * 3 + NO_INTEGERS, "end": INDEXES * 3 + NO_INTEGERS,
    "count": COUNTS * 3 + NO_INTEGERS, ("scan", "count"): SCAN_COUNTS, ("hscan", "count"): SCAN_COUNTS,
    "cursor": CURSORS, "index": DATABASES, "index1": DATABASES, "index2": DATABASES, "destination-db": DATABASES,
    "db": DATABASES, "type": [b"string", b"hash", b"STRING", b"list", b"zset", b"stream", b"set", b"", b"none"],
    "frequency": [b"0", b"5", b"100", b"255", b"256", b"-1", b"x"],
    "min-match-len": [b"0", b"1", b"2", b"4", b"-1", b"1000", b"x"],
    "connection-name": NAMES, "clientname": NAMES, "libname": NAMES, "libver": NAMES,
    "protover": [b"2", b"3", b"3", b"2", b"1", b"4", b"x", b""], "username": [b"default", b"nobody", b""],
    "password": [b"", b"x"], "category": [b"string", b"hash", b"read", b"write", b"slow", b"nothing", b"@read"],
    ("object", "key"): KEYS, "message": TEXTS,
    ("latency", "event"): [b"command", b"x"], ("object", "seconds"): SECONDS,
    ("restore", "seconds"): [b"0", b"1000", b"-1", b"x", b"9223372036854775807"],
    ("memory|usage", "count"): [b"0", b"1", b"5", b"-1", b"x", b"9223372036854775807"],
    "section": [b"server"], "command-name": [b"get", b"set", b"nothing", b"client|kill", b"config", b"GET", b"eval", b"hset"],
    "module-name": [b"x"], "capability": [b"redirect", b"x"],
}
