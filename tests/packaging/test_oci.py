#!/usr/bin/env python3
"""outlive's image: what is in it runs, by chroot, as valkey/valkey does; buildah makes it, and it says what
valkey/valkey's says of itself.

    test_oci.py STATIC_PROGRAM
    test_oci.py 'WHAT A STATIC PROGRAM WANTS'      where none could be linked
"""
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "wire"), str(TESTS / "commands")]
import network  # noqa: E402
import resp  # noqa: E402
import servers  # noqa: E402
from container import GROUP, PACKAGING, ROOT, USER, Container, containerfile  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
MB = 1_000_000
MOST_TO_PULL = 15 * MB
BUSYBOX = "/bin/busybox"
needs_proc = unittest.skipUnless(os.path.exists("/proc/self/status"), "there is no /proc to look a process up in")


def is_static(program):
    return b"statically linked" in subprocess.run(["file", "-L", program], capture_output=True, check=False).stdout


class InContainer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.getuid() != 0:
            raise unittest.SkipTest("only root may chroot")
        folder = tempfile.TemporaryDirectory(prefix="outlive-oci-")
        cls.addClassCleanup(folder.cleanup)
        cls.busybox = BUSYBOX if os.path.exists(BUSYBOX) and is_static(BUSYBOX) else None
        cls.container = Container(folder.name, PROGRAM, cls.busybox)

    def launch(self, *words, **more):
        """A connection to a server in the container, its process and its log."""
        port = servers.free_port()
        process, log = self.container.launch(*words, "--port", str(port), **more)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        connection = resp.Connection(port)
        self.addCleanup(connection.close)
        connection.port = port
        return connection, process, log

    def setting(self, connection, name):
        return connection.ask("CONFIG", "GET", name)[1][1][1].decode()


