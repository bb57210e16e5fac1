"""Asking the warehouse which messages are open. It may be away: then the poller goes on with what it knew."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import structlog

from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from pipeline.warehouse.errors import WarehouseError
from pollers.schedule import Open

FRESH_SECONDS = 2.0
SAID_AT = 5
"""So many failures in a row are worth a line in the log: at a start the tables may not be there yet."""
_SHARE = 10
"""The warehouse works on this question for at most a tenth of the time."""

log = structlog.get_logger(__name__)


class Silent(NamedTuple):
    """A message that nobody reported on: what names it, as its time-out's record needs it."""

    message_id: str
    message_key: str
    recipient: str


class Ledger:
    """What the warehouse knows of open messages. Used by one source at a time; raises WarehouseError."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def open(self, source: str, since: int) -> list[Open]:
        """The messages without a final state that were first heard of after `since` (UTC, ms)."""
        rows = self._warehouse.query(load_sql("pollers/open"), {"source": source, "since": since})
        return [Open(*row) for row in rows]

    def silent(self, source: str, since: int, before: int) -> list[Silent]:
        """Those of them that were handed in before `before`, and are not known to be unknown."""
        params = {"source": source, "since": since, "before": before}
        return [Silent(*row) for row in self._warehouse.query(load_sql("pollers/silent"), params)]


class OpenMessages:
    """The open messages of one source, looked up anew every few seconds."""

    def __init__(self, source: str, look: Callable[[], Sequence[Open]]) -> None:
        self._source = source
        self._look = look
        self._found: Sequence[Open] = ()
        self._next = 0.0
        self._failures = 0

    async def now(self) -> Sequence[Open]:
        """The latest that is known."""
        began = time.monotonic()
        if began < self._next:
            return self._found
        try:
            self._found = await asyncio.to_thread(self._look)
            self._failures = 0
        except WarehouseError as error:
            self._failures += 1
            if self._failures == SAID_AT:
                log.warning("open_messages_not_read", source=self._source, reason=str(error))
        done = time.monotonic()
        self._next = done + max(FRESH_SECONDS, _SHARE * (done - began))
        return self._found
