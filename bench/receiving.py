"""How many requests the intake accepts durably, how long each waits, and what they cost."""

import shutil
import subprocess
from pathlib import Path

import msgspec

from bench.figures import Figure, of_runs
from bench.installation import Installation
from bench.processes import can_bind, cpu_seconds, on_core

RUNS = 5
SECONDS = 5
CONNECTIONS = 64
SCRIPT = Path(__file__).with_name("report.lua")


class Answers(msgspec.Struct, frozen=True):
    """What wrk saw; times in microseconds."""

    requests: int
    microseconds: int
    failed: int
    p50: int
    p99: int


def measure(folder: Path) -> list[Figure]:
    """Figures of `wrk` against the intake alone. Ends the part with a word where wrk is missing."""
    installation = Installation(folder / "receiving")
    runs = []
    with installation.intake(core=0) as pid:
        url = installation.url()
        wrk(url, 2, "warm")
        for run in range(RUNS):
            before = cpu_seconds(pid)
            seen = wrk(url, SECONDS, str(run))
            cpu = cpu_seconds(pid) - before
            runs.append(
                {
                    ("accepted, each durable before its 2xx", "requests/s"): seen.requests / seen.microseconds * 1e6,
                    ("p50", "ms"): seen.p50 / 1000,
                    ("p99", "ms"): seen.p99 / 1000,
                    ("CPU of the intake", "s a million requests"): cpu / seen.requests * 1e6,
                    ("not answered with 2xx", "requests"): seen.failed,
                }
            )
    cores = "intake on one core, wrk on another" if can_bind() else "intake and wrk share the cores"
    method = (
        f"wrk, {CONNECTIONS} connections, one different report a request, {SECONDS} s a run after a warm-up; {cores}; "
        "nothing else of delivrd runs"
    )
    return of_runs("Receiving", method, runs)


class NotInstalled(Exception):
    """What a part needs is missing; the text says how to get it."""


def wrk(url: str, seconds: int, run: str) -> Answers:
    """What came of posting reports for so long; `run` is part of their ids. Raises NotInstalled."""
    if shutil.which("wrk") is None:
        raise NotInstalled("wrk is not installed; on Debian: apt-get install wrk")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), url, "--", run]
    done = subprocess.run(on_core(1, command), capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("JSON "))
    return msgspec.json.decode(line.removeprefix("JSON "), type=Answers)
