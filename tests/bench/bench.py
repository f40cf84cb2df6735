#!/usr/bin/env python3
"""outlive beside Valkey 8.1.1 on this machine, in ratios: the machine moves, so the two take turns in one run.

    bench.py PROGRAM START_BENCH [--rounds N] [--requests N] [--only get,evict] [--json FILE] [--smoke]

For each load of valkey-benchmark, with 50 connections and 1 or 16 requests in flight on each: requests a second
(ours over Valkey's) and server CPU time a request (Valkey's over ours), both the better the larger, medians over
the rounds. Where other work shares the processor, trust the second. Then the time from start to PONG, of a
process and (START_BENCH) in process. `--smoke` makes few requests, to see that it all runs.
"""
import argparse
import csv
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "wire"))
import servers  # noqa: E402

CLIENTS = 50
PIPELINES = (1, 16)
KEYS = 100_000
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SCRIPT = "local n = redis.call('INCRBY', KEYS[1], ARGV[1]) redis.call('EXPIRE', KEYS[1], 86400) return n"
KILOBYTE = "x" * 1024
CAP = "32mb"

# name: (what is done before, as valkey-benchmark runs and commands; the load itself)
FILL_STRINGS = ["-n", str(2 * KEYS), "-r", str(KEYS), "-P", "64", "SET", "key:__rand_int__", "x" * 64]
FILL_TO_CAP = ["-n", str(KEYS), "-r", "10000000", "-P", "16", "SETEX", "key:__rand_int__", "86400", KILOBYTE]
LOADS = {
    "set": ([], ["-r", str(KEYS), "SET", "key:__rand_int__", "x" * 64]),
    "get": ([FILL_STRINGS], ["-r", str(KEYS), "GET", "key:__rand_int__"]),
    "incr": ([], ["-r", str(KEYS), "INCR", "counter:__rand_int__"]),
    "hset": ([], ["-r", str(KEYS), "HSET", "hash:__rand_int__", "balance", "3", "last_refilled", "1795421703868560"]),
    "setex": ([], ["-r", str(KEYS), "SETEX", "key:__rand_int__", "86400", "x" * 64]),
    "evalsha": ([], ["-r", str(KEYS), "EVALSHA", "{digest}", "1", "counter:__rand_int__", "1"]),
    "evict": ([["CONFIG", "SET", "maxmemory", CAP, "maxmemory-policy", "volatile-ttl"], FILL_TO_CAP],
              ["-r", "10000000", "SETEX", "key:__rand_int__", "86400", KILOBYTE]),
}


class Contender:
    """A server, its processor time, and loads on it."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.server = servers.Server(self.command)
        return self

    def __exit__(self, *_):
        self.server.stop()

    def cli(self, *words):
        return subprocess.run([CLI, "-p", str(self.server.port), *words], capture_output=True, text=True,
                              check=True).stdout.strip()

    def load(self, words):
        """Requests a second."""
        out = subprocess.run([BENCHMARK, "-p", str(self.server.port), "-c", str(CLIENTS), "--csv", *words],
                             capture_output=True, text=True, check=True).stdout
        return float(list(csv.DictReader(line for line in out.splitlines() if line.startswith('"')))[0]["rps"])

    def cpu_s(self):
        stat = pathlib.Path(f"/proc/{self.server.process.pid}/stat").read_text()
        return sum(map(int, stat.rpartition(")")[2].split()[11:13])) / TICKS_A_SECOND

    def prepare(self, steps):
        for step in steps:
            self.load(step) if step[0].startswith("-") else self.cli(*step)

    def measure(self, words, pipeline, requests):
        """Requests a second, and microseconds of the server's processor time for each."""
        before = self.cpu_s()
        rate = self.load(["-n", str(requests), "-P", str(pipeline), *words])
        return rate, 1e6 * (self.cpu_s() - before) / requests


