"""A case that shows a difference, made as small as it goes (delta debugging), and written as a spec."""
import re

import comparison
import resp

PLAYS_MAX = 600
SAFE_BARE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.:,*?#@=/%&<>~|^!")


class Shrinker:
    def __init__(self, duel, steps, difference):
        self.duel, self.steps, self.difference = duel, steps, difference
        self.wanted = self.kind(difference)
        self.plays = 0

    @staticmethod
    def kind(difference):
        """What must stay while it shrinks."""
        return difference.crashed or (comparison.name_of(difference.words) if difference.words else None)

    def fails(self, steps):
        """Plays it; keeps it when it parts the servers at the same command."""
        if self.plays >= PLAYS_MAX:
            return False
        self.plays += 1
        found = self.duel.play(steps)
        if not found or self.kind(found) != self.wanted:
            return False
        self.steps, self.difference = steps[:found.place + 1], found
        return True

    def run(self):
        """False when the difference does not show again."""
        if not self.fails(self.steps):
            return False
        self.drop_steps()
        self.one_connection()
        self.drop_words()
        self.shorten_words()
        self.drop_steps()
        return True

    def drop_steps(self):
        size = max(len(self.steps) // 2, 1)
        while True:
            start = 0
            while start < len(self.steps):
                fewer = self.steps[:start] + self.steps[start + size:]
                if not fewer or not self.fails(fewer):
                    start += size
            if size == 1:
                return
            size //= 2

    def one_connection(self):
        if len({step[0] for step in self.steps}) > 1:
            self.fails([(0, words, turn) for _, words, turn in self.steps])

    def drop_words(self):
        step = 0
        while step < len(self.steps):
            at = len(self.steps[step][1]) - 1
            while at >= 1 and step < len(self.steps):
                self.replace(step, at, [])
                at = min(at, len(self.steps[step][1])) - 1 if step < len(self.steps) else 0
            step += 1

    def shorten_words(self):
        step = 0
        while step < len(self.steps):
            for at in range(1, len(self.steps[step][1])):
                while step < len(self.steps) and at < len(self.steps[step][1]):
                    word = self.steps[step][1][at]
                    if len(word) < 2 or not self.replace(step, at, [word[:len(word) // 2]]):
                        break
            step += 1

    def replace(self, step, at, with_words):
        number, words, turn = self.steps[step]
        changed = (number, words[:at] + with_words + words[at + 1:], turn)
        return self.fails(self.steps[:step] + [changed] + self.steps[step + 1:])


# ---- as a spec

def as_spec(duel, steps, difference):
    """The case in the form of tests/commands/*.spec, with the real server's replies, and what outlive said instead."""
    if difference.place >= len(steps) and difference.words:
        steps = steps + [(max((step[0] for step in steps), default=0), difference.words, None)]
    replies = []
    duel.play(steps, replies=replies)
    lines = ["== " + comparison.name_of(difference.words or [b"nothing"]).replace("|", " ").upper()]
    for place, (number, words, _) in enumerate(steps):
        parts = []
        found = replies[place] if place < len(replies) else []
        if place == len(steps) - 1 and not found:
            found = [difference.real]  # Those that were not alike are not among the replies.
        if number:
            parts.append(f"[{number + 1}]")
        treatment = comparison.treatment_of(words)[0]
        if treatment:
            parts.append(f"{{{treatment}}}")
        if len(found) != 1:
            parts.append(f"{{{len(found)} replies}}")
        lines.append(" ".join(parts + [spec_word(word) for word in words]))
        lines += ["    " + line for reply in found for line in shown(reply)]
    ours, real = shown(difference.ours), shown(difference.real)
    lines += ["# outlive:"] + ["#   " + line for line in ours]
    if max(map(len, ours + real)) > 100 and len(ours) == len(real):
        lines += apart(difference.ours, difference.real)
    return "\n".join(lines)


def shown(reply):
    lines = ["nothing more"] if reply[0] == "nothing" else resp.shown(reply)
    return [line if len(line) < 400 else line[:400] + " ..." for line in lines[:40]]


def apart(ours, real):
    """Of long replies the words that are not alike."""
    one, other = (set(re.split(rb"[\s,]+", reply[1])) if isinstance(reply[1], bytes) else set() for reply in (ours, real))
    return [f"# only outlive: {resp.quoted(b' '.join(sorted(one - other)))}", f"# only Valkey: {resp.quoted(b' '.join(sorted(other - one)))}"]


def spec_word(word):
    if len(word) > 20 and len(set(word)) == 1 and word[0] in SAFE_BARE:
        return f'"{chr(word[0])}"*{len(word)}'
    return word.decode() if word and all(byte in SAFE_BARE for byte in word) else resp.quoted(word)
