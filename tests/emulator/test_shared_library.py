#!/usr/bin/env python3
"""liboutlive.so from a language that loads it at run time.

    test_shared_library.py LIBRARY
"""
import ctypes
import subprocess
import sys
import unittest


class SharedLibrary(unittest.TestCase):
    def setUp(self):
        self.library = ctypes.CDLL(LIBRARY)
        for name in ("create", "run", "explain", "reply_print"):
            getattr(self.library, f"outlive_{name}").restype = ctypes.c_void_p
        self.emulator = ctypes.c_void_p(self.library.outlive_create(None, None))
        self.addCleanup(self.library.outlive_destroy, self.emulator)

    def text(self, pointer):
        copied = ctypes.string_at(pointer).decode()
        self.library.outlive_free(ctypes.c_void_p(pointer))
        return copied

    def ask(self, *words):
        array = (ctypes.c_char_p * len(words))(*(word.encode() for word in words))
        reply = ctypes.c_void_p(self.library.outlive_run(self.emulator, ctypes.c_size_t(len(words)), array, None, None))
        printed = self.text(self.library.outlive_reply_print(reply))
        self.library.outlive_reply_free(reply)
        return printed

    def test_a_key_expires_when_the_clock_is_moved(self):
        self.assertEqual(self.ask("SET", "k", "v", "EX", "60"), "OK")
        self.assertEqual(self.ask("EVAL", "return redis.call('GET', KEYS[1])", "1", "k"), '"v"')
        self.library.outlive_advance(self.emulator, ctypes.c_int64(61_000_000), None)
        self.assertEqual(self.ask("GET", "k"), "(nil)")
        self.assertIn("TTL was over", self.text(self.library.outlive_explain(self.emulator, b"k", ctypes.c_size_t(1))))

    def test_nothing_is_seen_of_it_but_the_c_door(self):
        symbols = subprocess.run(["nm", "--dynamic", "--defined-only", LIBRARY], capture_output=True, text=True,
                                 check=True).stdout
        names = [line.split()[-1] for line in symbols.splitlines() if line.split()[-2] in "TBDR"]
        self.assertEqual([name for name in names if not name.startswith("outlive_")], [])


if __name__ == "__main__":
    LIBRARY = sys.argv.pop(1)
    unittest.main()
