#!/usr/bin/env python3
"""`outlive check`: what it finds in a corpus of deployments, in text, JSON and SARIF.

    test_check.py PROGRAM             every deployment has the findings that stand in its file
    test_check.py PROGRAM --accept    writes them anew; a person reads the diff

A deployment is a file in deployments/: what it is about, then its files, each behind a line `-- NAME --`;
`-- arguments --` has the command line where that is not `.`, `-- finds --` a line a finding: severity, rule, place.
Of those in broken/, `-- says --` has the very words.
"""
import json
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import schemas
from runs import ROOT, SCENARIOS

ACCEPT = "--accept" in sys.argv and not sys.argv.remove("--accept")
PROGRAM = os.path.abspath(sys.argv.pop()) if len(sys.argv) > 1 else "outlive"
CORPUS = pathlib.Path(__file__).parent / "deployments"
SCHEMA = ROOT / "harness" / "deployment" / "check.schema.json"
VARIABLES = {"PATH": os.environ["PATH"]}


class Deployment:
    """One file of the corpus, its files unpacked into a folder."""

    def __init__(self, path):
        self.path = path
        self.kind = path.parent.name
        parts = re.split(r"^-- (.+) --\n", path.read_text(), flags=re.MULTILINE)
        self.about = parts[0]
        self.files = dict(zip(parts[1::2], parts[2::2]))
        self.arguments = shlex.split(self.files.pop("arguments", "."))
        self.expected = self.files.pop("says" if self.kind == "broken" else "finds", "")

    def check(self, *words):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in self.files.items():
                file = pathlib.Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return check(folder, *self.arguments, *words)

    def accept(self, found):
        if found == self.expected:
            return
        head = self.path.read_text().split(f"-- {self.section} --\n")[0]
        self.path.write_text(head + f"-- {self.section} --\n{found}")

    @property
    def section(self):
        return "says" if self.kind == "broken" else "finds"


def check(folder, *words, variables=None):
    """Exit status, standard output, standard error."""
    done = subprocess.run([PROGRAM, "check", *words], cwd=folder, capture_output=True, text=True, check=False,
                          env={**VARIABLES, **(variables or {})})
    return done.returncode, done.stdout, done.stderr


def line_of(finding):
    place = finding["file"] or finding["name"]
    if finding["line"]:
        place += f":{finding['line']}"
    return f"{finding['severity']} {finding['rule']} {place}\n"


def deployments(*kinds):
    return [Deployment(path) for kind in kinds for path in sorted((CORPUS / kind).glob("*.txt"))]


class Corpus(unittest.TestCase):
    maxDiff = None

    def each(self, look, *kinds):
        for one in deployments(*kinds):
            with self.subTest(f"{one.kind}/{one.path.stem}"):
                look(one)

    def test_there_are_twenty_sound_ones_and_twenty_faulty_ones_at_least(self):
        self.assertGreaterEqual(len(deployments("sound")), 20)
        self.assertGreaterEqual(len(deployments("faulty")), 20)

    def test_each_planted_fault_is_found_and_nothing_else(self):
        def look(one):
            status, out, err = one.check("--format", "json")
            self.assertEqual(err, "")
            report = json.loads(out)
            self.assertEqual(report["mistakes"], [])
            found = "".join(map(line_of, report["findings"]))
            if ACCEPT:
                one.accept(found)
                return
            self.assertEqual(found, one.expected)
            self.assertEqual(status, 1 if one.kind == "faulty" else 0)
            self.assertEqual(report["exit_status"], status)
            self.assertEqual(found != "", one.kind == "faulty")
        self.each(look, "sound", "faulty")

    def test_every_rule_finds_something_in_the_corpus(self):
        found = {line.split()[1] for one in deployments("faulty") for line in one.expected.splitlines()}
        status, out, _ = check(ROOT, "--rules")
        self.assertEqual(status, 0)
        rules = set(re.findall(r"^([a-z-]+) \((?:note|warning|error)\): ", out, re.MULTILINE))
        self.assertEqual(rules - found, {"no-headroom"})  # a share of memory: tests/harness/deployment

    def test_scenarios_that_findings_name_ship_with_outlive(self):
        def look(one):
            for finding in json.loads(one.check("--format", "json")[1])["findings"]:
                if finding["scenario"]:
                    self.assertTrue((SCENARIOS / f"{finding['scenario']}.toml").is_file(), finding["scenario"])
        self.each(look, "faulty")

    def test_what_cannot_be_read_is_told_with_its_place_and_checks_nothing(self):
        def look(one):
            status, out, err = one.check()
            if ACCEPT:
                one.accept(out)
                return
            self.assertEqual((status, err), (2, ""))
            self.assertEqual(out, one.expected)
        self.each(look, "broken")

    def test_the_text_has_for_each_finding_all_that_a_person_needs(self):
        def look(one):
            _, out, _ = one.check()
            flow = " ".join(out.split())
            for finding in json.loads(one.check("--format", "json")[1])["findings"]:
                for word in ("title", "found", "why", "mend", "source"):
                    self.assertIn(" ".join(finding[word].split()), flow)
                self.assertIn(f"[{finding['rule']}]", out)
            indented = [line for line in out.splitlines() if line.startswith(" ") and "://" not in line]
            self.assertLessEqual(max(map(len, indented)), 100)
        self.each(look, "faulty")

    def test_the_json_is_as_its_schema_says(self):
        try:
            python = schemas.python_with_schemas()
        except schemas.Unavailable as why:
            self.skipTest(str(why))
        reports = [json.loads(one.check("--format", "json")[1]) for one in deployments("sound", "faulty", "broken")]
        self.assertEqual(set(schemas.mistakes_in(reports, SCHEMA, python)), {None})

    def test_the_sarif_has_what_code_scanning_reads(self):
        def look(one):
            status, out, _ = one.check("--format", "sarif")
            log = json.loads(out)
            self.assertEqual(log["version"], "2.1.0")
            [run] = log["runs"]
            rules = run["tool"]["driver"]["rules"]
            self.assertEqual(len({rule["id"] for rule in rules}), len(rules))
            for result in run["results"]:
                self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
                self.assertIn(result["level"], ("note", "warning", "error"))
                self.assertTrue(result["message"]["text"])
                for location in result["locations"]:
                    physical = location.get("physicalLocation")
                    if physical:
                        self.assertNotRegex(physical["artifactLocation"]["uri"], r"^\./|\s")
                        self.assertGreaterEqual(physical["region"]["startLine"], 1)
                    else:
                        self.assertTrue(location["logicalLocations"][0]["name"])
            [invocation] = run["invocations"]
            self.assertEqual(invocation["exitCode"], status)
            self.assertEqual(invocation["executionSuccessful"], one.kind != "broken")
            found = [line.split()[1] for line in one.expected.splitlines()] if one.kind != "broken" else []
            self.assertEqual([result["ruleId"] for result in run["results"]], found)
        self.each(look, "sound", "faulty", "broken")


