"""The consumer standing still for a moment, because a command needs it to: for as long as that holds a lock."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from delivrd.errors import Trouble
from delivrd.locks import alone, lock
from delivrd.options import Place
from pipeline.filesystem import is_locked, locked
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse
from pipeline.warehouse.errors import WarehouseError
from pipeline.warehouse.standstill import announce, withdraw

if TYPE_CHECKING:
    from consumers.worker import Worker

WAIT_SECONDS = 180.0
"""A chunk that is being stored is finished first; a warehouse that hangs may take so long to say so."""


class Pausing:
    """The consumer's side: a worker that runs but while somebody needs it to stand still.

    It holds a lock while it runs, and begins only when it can be seen that nobody wants that.
    """

    def __init__(self, worker: "Worker", settings: Settings) -> None:
        self._worker = worker
        self._settings = settings
        self._turn = threading.Lock()
        self._begins = False
        self._consuming = contextlib.ExitStack()

    def start(self) -> None:
        """Start the worker as soon as nobody needs it to stand still. Comes back at once."""
        with self._turn:
            self._start()

    def look(self) -> None:
        """Where it is to stand still, it does when this returns."""
        with self._turn:
            if is_locked(self._settings.folder.pause):
                self._worker.stop(drain=0)
                self._consuming.close()
                self._start()

    def _start(self) -> None:
        if not self._begins:
            self._begins = True
            threading.Thread(target=self._begin, name="pause", daemon=True).start()

    def _begin(self) -> None:
        folder = self._settings.folder
        with lock(self._settings, folder.pause, shared=True), self._turn:
            self._begins = False
            self._consuming.enter_context(lock(self._settings, folder.consuming, shared=True))
            self._worker.start()


@contextlib.contextmanager
def standing_still(
    place: Place, settings: Settings, warehouse: Warehouse, say: Callable[[str], None]
) -> Iterator[None]:
    """The command's side: within the block nobody consumes. Raises Trouble where that cannot be had.

    On a cluster the consumers are not ours to stop: their end is awaited, and none begins.
    """
    if settings.on_cluster:
        try:
            announce(warehouse)
            _await_no_consumer(settings, say)
            yield
        except BaseException:
            with contextlib.suppress(WarehouseError):  # the first error is the one that tells what happened
                withdraw(warehouse)
            raise
        withdraw(warehouse)
        return
    with alone(settings), _without_worker(place):
        yield


@contextlib.contextmanager
def _without_worker(place: Place) -> Iterator[None]:
    """The worker looks when it is told to; that it has stopped is known by its lock alone."""
    up = place.up
    if up is None:
        raise Trouble(f"delivrd does not run on {place.folder.root}. Start it with `delivrd up`.")
    with contextlib.suppress(ProcessLookupError):  # the next one looks before it begins
        os.kill(up.parts["worker"].pid, signal.SIGHUP)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(place.folder.consuming, within=WAIT_SECONDS))
        except TimeoutError:
            raise Trouble(
                "The worker does not stand still (`delivrd status`). The old tables go on serving; try again"
            ) from None
        yield


def _await_no_consumer(settings: Settings, say: Callable[[str], None]) -> None:
    # The client library is installed, and loaded, only where there is a Kafka.
    from pipeline.kafka_log.looking import members

    kafka = settings.log.kafka
    assert kafka is not None
    if members(kafka):
        say("all but the newest is read. Stop every `delivrd consumer` now; it goes on when the last one has ended")
    while members(kafka):
        time.sleep(1)
