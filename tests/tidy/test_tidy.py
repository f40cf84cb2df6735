#!/usr/bin/env python3
"""Every rule of tidy.py is seen to catch what it is for, and to leave alone what it is not for."""
import pathlib
import tempfile
import unittest

from tidy import LINES_MAX, House


def mistakes_in(files, cmake="add_library(x base/x.cpp server/clock.cpp keyspace/x.cpp)"):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {"emulator/CMakeLists.txt": cmake, **files}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return House(root).check()


class Tidy(unittest.TestCase):
    def assert_blames(self, what, files, **options):
        mistakes = mistakes_in(files, **options)
        self.assertEqual(len(mistakes), 1, mistakes)
        self.assertIn(what, mistakes[0])

    def test_an_orderly_house_has_no_mistakes(self):
        self.assertEqual(mistakes_in({
            "emulator/base/x.cpp": '#include <chrono>\n// Clock::now() is not read here.\nauto s = "rand()";\n',
            "emulator/keyspace/x.cpp": '#include "base/x.hpp"\n',
            "emulator/server/clock.cpp": "#include <thread>\nauto n = std::chrono::system_clock::now();\n",
        }), [])

    def test_the_core_does_no_io(self):
        for header in ("asio.hpp", "asio/ip/tcp.hpp", "thread", "random", "fstream", "mutex", "sys/socket.h"):
            with self.subTest(header):
                self.assert_blames("the core includes no", {"emulator/base/x.cpp": f"#include <{header}>\n"})

    def test_only_the_clock_reads_a_clock(self):
        self.assert_blames("reads a clock", {"emulator/keyspace/x.cpp": "auto n = steady_clock::now();\n"})
        self.assert_blames("reads a clock", {"harness/play/x.hpp": "auto n = time(nullptr);\n"})

    def test_the_core_draws_no_chance_of_its_own(self):
        self.assert_blames("base/random.hpp", {"emulator/base/x.cpp": "int n = rand();\n"})

    def test_arrows_point_to_rooms_before(self):
        self.assert_blames("wrong way", {"emulator/base/x.cpp": '#include "keyspace/x.hpp"\n'})
        self.assert_blames("wrong way", {"emulator/engine/x.hpp": '#include "scripting/x.hpp"\n'})
        self.assertEqual(mistakes_in({"emulator/scripting/x.hpp": '#include "engine/x.hpp"\n'}), [])

    def test_the_harness_enters_by_the_front_door(self):
        self.assert_blames("by outlive/", {"harness/play/x.hpp": '#include "engine/engine.hpp"\n'})
        self.assertEqual(mistakes_in({"harness/play/x.hpp": '#include "base/random.hpp"\n'}), [])
        self.assert_blames("by outlive/", {"harness/play/x.hpp": '#include "server/serve.hpp"\n'})
        self.assertEqual(mistakes_in({"harness/cli/x.hpp": '#include "server/serve.hpp"\n'}), [])
        self.assertEqual(mistakes_in({"harness/deployment/x.hpp": '#include "server/config_file.hpp"\n'}), [])
        self.assert_blames("by outlive/", {"harness/deployment/x.hpp": '#include "server/server.hpp"\n'})

    def test_every_source_is_built(self):
        self.assert_blames("is built by no", {"emulator/base/y.cpp": ""})
        self.assert_blames("is built by no", {"emulator/base/x.cpp": ""}, cmake="# base/x.cpp")

    def test_files_stay_readable(self):
        self.assert_blames("split by subject", {"emulator/base/x.cpp": "\n" * (LINES_MAX + 1)})


if __name__ == "__main__":
    unittest.main()
