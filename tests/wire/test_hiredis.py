#!/usr/bin/env python3
"""hiredis (hiredis_client.c, whose path comes first) against one server.

    test_hiredis.py CLIENT outlive PROGRAM | valkey
"""
import subprocess
import sys
import unittest

import servers


class Hiredis(unittest.TestCase):
    def test_plain_calls_pipelining_and_pushes(self):
        server = servers.Server(COMMAND)
        self.addCleanup(server.stop)
        done = subprocess.run([CLIENT, str(server.port)], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    CLIENT = sys.argv.pop(1)
    COMMAND = servers.command_of(sys.argv)
    unittest.main()
