"""The same on a cluster: a real Kafka and a ClickHouse on this machine, and each part of delivrd by itself."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, of_runs
from bench.installation import await_that
from bench.processes import cpu_seconds, on_core
from bench.receiving import CONNECTIONS, wrk
from bench.reports import SOURCE, records
from consumers.copies import batches
from delivrd.parts import event_log, reader
from pipeline.clock import now_ms
from tests.kafka.brokers import cluster
from tests.support.cluster import ClusterInstallation

RUNS = 3
SECONDS = 10
EVENTS = 300_000
CATCH_UP = 10_000_000
BATCH = 5_000
PARTITIONS = 12


@contextlib.contextmanager
def _installed(folder: Path) -> Iterator[ClusterInstallation]:
    """Kafka with one broker, ClickHouse with its tables, and no part of delivrd yet."""
    with cluster(folder / "kafka") as brokers:
        installation = ClusterInstallation(folder / "data", brokers, "bench")
        installation.environment |= {"DELIVRD_LOG_PARTITIONS": str(PARTITIONS), "DELIVRD_LOG_ACKNOWLEDGE": "1"}
        try:
            installation.prepare()
            yield installation
        finally:
            installation.end()


def receiving(folder: Path) -> list[Figure]:
    """Figures of `wrk` against one receiver on one core, each request acknowledged by Kafka before its 2xx."""
    runs = []
    with _installed(folder / "cluster-receiving") as installation:
        installation.join("intake", "receiver", before=tuple(on_core(0, [])))
        installation.wait_ready()
        pid, url = installation.pid("intake"), installation.urls()[SOURCE]
        wrk(url, 3, "warm")
        for run in range(RUNS):
            before, spooled = cpu_seconds(pid), _spooled(installation)
            seen = wrk(url, SECONDS, str(run))
            cpu = cpu_seconds(pid) - before
            runs.append(
                {
                    ("accepted, each acknowledged by Kafka before its 2xx", "requests/s"): (
                        seen.requests / seen.microseconds * 1e6
                    ),
                    ("p50", "ms"): seen.p50 / 1000,
                    ("p99", "ms"): seen.p99 / 1000,
                    ("CPU of the receiver", "s a million requests"): cpu / seen.requests * 1e6,
                    ("not answered with 2xx", "requests"): seen.failed,
                    ("taken by the spool", "records"): _spooled(installation) - spooled,
                }
            )
    method = (
        f"wrk, {CONNECTIONS} connections, {SECONDS} s a run after a warm-up; one receiver on core 0, wrk on core 1, "
        f"one broker wherever there is room; {PARTITIONS} partitions, acks=all, no consumer runs"
    )
    return of_runs("Receiving on a cluster", method, runs)


def consuming(folder: Path) -> list[Figure]:
    """Figures of one consumer process, and of two, on a topic that was filled before they start."""
    figures: list[Figure] = []
    for processes in (1, 2):
        runs = [_consume(folder / f"cluster-consuming-{processes}-{run}", processes) for run in range(RUNS)]
        method = (
            f"{EVENTS:,} different events, two a message, stand in {PARTITIONS} partitions before the start; timed "
            "from ready on until the last is stored; then every one of them is counted in SQL"
        )
        figures += of_runs(f"From Kafka to rows, consumer processes: {processes}", method, runs)
    return figures


def _consume(folder: Path, processes: int) -> dict[tuple[str, str], float]:
    with _installed(folder) as installation:
        with event_log(installation.settings()) as log:
            for batch in batches(records(EVENTS, 0, now_ms()), BATCH):
                log.append(batch)
        parts = [f"worker-{number}" for number in range(processes)]
        for part in parts:
            installation.join(part, "consumer")
        installation.wait_ready()
        engine = installation.pid("engine")
        pids = [installation.pid(part) for part in parts]
        began, done = time.perf_counter(), sum(_stored(installation, part) for part in parts)
        before, before_engine = sum(map(cpu_seconds, pids)), cpu_seconds(engine)
        await_that(lambda: sum(_stored(installation, part) for part in parts) >= EVENTS, "all to be stored", 0.05)
        seconds = time.perf_counter() - began
        cpu, cpu_engine = sum(map(cpu_seconds, pids)) - before, cpu_seconds(engine) - before_engine
        _check(installation)
    events = EVENTS - done
    return {
        ("stored", "events/s"): events / seconds,
        ("CPU of the consumers", "s a million events"): cpu / events * 1e6,
        ("CPU of ClickHouse", "s a million events"): cpu_engine / events * 1e6,
        (f"catching up with {CATCH_UP:,} records at this rate", "s"): CATCH_UP * seconds / events,
    }


def _stored(installation: ClusterInstallation, part: str) -> float:
    return installation.figure(part, "delivrd_chunk_records_total")


def _spooled(installation: ClusterInstallation) -> float:
    return installation.figure("intake", "delivrd_spooled_records_total")


def _check(installation: ClusterInstallation) -> None:
    with contextlib.closing(reader(installation.settings())) as warehouse:
        [(count,)] = warehouse.query("SELECT count() FROM events")
    if count != EVENTS:
        raise SystemExit(f"{EVENTS} events were in the log, {count} are in the warehouse")
