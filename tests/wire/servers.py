"""What the tests on the wire share: a server under test on a port of its own, and clients to be had.

A test names its server on the command line: `outlive PROGRAM` or `valkey` (the real 8.1.1). Whatever it needs
and can't have ends it with exit status 77, which ctest counts as skipped.
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
LIMIT_S = 30


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def tool(*words):
    """What one of our tools prints, or None with its complaint."""
    done = subprocess.run([ROOT / "tools" / words[0], *words[1:]], capture_output=True, text=True, check=False)
    return (done.stdout.strip(), "") if done.returncode == 0 else (None, done.stderr.strip())


# The real server that each profile imitates: the Debian suite that has it, and its package.
DEFAULT_PROFILE = "valkey-8.1"
REFERENCES = {"valkey-8.1": ("trixie", "valkey-server"), "valkey-8.0": ("bookworm-backports", "valkey-server"),
              "redis-7.0": ("bookworm", "redis-server"), "valkey-9.1": ("sid", "valkey-server")}


def reference_server(profile):
    """The real server of a profile."""
    path, complaint = tool("reference-server", *REFERENCES[profile])
    if path is None:
        skip(f"no real server: {complaint}")
    return pathlib.Path(path)


def reference_folder():
    """Where valkey-server 8.1.1, valkey-cli and valkey-benchmark stand."""
    return reference_server(DEFAULT_PROFILE).parent


def client_program(name):
    """A command line tool of Valkey: the machine's own, or the one that came with the real server."""
    found = shutil.which(name)
    beside = reference_folder() / name if not found else None
    if beside and not beside.exists():
        skip(f"no {name} on this machine")
    return found or str(beside)


def continue_with(*packages):
    """Goes on in a Python that has these packages."""
    python, complaint = tool("python-with", *packages)
    if python is None:
        skip(f"{' '.join(packages)} can't be had: {complaint}")
    if not os.path.samefile(sys.prefix, pathlib.Path(python).parents[1]):
        os.execv(python, [python, *sys.argv])


def profile_of(words):
    """What --profile says on the command line; takes its words out of the list."""
    if "--profile" not in words[:-1]:
        return DEFAULT_PROFILE
    at = words.index("--profile")
    profile = words[at + 1]
    del words[at:at + 2]
    return profile


def command_of(words, profile=None):
    """How to start the server that the command line names; takes its words out of the list."""
    kind = words.pop(1) if len(words) > 1 else ""
    if kind == "outlive" and len(words) > 1:
        return [words.pop(1), "serve"]
    if kind == "valkey":
        return [str(reference_server(profile or DEFAULT_PROFILE))]
    sys.exit(f"usage: {words[0]} outlive PROGRAM | valkey")


def until(condition):
    """Looks again and again; whether it came to hold in good time."""
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


class Server:
    """A server in a folder of its own, with the allocator of the real one at hand."""

    def __init__(self, command, *directives, port=None):
        """Without a port on one that is free; when somebody else was faster, on another."""
        tries = 1 if port else 5
        while True:
            tries -= 1
            self.start(command, directives, port or free_port())
            try:
                self.wait_until_ready()
                return
            except BaseException:
                came_late = "Address already in use" in self.told()
                self.stop()
                if not (came_late and tries):
                    raise

    def start(self, command, directives, port):
        self.folder = tempfile.TemporaryDirectory(prefix="outlive-wire-")
        self.log = pathlib.Path(self.folder.name) / "log"
        self.port = port
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir",
                 self.folder.name, *directives], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def told(self):
        return self.log.read_text(errors="replace")

    def wait_until_ready(self):
        ended = self.process.poll
        if not until(lambda: ended() is not None or "Ready to accept connections" in self.told()) or ended() is not None:
            raise RuntimeError(f"the server did not start: {self.told()}")

    def stop(self):
        """Ends it as an operator would; its exit status."""
        self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.folder.cleanup()


def free_port():
    """Valkey takes port 0 for no port at all, so a free one is looked for."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