class Mutations(unittest.TestCase):
    BITS = ['"', "'", "${", "}", "\n", "[", "]", "{", "<<: *a", "&a ", "*a", ":", "- ", "=", "\t", "\\", "\0", "é", "#", "$", "|", ">",
            "---", "@", "9" * 30, "-1", "null", "~", "[[", "{}"]

    def mutated(self, chance, text):
        for _ in range(chance.randint(1, 4)):
            begin = chance.randint(0, len(text))
            end = min(len(text), begin + chance.randint(0, 12))
            text = text[:begin] + chance.choice([*self.BITS, "", text[begin:end] * 2]) + text[end:]
        return text

    def test_files_broken_by_chance_are_read_or_refused_with_a_place(self):
        corpus = deployments("sound", "faulty", "broken")
        for seed in range(150):
            chance = random.Random(seed)
            path = chance.choice(corpus).path
            one = Deployment(path)
            name = chance.choice(sorted(one.files))
            one.files[name] = self.mutated(chance, one.files[name])
            with self.subTest(f"seed {seed}: {path.stem}, {name}"):
                status, out, err = one.check("--format", "json")
                self.assertEqual(err, "")
                report = json.loads(out)
                self.assertEqual(status, report["exit_status"])
                self.assertEqual(status == 2, report["mistakes"] != [])
                self.assertTrue(all(mistake["file"] for mistake in report["mistakes"]))


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def test_without_a_path_this_folder_is_checked(self):
        self.write(".env", "TENSORZERO_VALKEY_URL=redis://valkey\n")
        self.write("valkey.conf", "maxmemory 1gb\nmaxmemory-policy allkeys-lru\n")
        status, out, _ = check(self.folder)
        self.assertEqual(status, 1)
        self.assertIn("valkey.conf:2: error: ", out)
        self.assertIn("see it   outlive run policies/allkeys-lru\n", out)

    def test_the_readme_shows_what_is_said(self):
        shown = re.search(r"\$ outlive check\n(.+?)…\n", (ROOT / "README.md").read_text(), re.DOTALL)[1]
        self.write("compose.yaml", "services:\n  valkey:\n    image: valkey/valkey:8\n"
                                   "    command: --maxmemory 1gb --maxmemory-policy allkeys-lru\n"
                                   "  gateway:\n    image: tensorzero/gateway\n"
                                   "    environment: { TENSORZERO_VALKEY_URL: redis://valkey }\n")
        self.assertTrue(check(self.folder)[1].startswith(shown), shown)

    def test_what_could_not_be_seen_is_said_with_the_option_that_tells_it(self):
        self.write("prod.env", "TENSORZERO_VALKEY_URL=redis://primary.abc.cache.amazonaws.com:6379\n"
                               "TENSORZERO_VALKEY_CACHE_URL=redis://10.0.0.9:6379\n")
        status, out, _ = check(self.folder, "prod.env")
        self.assertEqual(status, 0)
        flow = " ".join(out.split())
        self.assertIn("the directives of cache (10.0.0.9:6379) are not known: give its valkey.conf by "
                      "--config cache=FILE", flow)
        self.assertIn("on ElastiCache the policy is volatile-lru unless", flow)
        self.assertIn("tensorzero.toml was not given", flow)
        self.write("primary.conf", "maxmemory 1gb\nmaxmemory-policy noeviction\n")
        flow = " ".join(check(self.folder, "prod.env", "--config", "primary=primary.conf")[1].split())
        self.assertIn("say how many users come within two days by --users COUNT", flow)
        self.assertNotIn("the directives of primary", flow)
        self.assertIn("0 errors, 0 warnings, 0 notes.", out)

    def test_the_environment_of_the_process_counts_when_it_is_asked_for(self):
        variables = {"TENSORZERO_VALKEY_URL": "redis://8.8.8.8"}
        self.assertEqual(check(self.folder, "--environment", variables=variables)[0], 1)
        self.write(".env", "TENSORZERO_VALKEY_URL=redis://valkey\n")
        self.assertEqual(check(self.folder, variables=variables)[0], 0)
        self.assertEqual(check(self.folder, ".", "--environment", variables=variables)[0], 1)

    def test_a_config_without_a_name_is_the_primarys(self):
        self.write("my.conf", "maxmemory 1gb\nmaxmemory-policy allkeys-lru\n")
        for words in (["my.conf"], ["--config", "my.conf"], ["--config", "primary=my.conf"],
                      ["--config", "--maxmemory 1gb --maxmemory-policy allkeys-lru"],
                      ["--config", "my.conf --maxmemory 2gb"]):
            status, out, err = check(self.folder, *words)
            self.assertEqual((status, err), (1, ""), words)
            self.assertIn("[shared-policy]", out)

    def test_a_path_behind_a_config_is_a_path(self):
        self.write("my.conf", "maxmemory 1gb\nmaxmemory-policy allkeys-lru\n")
        self.write("prod.env", "TENSORZERO_VALKEY_URL=valkey://valkey\n")
        for config in ("my.conf", "primary=my.conf"):
            self.assertEqual(check(self.folder, "--config", config, "prod.env"),
                             check(self.folder, "prod.env", "--config", config))

    def test_of_several_gateways_one_is_chosen(self):
        self.write("compose.yaml", "services:\n"
                   "  valkey: { image: valkey/valkey:8, command: --maxmemory 1gb --maxmemory-policy volatile-ttl, "
                   "volumes: [\"data:/data\"] }\n"
                   "  one: { image: tensorzero/gateway, environment: [\"TENSORZERO_VALKEY_URL=redis://valkey\"] }\n"
                   "  two: { image: tensorzero/gateway, environment: [\"TENSORZERO_VALKEY_URL=redis://valkey:1\"] }\n")
        status, out, _ = check(self.folder)
        self.assertEqual(status, 0)
        self.assertIn("the service two has URLs of its own: check it by --service two", " ".join(out.split()))
        status, out, _ = check(self.folder, ".", "--service", "two")
        self.assertEqual(status, 1)
        self.assertIn("[port]", out)

    def test_fail_at_says_from_which_severity_on_the_status_is_1(self):
        self.write("valkey.conf", "maxmemory 1gb\nmaxmemory-policy volatile-ttl\nmaxmemory-samples 3\n")
        statuses = [check(self.folder, "--fail-at", one)[0] for one in ("note", "warning", "error")]
        self.assertEqual(statuses, [1, 1, 0])

    def test_users_are_weighed(self):
        self.write("valkey.conf", "maxmemory 16mb\nmaxmemory-policy noeviction\n")
        words = ("valkey.conf", "--config", "cache=--maxmemory 1gb --maxmemory-policy volatile-lru", "--users")
        self.assertIn("[limits-do-not-fit]", check(self.folder, *words, "100000")[1])
        self.assertEqual(check(self.folder, *words, "10000")[0], 0)

    def test_the_password_is_in_no_report(self):
        self.write(".env", "TENSORZERO_VALKEY_URL=redis://:hunter2@8.8.8.8:6379/99\n"
                           "TENSORZERO_VALKEY_CACHE_URL=redis://:hunter2@8.8.8.8:bad\n")
        for form in ("text", "json", "sarif"):
            status, out, err = check(self.folder, ".", "--config", "--maxmemory 1gb --requirepass other", "--format", form)
            self.assertEqual((status, err), (1, ""))
            self.assertNotIn("hunter2", out)

    def test_help_teaches_with_examples(self):
        status, out, _ = check(self.folder, "--help")
        self.assertEqual(status, 0)
        for word in ("compose.yaml", "tensorzero.toml", "--config cache=cache.conf", "Examples:", "Exit status:"):
            self.assertIn(word, out)

    def test_a_mistyped_option_is_no_check(self):
        status, out, err = check(self.folder, "--fromat", "json")
        self.assertEqual(status, 2)
        self.assertIn("Did you mean --format?", err)
        self.assertEqual(out, "")


if __name__ == "__main__":
    unittest.main()
