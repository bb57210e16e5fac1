"""Drives the lanes of all partitions that are ours. The log is touched by one thread only."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

import structlog

from consumers.lane import Lane, Limits, Reading
from consumers.store import Store
from pipeline.log import LogReader, Revoked

log = structlog.get_logger(__name__)

IDLE_SECONDS = 0.02
REVOKED_SECONDS = 1.0


class Loop:
    """Consumes the partitions of one reader until told to stop.

    `open_store` gives each partition a store of its own: what one lane remembers of its messages is nobody
    else's, and is dropped with the partition.
    """

    def __init__(self, reader: LogReader, open_store: Callable[[], Store], limits: Limits) -> None:
        self._reader = reader
        self._open_store = open_store
        self._limits = limits
        self._lanes: dict[int, Lane] = {}
        self._stopping = threading.Event()
        self._draining = threading.Event()

    def stop(self) -> None:
        """End soon: the chunks that are being stored are finished, nothing new is begun."""
        self._stopping.set()

    def drain(self) -> None:
        """End when nothing is waiting."""
        self._draining.set()

    def run(self, reading: Reading, stores: int = 4) -> None:
        """Returns when stopped or drained. Raises the warehouse's Setup; then nothing more was committed.

        At most `stores` chunks are stored at the same time.
        """
        with ThreadPoolExecutor(stores, thread_name_prefix="store") as pool:
            try:
                self._run(reading, pool)
            finally:
                for partition in list(self._lanes):
                    self._drop(partition)

    def _run(self, reading: Reading, pool: ThreadPoolExecutor) -> None:
        while not self._stopping.is_set():
            if not self._turn(reading, pool):
                if self._draining.is_set() and all(lane.idle for lane in self._lanes.values()):
                    break
                self._pause()
        for lane in self._lanes.values():
            lane.leave()
        for partition in list(self._lanes):
            self._try(partition, Lane.finish)
            self._try(partition, Lane.commit)

    def _turn(self, reading: Reading, pool: ThreadPoolExecutor) -> bool:
        owned = set(self._reader.partitions())
        for partition in self._lanes.keys() - owned:
            self._drop(partition)
        for partition in owned - self._lanes.keys():
            with contextlib.suppress(Revoked):
                self._lanes[partition] = Lane(self._reader, partition, self._open_store(), reading, self._limits)
        stepped = False
        for partition in sorted(self._lanes):
            stepped |= self._try(partition, lambda lane: lane.step(pool))
        return stepped

    def _try(self, partition: int, action: Callable[[Lane], bool | None]) -> bool:
        """A partition that was revoked is let go with its open chunk: the next owner reads the same range."""
        try:
            return bool(action(self._lanes[partition]))
        except Revoked:
            log.info("partition_revoked", partition=partition)
            self._stopping.wait(REVOKED_SECONDS)
            self._drop(partition)
            return False

    def _drop(self, partition: int) -> None:
        self._lanes.pop(partition).close()

    def _pause(self) -> None:
        running = [lane.running for lane in self._lanes.values() if lane.running]
        if running:
            wait_for(running, timeout=IDLE_SECONDS, return_when=FIRST_COMPLETED)
        else:
            self._stopping.wait(IDLE_SECONDS)