class Server(InContainer):
    def test_it_starts_answers_and_stops_when_it_is_told_to(self):
        connection, process, log = self.launch("valkey-server", "--maxmemory", "10mb")
        self.assertIn("* Ready to accept connections tcp", log)
        self.assertEqual(connection.ask("PING"), ("status", b"PONG"))
        self.assertEqual(connection.ask("SET", "greeting", "hello"), ("status", b"OK"))
        self.assertEqual(connection.ask("GET", "greeting"), ("bulk", b"hello"))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 0)
        self.assertIn("bye bye", process.stdout.read())

    def test_directives_alone_start_the_server(self):
        connection, _, _ = self.launch("--maxmemory", "10mb", "--maxmemory-policy", "volatile-ttl")
        self.assertEqual(self.setting(connection, "maxmemory-policy"), "volatile-ttl")

    def test_a_configuration_file_alone_starts_the_server(self):
        (self.container.root / "etc/valkey.conf").write_text("maxmemory 20mb\n")
        connection, _, _ = self.launch("/etc/valkey.conf")
        self.assertEqual(self.setting(connection, "maxmemory"), str(20 << 20))

    def test_extra_flags_come_by_a_variable(self):
        connection, _, _ = self.launch("valkey-server", VALKEY_EXTRA_FLAGS="--maxmemory 30mb  --hz 20")
        self.assertEqual(self.setting(connection, "maxmemory"), str(30 << 20))
        self.assertEqual(self.setting(connection, "hz"), "20")

    def test_clients_outside_the_container_are_let_in(self):
        connection, _, _ = self.launch()
        self.assertEqual(self.setting(connection, "protected-mode"), "no")
        self.assertEqual(self.setting(connection, "bind"), "* -::*")
        self.assertEqual(self.setting(connection, "dir"), "/data")
        strict, _, _ = self.launch("--protected-mode", "yes")
        self.assertEqual(self.setting(strict, "protected-mode"), "yes")

    @needs_proc
    def test_root_steps_down_and_owns_what_is_in_its_folder(self):
        folder = self.container.data / "kept"
        folder.mkdir(exist_ok=True)
        (folder / "file").touch()
        _, process, _ = self.launch("valkey-server")
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        self.assertRegex(status, rf"Uid:\t{USER}\t{USER}\t{USER}\t{USER}\n")
        self.assertRegex(status, rf"Gid:\t{GROUP}\t{GROUP}\t{GROUP}\t{GROUP}\n")
        self.assertRegex(status, r"Groups:\t? *\n")
        self.assertRegex(status, r"Umask:\t0077\n")
        self.assertEqual({path.stat().st_uid for path in (folder, folder / "file")}, {USER})

    @needs_proc
    def test_a_user_of_ones_own_stays(self):
        _, process, _ = self.launch("valkey-server", user=1234)
        self.assertRegex(pathlib.Path(f"/proc/{process.pid}/status").read_text(), r"Uid:\t1234\t1234\t1234\t1234\n")

    def test_what_is_not_emulated_is_refused_by_name(self):
        status, said = self.container.run("docker-entrypoint.sh", "valkey-server", "--appendonly", "yes")
        self.assertEqual(status, 1)
        self.assertIn("persistence is not emulated", said)

    def test_a_name_is_looked_up_where_the_engine_keeps_names(self):
        (self.container.root / "etc/hosts").write_text("127.0.0.1 valkey-cache\n")
        connection, _, _ = self.launch("--bind", "valkey-cache")
        status, said = self.container.run("valkey-cli", "-h", "valkey-cache", "-p", str(connection.port), "ping")
        self.assertEqual((status, said), (0, "PONG\n"))
        status, said = self.container.run("valkey-cli", "-h", "valkey.invalid", "ping")
        self.assertEqual(status, 1)
        self.assertRegex(said, "^valkey-cli: Could not connect to Valkey at valkey.invalid:6379: ")


    def test_a_name_that_only_dns_knows_is_looked_up_there(self):
        try:
            names = network.NameServer("127.53.79.1", "valkey-cache.test")
        except OSError as error:
            self.skipTest(f"no port 53 on loopback for a server of names: {error}")
        self.addCleanup(names.socket.close)
        (self.container.root / "etc/resolv.conf").write_text("nameserver 127.53.79.1\n")
        connection, _, _ = self.launch()
        self.assertEqual(self.container.run("valkey-cli", "-h", "valkey-cache.test", "-p", str(connection.port), "ping"),
                         (0, "PONG\n"))
        self.assertGreater(names.asked, 0)


class InCompose(InContainer):
    @needs_proc
    def test_its_image_is_all_that_a_compose_file_changes(self):
        for file in sorted((ROOT / "examples").glob("compose-*/compose.yaml")):
            text = file.read_text()
            (check,) = set(map(tuple, map(json.loads, re.findall(r"test: (\[.*\])", text))))
            self.assertEqual(check[0], "CMD")
            commands = re.findall(r"image: \${VALKEY_IMAGE:.*\n(?: *#.*\n)? *command: (.*)", text)
            self.assertEqual(len(commands), text.count("image: ${VALKEY_IMAGE"))
            for command in commands:
                with self.subTest(f"{file.parent.name}: {command}"):
                    # By default it listens on 6379, where the check looks.
                    try:
                        process, _ = self.container.launch(*shlex.split(command), network=network.leave_for_a_new_one)
                    except subprocess.SubprocessError as error:
                        self.skipTest(f"no network of one's own here: {error}")
                    self.addCleanup(process.stdout.close)
                    self.addCleanup(process.wait)
                    self.addCleanup(process.kill)
                    well = self.container.run(*check[1:], network=lambda: network.join_that_of(process))
                    self.assertEqual(well, (0, "PONG\n"))


