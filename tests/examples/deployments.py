"""The deployments of examples/, read: which servers each has, what the gateway is told, where files are."""
import dataclasses
import os
import pathlib
import re
import shlex
import tomllib
import urllib.parse

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
COMPOSE = sorted(EXAMPLES.glob("compose-*/compose.yaml"))
MANIFESTS = sorted((EXAMPLES / "kubernetes").glob("*.yaml"))
WORKFLOWS = sorted((EXAMPLES / "github-actions").glob("*.yml"))
ROLES = {"primary": "TENSORZERO_VALKEY_URL", "cache": "TENSORZERO_VALKEY_CACHE_URL"}
UNITS = {"": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30,
         "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}


@dataclasses.dataclass
class Server:
    """One Valkey: what valkey-server is started with, and how much memory its container has."""
    name: str
    arguments: list  # of valkey-server; a configuration file first where there is one
    directives: dict
    container_bytes: int


@dataclasses.dataclass
class Deployment:
    name: str
    variables: dict  # the gateway's
    servers: dict  # by name
    tensorzero_text: str  # tensorzero.toml

    def server_of(self, role):
        """What the gateway uses for this role: the primary is the cache too where nothing else is said."""
        url = self.variables.get(ROLES[role]) or self.variables[ROLES["primary"]]
        return self.servers[urllib.parse.urlsplit(url).hostname]

    @property
    def tensorzero(self):
        return tomllib.loads(self.tensorzero_text)

    @property
    def cache_ttl_s(self):
        return self.tensorzero["gateway"]["cache"]["valkey"]["ttl_s"]

    @property
    def daily_limits(self):
        return [rule["model_inferences_per_day"] for rule in self.tensorzero["rate_limiting"]["rules"]]


def in_bytes(text):
    """With Valkey's units or Kubernetes'."""
    number, unit = re.fullmatch(r"(\d+)([A-Za-z]*)", str(text)).groups()
    return int(number) * UNITS[unit]


def directives_of(words):
    """Of `--name value …` words."""
    found = {}
    for word in words:
        if word.startswith("--"):
            name, found[word[2:]] = word[2:], []
        else:
            found[name].append(word)
    return {name: " ".join(values) for name, values in found.items()}


def interpolated(text, variables):
    """`${NAME:-default}`, as Compose reads it."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: variables.get(found[1]) or found[2], text)


def read_compose(file, variables=os.environ):
    services = yaml.safe_load(interpolated(file.read_text(), variables))["services"]
    servers = {}
    for name, service in services.items():
        if name == "gateway":
            continue
        words = shlex.split(service["command"])
        # Compose's megabytes are 2^20 bytes.
        container = in_bytes(service["mem_limit"] + "b")
        servers[name] = Server(name, words, directives_of(words), container)
    return Deployment(file.parent.name, services["gateway"]["environment"], servers,
                      (file.parent / "tensorzero.toml").read_text())


def read_manifests():
    """Every resource of examples/kubernetes, by kind and name."""
    return {(one["kind"], one["metadata"]["name"]): one
            for file in MANIFESTS for one in yaml.safe_load_all(file.read_text())}


def pod_of(resource):
    return resource["spec"]["template"]["spec"]


def read_kubernetes(folder):
    """The deployment in examples/kubernetes, its configuration files written to a folder."""
    resources = read_manifests()
    servers = {}
    for (kind, name), resource in resources.items():
        if kind not in ("Deployment", "StatefulSet") or name == "gateway":
            continue
        text = resources["ConfigMap", name]["data"]["valkey.conf"]
        file = pathlib.Path(folder) / f"{name}.conf"
        file.write_text(text)
        directives = dict(line.split(None, 1) for line in text.splitlines())
        limit = pod_of(resource)["containers"][0]["resources"]["limits"]["memory"]
        servers[name] = Server(name, [str(file)], directives, in_bytes(limit))
    gateway = pod_of(resources["Deployment", "gateway"])["containers"][0]
    toml = resources["ConfigMap", "gateway"]["data"]["tensorzero.toml"]
    (pathlib.Path(folder) / "tensorzero.toml").write_text(toml)
    return Deployment("kubernetes", {one["name"]: one["value"] for one in gateway["env"]}, servers, toml)
