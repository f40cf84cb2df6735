"""outlive's image as a folder, and programs that run in it as in a container: its root their root, its variables
theirs, no shared library, nothing of the machine's files."""
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging" / "oci"
USER, GROUP = 999, 999  # valkey, in both images


def containerfile():
    """Instructions of the Containerfile: (word, rest)."""
    return re.findall(r"^([A-Z]+) (.+)$", (PACKAGING / "Containerfile").read_text(), re.MULTILINE)


def variables():
    return dict(re.fullmatch(r'(\w+)="?(.*?)"?', rest).groups() for word, rest in containerfile() if word == "ENV")


class Container:
    """A root file system of its own, made by packaging/oci/rootfs."""

    def __init__(self, folder, program, busybox=None):
        subprocess.run([PACKAGING / "rootfs", folder, program, *([busybox] if busybox else [])], check=True)
        self.root = pathlib.Path(folder) / "rootfs"
        self.data = self.root / "data"
        self.data.mkdir()
        os.chown(self.data, USER, GROUP)

    def start(self, *words, user=None, network=None, **more_variables):
        """A process in it, as `docker exec` would start one; in the network that `network` goes to."""
        def enter():
            if network:
                network()
            os.chroot(self.root)
            os.chdir("/data")
            os.umask(0o022)
            if user is not None:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
        return subprocess.Popen(words, preexec_fn=enter, env={**variables(), **more_variables},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *words, **more):
        """Exit status, and all that it printed."""
        process = self.start(*words, **more)
        said, _ = process.communicate(timeout=30)
        return process.returncode, said

    def launch(self, *words, **more):
        """By the entrypoint, as `docker run IMAGE words` would; once it serves. Its process and the log so far."""
        process = self.start("docker-entrypoint.sh", *words, **more)
        log = ""
        for line in process.stdout:
            log += line
            if "Ready to accept connections" in line:
                return process, log
        raise AssertionError(f"it did not start ({process.wait()}): {log}")