class HealthCheck(InContainer):
    def test_ping_tells_who_is_well(self):
        connection, _, _ = self.launch()
        port = str(connection.port)
        for program in ("valkey-cli", "redis-cli"):
            self.assertEqual(self.container.run(program, "-p", port, "ping"), (0, "PONG\n"))
        self.assertEqual(self.container.run("valkey-cli", "-p", port, "--raw", "incr", "ping"), (0, "1\n"))
        status, said = self.container.run("valkey-cli", "-p", str(servers.free_port()), "ping")
        self.assertEqual(status, 1)
        self.assertIn("Connection refused", said)

    def test_a_password_comes_as_to_valkey_cli(self):
        connection, _, _ = self.launch("--requirepass", "secret")
        port = str(connection.port)
        self.assertEqual(self.container.run("valkey-cli", "-p", port, "ping", REDISCLI_AUTH="secret"), (0, "PONG\n"))
        self.assertEqual(self.container.run("valkey-cli", "-p", port, "--no-auth-warning", "-a", "secret", "ping"),
                         (0, "PONG\n"))
        self.assertEqual(self.container.run("valkey-cli", "-p", port, "-e", "ping"),
                         (1, "NOAUTH Authentication required.\n"))

    def test_shell_forms_work_too(self):
        if not self.busybox:
            self.skipTest(f"no static {BUSYBOX} on this machine: packaging/oci/build installs it")
        connection, _, _ = self.launch()
        # BusyBox starts the tools within it by the name that /proc has for it; a container has /proc.
        proc = self.container.root / "proc"
        (proc / "self").mkdir(parents=True)
        self.addCleanup(shutil.rmtree, proc)
        (proc / "self/exe").symlink_to("/bin/busybox")
        for script, status in ((f"valkey-cli -p {connection.port} ping | grep -q PONG", 0),
                               (f'[ "$(redis-cli -p {connection.port} ping)" = PONG ] || exit 1', 0),
                               (f"valkey-cli -p {servers.free_port()} ping | grep PONG || exit 1", 1)):
            with self.subTest(script):
                self.assertEqual(self.container.run("/bin/sh", "-c", script)[0], status)

    def test_what_it_lacks_of_valkey_cli_it_says(self):
        for words, said in (((), "outlive has no prompt of valkey-cli's"), (("--bigkeys",), "outlive has no option --bigkeys"),
                            (("monitor",), '"monitor" has no end')):
            with self.subTest(words):
                status, printed = self.container.run("valkey-cli", *words)
                self.assertEqual(status, 1)
                self.assertIn(said, printed)


class OtherWords(InContainer):
    def test_outlive_itself_plays_what_ships_with_it(self):
        status, said = self.container.run("docker-entrypoint.sh", "outlive", "run", "first-steps/mended")
        self.assertEqual(status, 0, said)
        self.assertIn("1 as stated", said)

    def test_a_program_that_is_not_there_is_told_with_those_that_are(self):
        status, said = self.container.run("docker-entrypoint.sh", "bash", "-c", "true")
        self.assertEqual(status, 127)
        self.assertRegex(said, "^docker-entrypoint.sh: bash: No such file or directory; this image has outlive, valkey-s")

    @unittest.skipUnless(shutil.which("file"), "no `file` to ask")
    def test_it_needs_no_library(self):
        self.assertTrue(is_static(PROGRAM))


