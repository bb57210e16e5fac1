"""The way of a chunk: fetch, normalize, intent, store, commit.

Two things go on at once: one chunk is stored (its time is spent in the warehouse) while the next is read and
normalized. The log is touched by one thread only.

A crash at any point is healed by reading the intended range again: it makes the same rows with the same tokens.
"""

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

import msgspec
import structlog
import tenacity
from pipeline.warehouse.errors import Retry

from consumers.guard import Guard
from consumers.intent import read_intent, write_intent
from consumers.normalize import normalize
from consumers.plan import Plan
from consumers.store import Chunk, Store
from pipeline import metrics
from pipeline.log import Entry, LogReader
from schemas.adapter import Adapter, Source

log = structlog.get_logger(__name__)


class Limits(msgspec.Struct, frozen=True):
    """How much is taken at once, and how often. A chunk waits at most `linger` seconds for company."""

    records: int = 20_000
    bytes: int = 16 * 1024 * 1024
    linger: float = 0.2
    early: int = 5_000
    """From this many waiting records on, the next chunk is prepared while the present one is stored."""


class Reading(msgspec.Struct, frozen=True):
    """Under what records are read: the number, and what it stands for."""

    number: int
    sources: Mapping[str, Source]
    adapters: Mapping[str, Adapter]


class Running(msgspec.Struct, frozen=True):
    """A chunk that is being stored."""

    chunk: Chunk
    future: "Future[Plan]"


class Loop:
    """Consumes the partitions of one reader until told to stop. `run` raises the warehouse's Setup."""

    def __init__(self, reader: LogReader, store: Store, limits: Limits) -> None:
        self._reader = reader
        self._store = store
        self._limits = limits
        self._guard = Guard()
        self._stopping = threading.Event()
        self._draining = threading.Event()
        self._next: dict[int, int] = {}

    def stop(self) -> None:
        """End soon: the chunk that is being stored is finished, nothing new is begun."""
        self._stopping.set()

    def drain(self) -> None:
        """End when nothing is waiting."""
        self._draining.set()

    def run(self, reading: Reading) -> None:
        """Returns when stopped or drained."""
        with ThreadPoolExecutor(1, thread_name_prefix="store") as pool:
            while not self._stopping.is_set():
                busy = [self._take_turn(partition, reading, pool) for partition in self._reader.partitions()]
                if not any(busy):
                    if self._draining.is_set():
                        return
                    self._stopping.wait(0.02)

    def _take_turn(self, partition: int, reading: Reading, pool: ThreadPoolExecutor) -> bool:
        """Stores what waits in a partition, up to the moment when nothing does. False where nothing was there."""
        if partition not in self._next:
            self._resume(partition, reading)
        running: Running | None = None
        began = False
        while not self._stopping.is_set():
            if running and not running.future.done() and self._waiting(partition) < self._limits.early:
                wait_for([running.future], timeout=0.02)
                continue
            entries = self._fetch(partition)
            if entries:
                chunk = self._chunk(partition, entries, reading)
                if running:
                    self._finish(running)
                self._reader.commit(partition, chunk.first, write_intent(chunk.first, chunk.last))
                running = Running(chunk, pool.submit(self._store_patiently, chunk))
                self._next[partition] = chunk.last + 1
                began = True
                self._stopping.wait(self._limits.linger if len(entries) < self._limits.early else 0)
            elif running:
                self._finish(running)
                self._reader.commit(partition, self._next[partition], "")
                running = None
            else:
                return began
        if running:
            self._finish(running)
            self._reader.commit(partition, self._next[partition], "")
        return began

    def _resume(self, partition: int, reading: Reading) -> None:
        """Begin where the partition was left: an intended range is read again, exactly."""
        offset, note = self._reader.committed(partition)
        self._next[partition] = offset
        intent = read_intent(note)
        if intent is None:
            return
        entries = self._reader.fetch(
            partition, intent.first, last=intent.last, max_records=intent.last - intent.first + 1, max_bytes=1 << 62
        )
        if entries:
            chunk = self._chunk(partition, entries, reading)
            log.info("chunk_again", partition=partition, first=chunk.first, last=chunk.last)
            self._finish(Running(chunk, _done(self._store_patiently(chunk))))
        self._reader.commit(partition, intent.last + 1, "")
        self._next[partition] = intent.last + 1

    def _waiting(self, partition: int) -> int:
        return self._reader.end(partition) - self._next[partition]

    def _fetch(self, partition: int) -> list[Entry]:
        return self._reader.fetch(
            partition, self._next[partition], max_records=self._limits.records, max_bytes=self._limits.bytes
        )

    def _chunk(self, partition: int, entries: list[Entry], reading: Reading) -> Chunk:
        log_id = self._reader.log_id
        items = [normalize(entry, log_id, partition, reading.sources, reading.adapters) for entry in entries]
        providers = {name: source.provider for name, source in reading.sources.items()}
        return Chunk(log_id, partition, items, reading.number, providers)

    def _store_patiently(self, chunk: Chunk) -> Plan:
        """Tries for as long as only time can help."""
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Retry),
            wait=tenacity.wait_exponential_jitter(initial=0.1, max=5),
            stop=tenacity.stop_when_event_set(self._stopping),
            sleep=tenacity.sleep_using_event(self._stopping),
            before_sleep=_tell,
            reraise=True,
        ):
            with attempt:
                return self._store.store(chunk, lambda plan: self._guard.check(plan, len(chunk.items)))
        raise AssertionError("unreachable")

    def _finish(self, running: Running) -> None:
        plan = running.future.result()
        self._guard.passed(plan, len(running.chunk.items))
        metrics.chunk_stored(plan.outcomes)


def _done(plan: Plan) -> "Future[Plan]":
    future: Future[Plan] = Future()
    future.set_result(plan)
    return future


def _tell(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    metrics.consumer_errors.labels("retry").inc()
    log.warning("warehouse_away", error=str(error), attempt=state.attempt_number)
