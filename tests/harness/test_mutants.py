#!/usr/bin/env python3
"""The shipped scenarios on emulators with a mistake each (mutants/CMakeLists.txt): each mistake must turn one.

    test_mutants.py PROGRAM…        outlive_mutant_NAME; that of the sound emulator is called none
"""
import concurrent.futures
import os
import subprocess
import sys
import unittest

from runs import FILES, SCENARIOS

PROGRAMS = {program.rpartition("outlive_mutant_")[2]: program for program in sys.argv[1:]}
del sys.argv[1:]
AS_STATED, TURNED = 0, 1


def play(program):
    """Plays up to the first scenario that does not turn out as it states: exit status, what was said."""
    done = subprocess.run([program, *map(str, FILES)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.replace(f"{SCENARIOS}/", "") + done.stderr


class Mutants(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            cls.played = dict(zip(PROGRAMS, pool.map(play, PROGRAMS.values())))

    def test_without_a_mistake_every_scenario_is_as_stated(self):
        status, said = self.played["none"]
        self.assertEqual(status, AS_STATED, said)
        self.assertEqual(said.count("as-stated "), len(FILES), said)

    def test_every_mistake_turns_a_scenario(self):
        self.assertGreater(len(self.played), 1)
        for mutant, (status, said) in self.played.items():
            if mutant == "none":
                continue
            with self.subTest(mutant):
                self.assertEqual(status, TURNED, f"nobody noticed:\n{said}")
                print(f"{mutant}: {said[said.index('turned '):]}", end="")


if __name__ == "__main__":
    unittest.main()
