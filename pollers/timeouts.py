"""Messages that nobody reports on: after a time that the user sets, a record says so, and figures follow from it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import structlog

from pipeline.clock import Clock
from pipeline.warehouse.errors import WarehouseError
from pollers.jobs import Job
from pollers.keeping import Keeper
from pollers.open_messages import SAID_AT, Silent
from schemas import timeout

FAR_MS = 30 * 86_400_000
"""How far beyond the time-out the first look goes, and one in each `OFTEN_MS`: what was handed in long ago may be heard
of late, by an import or a consumer that was behind.
"""
OFTEN_MS = 3_600_000
SHORTEST_MS, LONGEST_MS = 1_000, 60_000
BATCH = 1_000

log = structlog.get_logger(__name__)


class TimeOuts:
    """Those of one source. `look` finds the silent messages first heard of since its first argument and handed in
    before its second (UTC, ms); `after` is the age in ms.
    """

    def __init__(
        self,
        source: str,
        look: Callable[[int, int], Sequence[Silent]],
        keeper: Keeper,
        clock: Clock,
        after: int,
    ) -> None:
        self._source = source
        self._look = look
        self._keeper = keeper
        self._clock = clock
        self._after = after
        self._far_at = 0
        self._said: set[str] = set()
        self._failures = 0

    @property
    def job(self) -> Job:
        """The job that it is."""
        return Job("time-outs", max(SHORTEST_MS, min(LONGEST_MS, self._after // 10)), self.round)

    async def round(self) -> bool:
        """A record for each message whose time is over. The consumer may not know of the last ones yet: not again."""
        began = self._clock()
        before = began - self._after
        far = not 0 <= began - self._far_at < OFTEN_MS
        try:
            found = await asyncio.to_thread(self._look, before - (FAR_MS if far else OFTEN_MS), before)
        except WarehouseError as error:
            self._failures += 1
            if self._failures == SAID_AT:
                log.warning("silent_messages_not_read", source=self._source, reason=str(error))
            return False
        self._failures = 0
        new = [one for one in found if one.message_key not in self._said]
        for batch in _batches(new, BATCH):
            now = self._clock()
            await self._keeper.keep([timeout.make(self._source, *one, now) for one in batch])
        still = {one.message_key for one in found}
        if far:
            self._said, self._far_at = still, began
        else:
            self._said |= still
        return False


T = TypeVar("T")


def _batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
