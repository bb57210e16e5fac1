"""What processes use: CPU seconds and resident memory."""

import os
from collections.abc import Mapping

import psutil


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def cpu_of(pids: Mapping[str, int]) -> dict[str, float]:
    """The same of several, by name."""
    return {name: cpu_seconds(pid) for name, pid in pids.items()}


def resident_mb(pid: int) -> float:
    """Resident memory in MB (powers of 1000), shared pages such as mapped libraries included."""
    return float(psutil.Process(pid).memory_info().rss) / 1e6


def on_core(core: int, command: list[str]) -> list[str]:
    """The command bound to one core, where there is more than one and this system can do so."""
    return ["taskset", "--cpu-list", str(core), *command] if can_bind() else command


def can_bind() -> bool:
    """Whether processes can be kept to one core each."""
    from shutil import which

    return (os.cpu_count() or 1) > 1 and which("taskset") is not None
