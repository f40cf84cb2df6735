#!/usr/bin/env python3
"""The deployments of examples/, as far as one machine can tell: they keep the schemas of Compose, Kubernetes and
GitHub Actions, `outlive check` finds nothing in them, their servers start as they are told to, TensorZero's gateway
reads its file, and the same settings played as a scenario hold.

    test_examples.py PROGRAM
"""
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import tomllib
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "wire"), str(TESTS / "commands")]
import resp  # noqa: E402
import servers  # noqa: E402

servers.continue_with("check-jsonschema==0.33.3", "kubernetes-validate==1.33.0", "pyyaml==6.0.2")
import kubernetes_validate  # noqa: E402
import yaml  # noqa: E402
from deployments import (COMPOSE, EXAMPLES, MANIFESTS, ROLES, WORKFLOWS, in_bytes, pod_of, read_compose,  # noqa: E402
                         read_kubernetes, read_manifests)

PROGRAM = os.path.abspath(sys.argv.pop())
KUBERNETES = "1.33"
GATEWAY = """
import os, sys
import tensorzero
tensorzero.TensorZeroGateway.build_embedded(config_file=sys.argv[1], valkey_url=sys.argv[2])
os._exit(0)
"""


def outlive(*words, folder=None, variables=None):
    """Exit status, and all that it printed."""
    done = subprocess.run([PROGRAM, *map(str, words)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, env={"PATH": os.environ["PATH"], **(variables or {})})
    return done.returncode, done.stdout


def by_schema(name, files):
    done = subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{name}", *files],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Examples(unittest.TestCase):
    maxDiff = None

    def each(self, look):
        with tempfile.TemporaryDirectory() as folder:
            for deployment in [*(read_compose(file, {}) for file in COMPOSE), read_kubernetes(folder)]:
                with self.subTest(deployment.name):
                    look(deployment)

    def start(self, server):
        """A connection to it, and its port."""
        files = server.arguments[:1] if not server.arguments[0].startswith("-") else []
        running = servers.Server([PROGRAM, "serve", *files], *server.arguments[len(files):])
        self.addCleanup(running.stop)
        connection = resp.Connection(running.port)
        self.addCleanup(connection.close)
        return connection, running.port

    def assert_well(self, result):
        status, said = result
        self.assertEqual(status, 0, said)


class Shapes(Examples):
    def test_compose_files_keep_to_their_specification(self):
        self.assertGreaterEqual(len(COMPOSE), 2)
        self.assert_well(by_schema("compose-spec", COMPOSE))

    def test_the_workflow_keeps_to_its_schema(self):
        self.assertTrue(WORKFLOWS)
        self.assert_well(by_schema("github-workflows", WORKFLOWS))

    def test_manifests_keep_to_the_schemas_of_kubernetes(self):
        self.assertTrue(MANIFESTS)
        for (kind, name), resource in read_manifests().items():
            with self.subTest(f"{kind} {name}"):
                kubernetes_validate.validate(resource, KUBERNETES, strict=True)

    def test_what_manifests_name_is_there(self):
        resources = read_manifests()
        for (kind, name), resource in resources.items():
            if kind not in ("Deployment", "StatefulSet"):
                continue
            with self.subTest(f"{kind} {name}"):
                labels = resource["spec"]["template"]["metadata"]["labels"]
                self.assertEqual(resource["spec"]["selector"]["matchLabels"], labels)
                self.assertEqual(resources["Service", name]["spec"]["selector"], labels)
                (container,) = pod_of(resource)["containers"]
                ports = {port["name"] for port in container["ports"]}
                self.assertLessEqual({one["targetPort"] for one in resources["Service", name]["spec"]["ports"]}, ports)
                volumes = {one["name"] for one in pod_of(resource)["volumes"]} | {
                    one["metadata"]["name"] for one in resource["spec"].get("volumeClaimTemplates", [])}
                self.assertEqual({one["name"] for one in container["volumeMounts"]}, volumes)
                for volume in pod_of(resource)["volumes"]:
                    held = resources["ConfigMap", volume["configMap"]["name"]]["data"]
                    mount = next(one["mountPath"] for one in container["volumeMounts"] if one["name"] == volume["name"])
                    files = [word for word in container["args"] if word.startswith(mount)]
                    self.assertEqual([os.path.basename(file) for file in files], list(held))


class Checked(Examples):
    def test_outlive_check_finds_nothing_in_a_compose_file(self):
        for file in COMPOSE:
            for image in ("valkey/valkey:8", "outlive", "registry.example/tools/outlive:0.1.0"):
                with self.subTest(f"{file.parent.name} with {image}"):
                    status, said = outlive("check", ".", "--environment", "--users", 20_000, "--fail-at", "note",
                                           folder=file.parent, variables={"VALKEY_IMAGE": image})
                    self.assertEqual(status, 0, said)
                    self.assertIn("0 errors, 0 warnings, 0 notes", said)
                    self.assertNotIn("Could not be seen", said)

    def test_outlive_check_finds_nothing_in_the_manifests(self):
        with tempfile.TemporaryDirectory() as folder:
            deployment = read_kubernetes(folder)
            (pathlib.Path(folder) / ".env").write_text(
                "".join(f"{name}={value}\n" for name, value in deployment.variables.items()))
            configs = [word for role in ROLES for word in
                       ("--config", f"{role}={deployment.server_of(role).arguments[0]}")]
            status, said = outlive("check", ".env", "tensorzero.toml", *configs, "--users", 20_000, "--fail-at", "note",
                                   folder=folder)
            self.assertEqual(status, 0, said)
            self.assertIn("0 errors, 0 warnings, 0 notes", said)

    def test_containers_have_room_around_maxmemory(self):
        def look(deployment):
            for server in deployment.servers.values():
                self.assertLessEqual(in_bytes(server.directives["maxmemory"]), server.container_bytes * 3 // 4)
        self.each(look)

    def test_what_the_workflow_runs_ends_well(self):
        steps = [step["run"] for file in WORKFLOWS for job in yaml.safe_load(file.read_text())["jobs"].values()
                 for step in job["steps"] if "run" in step]
        runs = [script for script in steps if script.startswith("/opt/outlive/outlive ")]
        self.assertEqual(len(runs), len(steps) - 1)  # the other one builds it
        for folder in (file.parent for file in COMPOSE):
            for script in runs:
                with self.subTest(f"{script} in {folder.name}"), tempfile.TemporaryDirectory() as elsewhere:
                    # Redirections go elsewhere.
                    command = script.replace("/opt/outlive/outlive", shlex.quote(PROGRAM)).replace(
                        "> ", f"> {shlex.quote(elsewhere)}/")
                    done = subprocess.run(["sh", "-ec", command], cwd=folder, capture_output=True, text=True,
                                          check=False)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Played(Examples):
    def test_scenarios_have_the_settings_of_the_deployment_beside_them(self):
        def look(deployment):
            example = "compose-split" if deployment.name == "kubernetes" else deployment.name
            scenario = tomllib.loads((EXAMPLES / example / "scenario.toml").read_text())
            self.assertEqual(scenario["environment"],
                             {name: value for name, value in deployment.variables.items() if name in ROLES.values()})
            self.assertEqual({one.pop("name"): one for one in scenario["instance"]},
                             {server.name: {name: value for name, value in server.directives.items() if name != "save"}
                              for server in deployment.servers.values()})
            (traffic,) = scenario["traffic"]
            self.assertEqual(traffic["ttl"], f"{deployment.cache_ttl_s // 3600}h")
            self.assertEqual([(one["window"], one["capacity"]) for one in traffic["limits"]],
                             [("day", limit) for limit in deployment.daily_limits])
        self.each(look)

    def test_a_policy_that_loses_limits_is_found_by_check_and_by_scenario(self):
        with tempfile.TemporaryDirectory() as folder:
            for file in (EXAMPLES / "compose-single").iterdir():
                (pathlib.Path(folder) / file.name).write_text(file.read_text().replace("volatile-ttl", "allkeys-lru"))
            for words, expected in ((["check"], "[shared-policy]"), (["run", "scenario.toml"], "valkey evicted tensorzero_")):
                status, said = outlive(*words, folder=folder)
                self.assertEqual(status, 1, said)
                self.assertIn(expected, said)

    def test_servers_start_as_they_are_told_to(self):
        def look(deployment):
            for server in deployment.servers.values():
                connection, _ = self.start(server)
                for name, value in server.directives.items():
                    expected = str(in_bytes(value)) if name == "maxmemory" else value.strip('"')
                    self.assertEqual(connection.ask("CONFIG", "GET", name),
                                     ("array", [("bulk", name.encode()), ("bulk", expected.encode())]))
        self.each(look)

    def test_the_gateway_starts_with_its_file(self):
        python, complaint = servers.tool("python-with", "tensorzero==2026.6.0")
        if python is None:
            self.skipTest(f"no gateway: {complaint}")

        def look(deployment):
            connection, port = self.start(deployment.server_of("primary"))
            with tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "tensorzero.toml"
                file.write_text(deployment.tensorzero_text)
                done = subprocess.run([python, "-c", GATEWAY, file, f"redis://127.0.0.1:{port}"],
                                      capture_output=True, text=True, check=False,
                                      env={**os.environ, "RUST_LOG": "off", "OPENAI_API_KEY": "none"})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("tensorzero_ratelimit_v2", str(connection.ask("FUNCTION", "LIST")))
        self.each(look)


if __name__ == "__main__":
    unittest.main()