class Image(unittest.TestCase):
    """As buildah makes it."""

    @classmethod
    def setUpClass(cls):
        if not shutil.which("buildah") or os.getuid() != 0:
            raise unittest.SkipTest("buildah is not installed (packaging/oci/build does), or this is not root")
        folder = tempfile.TemporaryDirectory(prefix="outlive-oci-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.must_work()
        cls.image = cls.build("image", "--no-shell")

    @classmethod
    def must_work(cls):
        """Some containers don't let buildah do its work, whatever it is asked for."""
        (cls.folder / "Containerfile").write_text("FROM scratch\nCOPY Containerfile /\n")
        done = subprocess.run(["buildah", "--storage-driver", "vfs", "--root", cls.folder / "store", "--runroot",
                               cls.folder / "run", "bud", "--isolation", "chroot", cls.folder],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise unittest.SkipTest(f"buildah can't work here: {done.stderr[-300:]}")

    @classmethod
    def build(cls, name, *words):
        output = cls.folder / name
        subprocess.run([PACKAGING / "build", "--program", PROGRAM, "--output", output, *words], check=True,
                       capture_output=True)
        return output

    def blobs(self, archive):
        with tarfile.open(archive) as tar:
            return {os.path.basename(one.name): tar.extractfile(one).read() for one in tar if one.isfile()}

    def read(self, image):
        """Manifest and configuration of an OCI archive, and its blobs by digest."""
        blobs = self.blobs(image / "outlive.oci.tar")
        (entry,) = json.loads(blobs["index.json"])["manifests"]
        manifest = json.loads(blobs[entry["digest"].split(":")[1]])
        return manifest, json.loads(blobs[manifest["config"]["digest"].split(":")[1]]), blobs

    def test_it_says_of_itself_what_valkeys_says(self):
        _, config, _ = self.read(self.image)
        told = config["config"]
        self.assertEqual(config["os"], "linux")
        self.assertEqual(told["Entrypoint"], ["docker-entrypoint.sh"])
        self.assertEqual(told["Cmd"], ["valkey-server"])
        self.assertEqual(told["WorkingDir"], "/data")
        self.assertEqual(list(told["Volumes"]), ["/data"])
        self.assertEqual(list(told["ExposedPorts"]), ["6379/tcp"])
        self.assertNotIn("User", told)

    def test_it_is_small(self):
        size = (self.image / "outlive.oci.tar").stat().st_size
        print(f"image without a shell: {size / MB:.1f} MB to pull, the program {os.path.getsize(PROGRAM) / MB:.1f} MB")
        self.assertLess(size, MOST_TO_PULL)

    def test_every_blob_has_its_digest(self):
        manifest, _, blobs = self.read(self.image)
        for part in (manifest["config"], *manifest["layers"]):
            digest = part["digest"].split(":")[1]
            self.assertEqual(hashlib.sha256(blobs[digest]).hexdigest(), digest)
            self.assertEqual(len(blobs[digest]), part["size"])

    def test_the_same_program_gives_the_same_image(self):
        again = self.build("again", "--no-shell")
        self.assertEqual(self.read(again)[0], self.read(self.image)[0])

    def test_docker_gets_the_name_that_was_asked_for(self):
        named = self.build("named", "--no-shell", "--name", "team/valkey:8")
        # In full, as Docker understands `outlive` and `team/valkey:8`.
        for image, name in ((self.image, "docker.io/library/outlive:latest"), (named, "docker.io/team/valkey:8")):
            (manifest,) = json.loads(self.blobs(image / "outlive.docker.tar")["manifest.json"])
            self.assertIn(name, manifest["RepoTags"])

    def test_files_belong_to_whom_they_should(self):
        manifest, _, blobs = self.read(self.image)
        with tempfile.TemporaryDirectory() as folder:
            owners, names = {}, set()
            for layer in manifest["layers"]:
                file = pathlib.Path(folder) / "layer"
                file.write_bytes(blobs[layer["digest"].split(":")[1]])
                with tarfile.open(file) as tar:
                    for one in tar:
                        owners[one.name.strip("/")] = (one.uid, one.gid)
                        names.add(one.name.strip("/"))
        self.assertEqual(owners.pop("data"), (USER, GROUP))
        self.assertEqual(set(owners.values()), {(0, 0)})
        self.assertIn("usr/local/bin/outlive", names)
        self.assertNotIn("bin/busybox", names)


class Containerfile(unittest.TestCase):
    def test_it_starts_from_nothing(self):
        self.assertEqual([rest for word, rest in containerfile() if word == "FROM"], ["scratch"])


if __name__ == "__main__":
    if not os.path.exists(PROGRAM):
        servers.skip(f"no static program could be linked; it wants {sys.argv[1]}")
    unittest.main(argv=sys.argv[:1], verbosity=2)
