"""The consumer as a part of a process: started, stopped, asked how it is, and given new settings."""

import contextlib
import threading
from collections.abc import Callable, Mapping

import msgspec
import structlog

from consumers.known import note_sources
from consumers.lane import Limits, Reading
from consumers.loop import Loop
from consumers.memory import Memory
from consumers.readings import present_reading
from consumers.store import Store
from pipeline import metrics
from pipeline.clock import Clock
from pipeline.log import LogFull, LogReader, LogUnavailable, LogUnusable
from pipeline.warehouse import Warehouse
from pipeline.warehouse.errors import Retry, Setup
from pipeline.warehouse.retention import Oldest
from pipeline.warehouse.standstill import check_may_begin
from schemas.adapter import Adapter, Source

log = structlog.get_logger(__name__)


class WorkerStatus(msgspec.Struct, frozen=True):
    """Whether records are being consumed, and if not, why."""

    running: bool
    reason: str


class Parts(msgspec.Struct, frozen=True):
    """What a worker is made of. `connect` gives a client of the warehouse's store, `prepare` brings its schema up.

    `oldest` says, for a present time (ms), since when what is kept; `forget_key` knows those who are to be forgotten.
    """

    connect: Callable[[], Warehouse]
    prepare: Callable[[], None]
    open_reader: Callable[[], LogReader]
    sources: Mapping[str, Source]
    adapters: Mapping[str, Adapter]
    oldest: Callable[[int], Oldest]
    limits: Limits = Limits()
    forget_key: str = ""


class Worker:
    """Runs the consumer's loop in a thread of its own."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        for kind in ("retry", "setup", "fault"):
            metrics.consumer_errors.labels(kind)  # from 0 on: what begins at 1 has never risen
        self._parts = parts
        self._clock = clock
        self._status = WorkerStatus(False, "starting")
        self._loop: Loop | None = None
        self._reading: int | None = None
        self._turn = threading.RLock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; comes back at once."""
        with self._turn:
            self._stopping.clear()
            self._reading = None
            self._thread = threading.Thread(target=self._run, name="consumer", daemon=True)
            self._thread.start()

    def status(self) -> WorkerStatus:
        """How it is."""
        return self._status

    def stop(self, drain: float) -> None:
        """Consume what waits for at most `drain` seconds, finish the chunk in hand, and end."""
        with self._turn:
            if self._thread is None:
                return
            loop = self._loop
            if loop and drain > 0:
                loop.drain()
                self._thread.join(drain)
            self._stopping.set()
            loop = self._loop
            if loop:
                loop.stop()
            self._thread.join()
            self._thread = None

    def reload(self, sources: Mapping[str, Source]) -> None:
        """Go on under other sources and status tables; one that was stopped stays so."""
        with self._turn:
            running = self._thread is not None
            self.stop(drain=0)
            self._parts = msgspec.structs.replace(self._parts, sources=sources)
            if running:
                self.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._consume()
            except Retry as error:
                self._wait("warehouse_away", str(error))
            except (LogFull, LogUnavailable) as error:
                self._wait("log_away", str(error))
            except (Setup, LogUnusable) as error:
                metrics.consumer_errors.labels("setup").inc()
                self._status = WorkerStatus(False, str(error))
                log.critical("consumer_stopped", reason=str(error))
                return
            except Exception as error:
                metrics.consumer_errors.labels("fault").inc()
                self._status = WorkerStatus(False, f"delivrd made a mistake ({type(error).__name__}); see its log")
                log.exception("consumer_failed")
                self._stopping.wait(1)
            else:
                return

    def _wait(self, event: str, reason: str) -> None:
        """A moment, until it is tried again. It is said once: it may be for hours."""
        if reason != self._status.reason:
            log.warning(event, error=reason)
        self._status = WorkerStatus(False, reason)
        self._stopping.wait(0.3)

    def _consume(self) -> None:
        parts = self._parts
        if self._reading is None:
            self._reading = self._begin()
        with contextlib.closing(parts.connect()) as client:
            check_may_begin(client)  # where nobody may consume, it does not even join those who do
        reader = parts.open_reader()
        try:
            number = self._reading
            loop = self._loop = Loop(reader, self._open_store, parts.limits)
            if self._stopping.is_set():  # told before there was a loop to tell
                loop.stop()
            self._status = WorkerStatus(True, "")
            log.info("consuming", reading=number)
            loop.run(Reading(number, parts.sources, parts.adapters))
            self._status = WorkerStatus(False, "stopped")
        finally:
            self._loop = None
            reader.close()

    def _begin(self) -> int:
        """The tables brought up to date, and the number of the present reading.

        Once a start: one that has lost its log or warehouse for a while goes on as what it is, also where a newer
        version has begun meanwhile.
        """
        self._parts.prepare()
        client = self._parts.connect()
        try:
            note_sources(client, self._parts.sources, self._clock)
            number = present_reading(client, self._parts.sources, self._clock)
        finally:
            client.close()
        metrics.reading.set(number)
        return number

    def _open_store(self) -> Store:
        client = self._parts.connect()
        try:
            check_may_begin(client)
        except BaseException:
            client.close()
            raise
        return Store(client, Memory(client), self._clock, self._parts.oldest, self._parts.forget_key)
