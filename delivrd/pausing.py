"""The consumer standing still for a moment, because a command needs it to: for as long as that holds a lock."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from delivrd.errors import Trouble
from delivrd.locks import alone
from delivrd.options import Place
from delivrd.serving import read_loaded
from pipeline.filesystem import is_locked, locked
from pipeline.settings import Folder, Settings
from pipeline.warehouse import Warehouse
from pipeline.warehouse.standstill import announce, withdraw

if TYPE_CHECKING:
    from consumers.worker import Worker

WAIT_SECONDS = 180.0
"""A chunk that is being stored is finished first; a warehouse that hangs may take so long to say so."""
_PAUSE = 0.05


class Pausing:
    """The consumer's side: a worker that runs but while somebody holds the lock."""

    def __init__(self, worker: "Worker", folder: Folder) -> None:
        self._worker = worker
        self._folder = folder
        self._turn = threading.Lock()
        self._waits = False

    def start(self) -> None:
        """Start the worker, at once or when nobody needs it to stand still. Comes back at once."""
        with self._turn:
            if self._waits:
                return
            if not is_locked(self._folder.pause):
                self._worker.start()
                return
            self._waits = True
            threading.Thread(target=self._start_later, name="pause", daemon=True).start()

    def look(self) -> None:
        """Where it is to stand still, it does when this returns."""
        if is_locked(self._folder.pause):
            self._worker.stop(drain=0)
            self.start()

    def _start_later(self) -> None:
        with locked(self._folder.pause, shared=True):
            pass
        with self._turn:
            self._waits = False
            self._worker.start()


@contextlib.contextmanager
def standing_still(
    place: Place, settings: Settings, warehouse: Warehouse, say: Callable[[str], None]
) -> Iterator[None]:
    """The command's side: within the block nobody consumes. Raises Trouble where that cannot be had.

    On a cluster the consumers are not ours to stop: their end is awaited, and none begins.
    """
    if settings.on_cluster:
        announce(warehouse)
        try:
            _await_no_consumer(settings, say)
            yield
        finally:
            withdraw(warehouse)
        return
    with alone(settings):
        _tell_worker(place)
        yield


def _tell_worker(place: Place) -> None:
    up = place.up
    if up is None:
        raise Trouble(f"delivrd does not run on {place.folder.root}. Start it with `delivrd up`.")
    before = read_loaded(place.folder, "worker")
    os.kill(up.parts["worker"].pid, signal.SIGHUP)
    deadline = time.monotonic() + WAIT_SECONDS
    while read_loaded(place.folder, "worker") == before:
        if time.monotonic() > deadline:
            raise Trouble("The worker does not stand still (`delivrd status`). The old tables go on serving; try again")
        time.sleep(_PAUSE)


def _await_no_consumer(settings: Settings, say: Callable[[str], None]) -> None:
    # The client library is installed, and loaded, only where there is a Kafka.
    from pipeline.kafka_log.looking import members

    kafka = settings.log.kafka
    assert kafka is not None
    if members(kafka):
        say("all but the newest is read. Stop every `delivrd consumer` now; it goes on when the last one has ended")
    while members(kafka):
        time.sleep(1)