def measure_round(commands, name, pipeline, requests):
    """{contender: (requests a second, microseconds)} of one load, on fresh servers."""
    steps, words = LOADS[name]
    found = {}
    for who, command in commands:
        with Contender(command) as contender:
            digest = contender.cli("SCRIPT", "LOAD", SCRIPT)
            contender.prepare(steps)
            found[who] = contender.measure([word.format(digest=digest) for word in words], pipeline, requests)
    return found


def compare(commands, names, rounds, requests):
    """A row for each load and pipeline, printed as soon as it is known."""
    print(f"{'load':8} {'-P':>3} {'requests/s':>12} {'Valkey':>12} {'ratio':>6} {'CPU us':>7} {'Valkey':>7} {'ratio':>6}")
    rows = []
    for pipeline in PIPELINES:
        for name in names:
            many = requests * (1 if pipeline == 1 else 4)
            # Who goes first changes from round to round.
            turns = [measure_round(commands[::1 - 2 * (i % 2)], name, pipeline, many) for i in range(rounds)]
            ours, theirs = ([statistics.median(column) for column in zip(*(turn[who] for turn in turns))]
                            for who in ("outlive", "valkey"))
            row = {"load": name, "pipeline": pipeline, "requests_a_second": [ours[0], theirs[0]],
                   "cpu_us_a_request": [ours[1], theirs[1]],
                   "rate_ratio": statistics.median(turn["outlive"][0] / turn["valkey"][0] for turn in turns),
                   "cpu_ratio": statistics.median(
                       turn["valkey"][1] / max(turn["outlive"][1], 1e-9) for turn in turns)}
            rows.append(row)
            print(f"{name:8} {pipeline:3} {ours[0]:12,.0f} {theirs[0]:12,.0f} {row['rate_ratio']:6.2f} "
                  f"{ours[1]:7.2f} {theirs[1]:7.2f} {row['cpu_ratio']:6.2f}", flush=True)
    return rows


def start_ms(command):
    """Milliseconds from the start of the process to the answer to PING."""
    with tempfile.TemporaryDirectory(prefix="outlive-bench-") as folder:
        path = f"{folder}/socket"
        start = time.perf_counter()
        process = subprocess.Popen([*command, "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            with socket.socket(socket.AF_UNIX) as client:
                while client.connect_ex(path) != 0:
                    if process.poll() is not None or time.perf_counter() - start > 30:
                        raise RuntimeError(f"{command[0]} did not start")
                    time.sleep(0.0002)
                client.sendall(b"PING\r\n")
                if client.recv(16) != b"+PONG\r\n":
                    raise RuntimeError("no PONG")
            return 1e3 * (time.perf_counter() - start)
        finally:
            process.terminate()
            process.wait()


def main():
    global CLI, BENCHMARK
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("start_bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200_000, help="of a run at -P 1; four times as many at -P 16")
    parser.add_argument("--only", default=",".join(LOADS), help="loads, by name")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--smoke", action="store_true")
    words = parser.parse_args()
    if words.smoke:
        words.rounds, words.requests = 1, 5000
    if not pathlib.Path("/proc/self/stat").exists():
        servers.skip("without /proc there is no telling what a server's processor time is")
    CLI, BENCHMARK = servers.client_program("valkey-cli"), servers.client_program("valkey-benchmark")
    commands = [("outlive", [words.program, "serve"]),
                ("valkey", [str(servers.reference_folder() / "valkey-server")])]

    rows = compare(commands, words.only.split(","), words.rounds, words.requests)
    starts = {who: statistics.median(start_ms(command) for _ in range(4 * words.rounds)) for who, command in commands}
    starts |= json.loads(subprocess.run([words.start_bench], check=True, capture_output=True, text=True).stdout)
    print("milliseconds from start to PONG: " + ", ".join(f"{who} {ms:.2f}" for who, ms in starts.items()))
    if words.json:
        words.json.write_text(json.dumps({"loads": rows, "start_ms": starts}, indent=1))


if __name__ == "__main__":
    main()
