#!/usr/bin/env python3
"""TensorZero's own gateway (PyPI `tensorzero`, the whole gateway embedded) in front of a model provider that we
play on loopback, with its limits and its cache on a server under test. What is tested stands in gateway/.

    test_gateway.py outlive PROGRAM [--tls PROGRAM] [TESTS]
    test_gateway.py valkey [--tls PROGRAM] [TESTS]

--tls: gateways connect over TLS, with certificates that PROGRAM, outlive, makes. TESTS and options as unittest has
them: `gateway.test_limits`, `-k restart`, -v.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import servers
from gateway import case, gateways

# What holds on either server, what needs a clock that can be moved, and what needs TLS.
ON_BOTH = ("limits", "cache", "urls", "split", "pressure", "failures")
ON_OUTLIVE = ("clock",)
OVER_TLS = ("tls",)


def main(folder):
    words = sys.argv
    subjects = ON_BOTH + (ON_OUTLIVE if words[1:2] == ["outlive"] else ())
    case.Setting.command = servers.command_of(words)
    if words[1:2] == ["--tls"] and len(words) > 2:
        subjects += OVER_TLS
        subprocess.run([words[2], "certs", folder], check=True, capture_output=True)
        case.Setting.certificates = pathlib.Path(folder)
        del words[1:3]
    case.Setting.python = gateways.python_with_gateway()
    named = [word for word in words[1:] if word.startswith("gateway.")]
    unittest.main(module=None, argv=words + ([] if named else [f"gateway.test_{name}" for name in subjects]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="outlive-gateway-tls-") as certificates:
        main(certificates)
