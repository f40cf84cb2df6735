"""Gateways: TensorZero's (PyPI `tensorzero`, the whole gateway embedded), each in a process of its own."""
import json
import os
import pathlib
import select
import subprocess
import tempfile

import servers

PACKAGE = "tensorzero==2026.6.0"
# A gateway that can't connect gives up after some ten seconds.
PATIENCE_S = 60
DAY_S = 86_400

CONFIG = """
[gateway]
observability.enabled = false
disable_pseudonymous_usage_analytics = true

[gateway.cache.valkey]
ttl_s = {cache_ttl_s}

[models.mock]
routing = ["mock"]

[models.mock.providers.mock]
type = "openai"
model_name = "mock"
api_base = "http://127.0.0.1:{provider_port}/v1/"
api_key_location = "none"
"""

# Each rule limits what carries its tag; a request without tags is not limited.
RULES = {
    "user": "model_inferences_per_day = 3",
    "team": "model_inferences_per_day = 20",
    "weekly": "model_inferences_per_week = 2",
    "monthly": "model_inferences_per_month = 2",
    "budget": "tokens_per_day = 1000",
}
RULE = """
[[rate_limiting.rules]]
always = true
{limit}
scope = [{{ tag_key = "{tag}", tag_value = "tensorzero::each" }}]
"""


def config_of(provider, cache_ttl_s=DAY_S):
    return (CONFIG.format(provider_port=provider.server_port, cache_ttl_s=cache_ttl_s) +
            "".join(RULE.format(tag=tag, limit=limit) for tag, limit in RULES.items()))


def python_with_gateway():
    python, complaint = servers.tool("python-with", PACKAGE)
    if python is None:
        servers.skip(f"{PACKAGE} can't be had: {complaint}")
    return python


class DidNotStart(Exception):
    """Says why, in the gateway's words."""


class Gateway:
    """A running gateway. DidNotStart if it can't."""

    def __init__(self, python, valkey_url, config, ca_file=None):
        self.folder = tempfile.TemporaryDirectory(prefix="outlive-gateway-")
        folder = pathlib.Path(self.folder.name)
        (folder / "tensorzero.toml").write_text(config)
        self.log = folder / "log"
        environment = {**os.environ, "RUST_LOG": "off", **({"SSL_CERT_FILE": str(ca_file)} if ca_file else {})}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [python, pathlib.Path(__file__).with_name("worker.py"), folder / "tensorzero.toml", valkey_url],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment)
        self.pending = 0
        try:
            said = self.hear()
            if "failed" in said:
                raise DidNotStart(said["failed"])
        except BaseException:
            self.stop()
            raise

    def hear(self):
        heard, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        line = self.process.stdout.readline() if heard else b""
        if not line:
            raise RuntimeError(f"the gateway is silent: {self.log.read_text(errors='replace')}")
        return json.loads(line)

    def begin(self, requests, callers=1):
        """Sends the requests, so many at a time; finish() has what became of them."""
        while self.pending:
            self.finish()  # of a test that failed before it read them
        self.pending += 1
        self.process.stdin.write(json.dumps({"requests": requests, "callers": callers}).encode() + b"\n")
        self.process.stdin.flush()

    def finish(self):
        """Status and answer (or what is wrong) of each request."""
        self.pending -= 1
        return [tuple(outcome) for outcome in self.hear()]

    def ask(self, requests, callers=1):
        self.begin(requests, callers)
        return self.finish()

    def stop(self):
        """At once, as a crash would: what it has not written yet is lost."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.folder.cleanup()


def request(text, cache="off", max_tokens=50, **tags):
    return {"text": text, "cache": cache, "max_tokens": max_tokens, "tags": tags}
