"""JSON reports held against their schemas, by jsonschema, which tools/python-with brings."""
import json
import subprocess

from runs import ROOT

PACKAGE = "jsonschema==4.23.0"
CHECK = """
import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
for line in sys.stdin:
    mistake = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(json.loads(line)))
    print(json.dumps(mistake and f"{mistake.json_path}: {mistake.message}"[:500]))
"""


class Unavailable(Exception):
    """There is no jsonschema to be had here."""


def python_with_schemas():
    """The path of a Python that has jsonschema."""
    found = subprocess.run([ROOT / "tools" / "python-with", PACKAGE], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise Unavailable(f"no {PACKAGE}: {found.stderr.strip()}")
    return found.stdout.strip()


def mistakes_in(reports, schema, python):
    """By the schema: of each report (a JSON value) the worst mistake, or None."""
    lines = "".join(json.dumps(one) + "\n" for one in reports)
    done = subprocess.run([python, "-c", CHECK, schema], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
