"""Runs `outlive run` for the tests beside it."""
import json
import pathlib
import pty
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
# Those that ship with outlive; a name with "_" in front is a part of others.
FILES = sorted(file for file in SCENARIOS.rglob("*.toml") if not file.name.startswith("_"))


def run(program, *words):
    """Exit status, standard output, standard error."""
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def played(program, *words):
    """The scenarios of a JSON report, by file name."""
    status, out, err = run(program, "run", "--format", "json", *words)
    if status == 2:
        raise AssertionError(f"could not run {words}: {err}{out}")
    return {pathlib.Path(one["file"]).name: one for one in json.loads(out)["scenarios"]}


def verdicts(scenario):
    return [(check["kind"], check["claim"], check["verdict"]) for check in scenario["checks"]]


def figure(scenario, kind, name):
    return next(check["figures"][name] for check in scenario["checks"] if check["kind"] == kind)


def open_terminal():
    """(the side to read, the side for a program) of a pseudo-terminal. The test is skipped where there are none."""
    try:
        return pty.openpty()
    except OSError as error:
        raise unittest.SkipTest(f"no pseudo-terminals here: {error}") from error
