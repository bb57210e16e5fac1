"""How long `delivrd up` takes until it is ready, and what it holds in memory then."""

from pathlib import Path

from bench.figures import Figure, of_runs
from bench.installation import Installation
from bench.processes import resident_mb

RUNS = 3


def measure(folder: Path) -> list[Figure]:
    """Figures of a first start, which makes the log and the tables, and of a second one on the same folder."""
    starts, memory = [], []
    for run in range(RUNS):
        installation = Installation(folder / f"starting-{run}")
        seconds = {}
        for name in ("first start", "second start"):
            with installation.up() as took:
                seconds[name, "s"] = took
                resident = {(part, "MB"): resident_mb(pid) for part, pid in installation.pids().items()}
        starts.append(seconds)
        memory.append(resident)
    method = "from starting the process of `delivrd up` to its line with `ready`, which says that both ports answer"
    return [
        *of_runs("Time to ready", method, starts),
        *of_runs("Resident memory", "right after the second start; the engine's is mostly its mapped library", memory),
    ]
