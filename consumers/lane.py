"""One partition's way into the warehouse: fetch, normalize, intent, store, commit.

Two things go on at once: one chunk is stored (its time is spent in the warehouse) while the next is read and
normalized. A crash at any point is healed by reading the intended range again: it makes the same rows with the
same tokens.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

import msgspec
import structlog
import tenacity

from consumers.guard import Guard
from consumers.intent import Intent, read_intent, write_intent
from consumers.normalize import normalize
from consumers.plan import Plan, unknown_words
from consumers.store import Chunk, Store
from pipeline import metrics
from pipeline.log import Entry, LogReader, LogUnusable
from pipeline.warehouse.errors import Retry
from schemas.adapter import Adapter, Source

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Limits(msgspec.Struct, frozen=True):
    """How much is taken at once, and how often."""

    records: int = 20_000
    bytes: int = 16 * 1024 * 1024
    linger: float = 0.2
    """Seconds between the starts of two small chunks: the warehouse likes few large inserts."""
    early: int = 5_000
    """From this many waiting records on nothing lingers, and the next chunk is prepared while one is stored."""


class Reading(msgspec.Struct, frozen=True):
    """Under what records are read: the number, and what it stands for."""

    number: int
    sources: Mapping[str, Source]
    adapters: Mapping[str, Adapter]


def chunk_of(entries: Sequence[Entry], log_id: str, partition: int, reading: Reading) -> Chunk:
    """The entries of one partition, at least one, as they read."""
    items = [normalize(entry, log_id, partition, reading.sources, reading.adapters) for entry in entries]
    return Chunk(log_id, partition, items, reading.number, reading.sources)


class Lane:
    """Consumes one partition, a step at a time. Steps raise the warehouse's Setup, and the log's Revoked.

    `idle` is whether the last step found all of the partition stored.
    """

    def __init__(
        self,
        reader: LogReader,
        partition: int,
        store: Store,
        reading: Reading,
        limits: Limits,
    ) -> None:
        self._reader = reader
        self._partition = partition
        self._store = store
        self._reading = reading
        self._limits = limits
        self._leaving = threading.Event()
        self._guard = Guard()
        self._prepared: Chunk | None = None
        self._running: tuple[Chunk, Future[Plan]] | None = None
        self._started = -limits.linger
        self._stored: Future[int] | None = None
        self._begun = False
        self.idle = False
        self._next, note = reader.committed(partition)
        self._committed = self._next
        self._uncommitted = bool(note)
        intent = read_intent(note)
        if intent:
            self._prepared = self._chunk(self._intended(intent))
            self._next = intent.last + 1
            log.info("chunk_again", partition=partition, first=intent.first, last=intent.last)

    @property
    def running(self) -> Future[Plan] | None:
        """The chunk that is being stored."""
        return self._running[1] if self._running else None

    def step(self, pool: Executor) -> bool:
        """One step forward; False where there is nothing to do just now."""
        if not self._begun:
            return self._begin(pool)
        if self._running and self._running[1].done():
            self.finish()
        waiting = self._reader.end(self._partition) - self._next
        self.idle = not (waiting or self._running or self._prepared)
        if self._prepared is None and waiting and (waiting >= self._limits.early or self._may_start()):
            self._prepared = self._chunk(self._fetch())
        if self._running:
            return False
        if self._prepared:
            self._start(self._prepared, pool)
            return True
        if self.idle:
            self.commit()
        return False

    def _begin(self, pool: Executor) -> bool:
        """Where the warehouse was set back (to a backup, say) behind what was committed, read on from what it has.

        Until that is made up for, `chunks` tells how far it came: a commit never goes back.
        """
        if self._stored is None:
            self._stored = pool.submit(self._patiently, self._store.stored_until, self._reader.log_id, self._partition)
        if not self._stored.done():
            return False
        open_from = self._prepared.first if self._prepared else self._next
        behind = max(self._stored.result(), self._reader.first(self._partition))
        if behind < open_from:
            log.warning("warehouse_behind", partition=self._partition, has_until=behind, committed=open_from)
            self._prepared, self._next, self._uncommitted = None, behind, True
        self._begun = True
        return True

    def finish(self) -> None:
        """Wait for the chunk that is being stored. Raises what storing it raised."""
        if self._running:
            chunk, future = self._running
            plan = future.result()
            self._running = None
            self._uncommitted = True
            self._guard.passed(plan, len(chunk.items))
            metrics.chunk_stored(plan.outcomes)
            for source, count in unknown_words(plan).items():
                metrics.unknown_statuses.labels(source).inc(count)

    def leave(self) -> None:
        """Try nothing again from now on: the end is near, or the partition is another's."""
        self._leaving.set()

    def close(self) -> None:
        """Leave, and let go of the warehouse as soon as what is being stored is over. Comes back at once."""
        self.leave()
        if self._running:
            self._running[1].add_done_callback(lambda _: self._store.close())
        else:
            self._store.close()

    def commit(self) -> None:
        """Keep how far everything is stored."""
        upto = self._prepared.first if self._prepared else self._next
        if self._uncommitted and not self._running and upto >= self._committed:
            self._reader.commit(self._partition, upto, "")
            self._uncommitted = False

    def _intended(self, intent: Intent) -> list[Entry]:
        count = intent.last - intent.first + 1
        entries = self._reader.fetch(
            self._partition, intent.first, last=intent.last, max_records=count, max_bytes=2**62
        )
        if not entries or entries[-1].offset != intent.last:
            raise LogUnusable(
                f"partition {self._partition} of the log ends before {intent.last}, up to where it was being consumed: "
                "it was restored from an older copy. Restore the newer copy, or delete the consumer's state to read "
                "it all again"
            )
        return entries

    def _may_start(self) -> bool:
        return not self._running and time.monotonic() - self._started >= self._limits.linger

    def _start(self, chunk: Chunk, pool: Executor) -> None:
        if chunk.first >= self._committed:
            self._reader.commit(self._partition, chunk.first, write_intent(chunk.first, chunk.last))
        self._started = time.monotonic()
        allow: Callable[[Plan], None] = lambda plan: self._guard.check(plan, len(chunk.items))  # noqa: E731
        self._running = (chunk, pool.submit(self._patiently, self._store.store, chunk, allow))
        self._prepared = None

    def _fetch(self) -> list[Entry]:
        entries = self._reader.fetch(
            self._partition, self._next, max_records=self._limits.records, max_bytes=self._limits.bytes
        )
        if entries:
            self._next = entries[-1].offset + 1
        return entries

    def _chunk(self, entries: list[Entry]) -> Chunk | None:
        return chunk_of(entries, self._reader.log_id, self._partition, self._reading) if entries else None

    def _patiently(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Tries for as long as only time can help; raises Retry when told to leave meanwhile."""
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Retry),
            wait=tenacity.wait_exponential_jitter(multiplier=0.1, max=5, jitter=0.1),
            stop=tenacity.stop_when_event_set(self._leaving),
            sleep=tenacity.sleep_using_event(self._leaving),
            before_sleep=_tell,
            reraise=True,
        )
        return retrying(work, *args, **kwargs)


def _tell(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    metrics.consumer_errors.labels("retry").inc()
    log.warning("warehouse_away", error=str(error), attempt=state.attempt_number)
