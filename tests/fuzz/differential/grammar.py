"""Commands at random, by the grammar that the real server's COMMAND DOCS gives.

An argument's row there says its kind, its token, whether it may be left out or repeated, and what it consists of.
Each becomes a function that appends words to a list; chance comes from one generator that is handed in.
"""
import re

import values

OPTION_GIVEN = 0.4
REPEATED_MAX = 4
# Of the commands made, how many are spoilt, and how many carry options that exclude one another.
SPOILT = 0.08
CONTRADICTED = 0.05
SHUFFLED = 0.25


def pick(chance, words):
    return words[int(chance.random() * len(words))]


class Grammar:
    """Makes the words of any command that is in the docs, under its full name (`client|list`)."""

    def __init__(self, docs):
        self.makers = {}
        for name, facts in every_command(docs):
            self.makers[name] = command_maker(name, facts)

    def command(self, chance, name):
        words = [word.encode() for word in name.split("|")]
        if chance.random() < 0.1:
            words[0] = words[0].upper()
        self.makers[name](chance, words)
        if chance.random() < SPOILT:
            words = spoil(chance, words)
        return calm(words)


def every_command(docs):
    for name, facts in docs.items():
        inner = facts.get(b"subcommands")
        if inner:
            yield from every_command(inner)
        yield name.decode().lower(), facts


def command_maker(name, facts):
    group = facts.get(b"group", b"").decode()
    arguments = facts.get(b"arguments", [])
    fixed = [argument_maker(one, name, group) for one in arguments if not flagged(one, b"optional")]
    if not any(flagged(one, b"optional") for one in arguments):
        return in_a_row(fixed)
    # Options may stand in any order only after all that must be there.
    first = next(i for i, one in enumerate(arguments) if flagged(one, b"optional"))
    tail = arguments[first:]
    if not all(flagged(one, b"optional") for one in tail):
        return in_a_row([argument_maker(one, name, group) for one in arguments])
    options = [argument_maker(one, name, group) for one in tail]

    def make(chance, words):
        for maker in fixed:
            maker(chance, words)
        chosen = options
        if chance.random() < SHUFFLED:
            chosen = chance.sample(options, len(options))
        for maker in chosen:
            maker(chance, words)
        if chance.random() < CONTRADICTED:
            pick(chance, options)(chance, words)
    return make


def in_a_row(makers):
    def make(chance, words):
        for maker in makers:
            maker(chance, words)
    return make


def flagged(argument, flag):
    return flag in argument.get(b"flags", ())


def argument_maker(argument, command, group):
    """What appends one argument, with its token, once or more or not at all."""
    body, token = body_maker(argument, command, group), argument.get(b"token")
    repeated, optional = flagged(argument, b"multiple"), flagged(argument, b"optional")
    each_with_token = flagged(argument, b"multiple_token")

    def make(chance, words):
        if optional and chance.random() >= OPTION_GIVEN:
            return
        times = 1
        while repeated and times < REPEATED_MAX and chance.random() < 0.5:
            times += 1
        for turn in range(times):
            if token and (turn == 0 or each_with_token):
                words.append(token)
            body(chance, words)
    return make


def body_maker(argument, command, group):
    kind, name = argument[b"type"].decode(), argument[b"name"].decode()
    if kind == "pure-token":
        return lambda chance, words: None
    if kind in ("oneof", "block"):
        parts = [argument_maker(one, command, group) for one in argument[b"arguments"]]
        if kind == "block":
            return in_a_row(parts)
        return lambda chance, words: pick(chance, parts)(chance, words)
    if kind == "key":
        likely = {"hash": values.HASH_KEYS, "string": values.STRING_KEYS, "bitmap": values.STRING_KEYS}.get(group)
        return lambda chance, words: words.append(
            pick(chance, likely if likely and chance.random() < 0.85 else values.KEYS))
    choice = values.words_for(kind, name, command)
    return lambda chance, words: words.append(pick(chance, choice))


# ---- commands that are not as they should be

def spoil(chance, words):
    """The same with one mistake."""
    words = list(words)
    at = int(chance.random() * len(words))
    mistake = int(chance.random() * 7)
    if mistake == 0 and len(words) > 1:
        words.pop()
    elif mistake == 1:
        words.append(pick(chance, values.HOT))
    elif mistake == 2:
        words.insert(at, words[at])
    elif mistake == 3 and len(words) > 1:
        words[max(at, 1)] = pick(chance, values.HOT)
    elif mistake == 4:
        words[at] = words[at].swapcase()
    elif mistake == 5 and len(words) > 2:
        other = 1 + int(chance.random() * (len(words) - 1))
        words[max(at, 1)], words[other] = words[other], words[max(at, 1)]
    else:
        words[0] = words[0] + pick(chance, [b"x", b"\x00", b" ", b"\r\n", b"|get"])
    return words


NUMBER = re.compile(rb"#?\d{1,19}")
BRIEF = {b"psetex", b"pexpire", b"restore", b"setex", b"expire"}
# A time to live past the end of time is undefined behaviour in Valkey's restoreCommand (a signed sum runs over).
TTL_MAX = 2**62
RELATIVE = {b"px": 1, b"ex": 1000, b"expire": 1000, b"setex": 1000}
# Offsets at which a server would have to allocate more than this are not asked for: bytes, bits.
ROOMY = {b"setrange": (70_000, 2**29), b"setbit": (500_000, 2**32), b"bitfield": (500_000, 2**32)}
# A count of elements that may repeat, and are given all the same.
REPLY_HUGE = re.compile(rb"-(?!9223372036854775808)\d{4,19}")
BITFIELD_TYPE = re.compile(rb"[iu]\d+")
BITFIELD_WIDEST = 64


def calm(words):
    """The same, with nothing in it that expires in the midst of a case, or that takes half a gigabyte."""
    name = words[0].lower()
    if name == b"hrandfield" and len(words) > 2 and REPLY_HUGE.fullmatch(words[2]):
        words[2] = b"-10"
    for at in range(2, len(words)):
        word = words[at]
        if not NUMBER.fullmatch(word):
            continue
        number = int(word.lstrip(b"#"))
        before = words[at - 1].lower()
        unit = RELATIVE.get(before) or (RELATIVE.get(name, 1) if name in BRIEF and at == 2 else None)
        if name == b"restore" and number > TTL_MAX:
            words[at] = b"100000"
        elif unit and 0 < number * unit < values.LASTING_MS:
            words[at] = b"100000"
        elif name in ROOMY and (name != b"bitfield" or BITFIELD_TYPE.fullmatch(before)):
            enough, refused = ROOMY[name]
            if word.startswith(b"#"):
                number *= BITFIELD_WIDEST
            if enough < number < refused:
                words[at] = b"77"
    return words
