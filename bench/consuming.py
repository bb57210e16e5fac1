"""How fast a backlog in the event log becomes rows that answer questions, and on what memory."""

import time
from pathlib import Path

from bench.figures import Figure, of_runs
from bench.filling import fill
from bench.installation import Installation, await_that
from bench.processes import cpu_of, resident_mb
from delivrd.parts import reader
from pipeline.sqlite_log import log_stats

RUNS = 3
EVENTS = 300_000


def measure(folder: Path) -> list[Figure]:
    """Figures of worker and engine on a log that was filled before they start, each run on a new installation."""
    runs = [_run(Installation(folder / f"consuming-{run}")) for run in range(RUNS)]
    method = (
        f"{EVENTS:,} different events, two a message, stand in the log before `delivrd up`; timed from ready on until "
        "the last is committed; then every one of them is counted in SQL; no requests meanwhile"
    )
    return of_runs("From the log to rows", method, runs)


def _run(installation: Installation) -> dict[tuple[str, str], float]:
    fill(installation, EVENTS)
    with installation.up():
        pids = installation.pids()
        done_before, began, before = _committed(installation), time.perf_counter(), cpu_of(pids)
        await_that(lambda: _committed(installation) > EVENTS, "the consumer to take the whole log", pause=0.005)
        seconds, after = time.perf_counter() - began, cpu_of(pids)
        memory = {name: resident_mb(pid) for name, pid in pids.items()}
        _check(installation)
    events = EVENTS + 1 - done_before
    return {
        ("stored", "events/s"): events / seconds,
        **{
            (f"CPU of the {name}", "s a million events"): (after[name] - before[name]) / events * 1e6
            for name in ("worker", "engine")
        },
        **{(f"memory of the {name} afterwards", "MB"): memory[name] for name in ("worker", "engine")},
    }


def _committed(installation: Installation) -> int:
    """The offset that is read next; offsets begin at 1."""
    stats = log_stats(installation.folder.log, installation.folder.state)
    return max(1, stats.committed) if stats else 1


def _check(installation: Installation) -> None:
    warehouse = reader(installation.settings)
    [(count,)] = warehouse.query("SELECT count() FROM events")
    warehouse.close()
    if count != EVENTS:
        raise SystemExit(f"{EVENTS} events were in the log, {count} are in the warehouse")
