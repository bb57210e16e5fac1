"""Reading a list that has no pages, window by window, without a gap, over restarts too."""

from collections.abc import Callable

import structlog

from pipeline import metrics
from pollers import windows
from pollers.answers import Question, TooMuch
from pollers.desk import Desk
from pollers.state import Reached
from pollers.windows import SECOND_MS, Window

FIRST_SPAN_MS = 3_600_000
_PATIENCE = 3
"""So often the answer about a single second may be unusable, while others are not, before the next is asked."""
_ELSEWHERE_MS = 86_400_000

log = structlog.get_logger(__name__)


class List:
    """One source's list. `overlap` and `back` are milliseconds: how far back each round begins, and the first one.

    An answer with `too_large` elements or more is not taken for whole.
    """

    def __init__(
        self, desk: Desk, question: Callable[[Window], Question], *, overlap: int, back: int, too_large: int
    ) -> None:
        self._desk = desk
        self._question = question
        self._overlap = overlap
        self._too_large = too_large
        self._unusable = 0
        kept = desk.state.reached(desk.source.name)
        self._reached = kept or Reached(desk.clock() - back, FIRST_SPAN_MS)
        if kept is None:
            # A start that is killed before its first answer must not make the next one begin later.
            self._note(self._reached.at, self._reached.span)

    async def round(self) -> bool:
        """Everything from `overlap` before the end of what was read, to now."""
        now = self._desk.clock()
        if self._reached.at > now:
            # The clock was ahead: what is made from now on is yet to be listed.
            self._note(now, self._reached.span)
        begin = (self._reached.at - self._overlap) // SECOND_MS * SECOND_MS
        while now - begin >= SECOND_MS:
            begin = await self._read(windows.window(begin, self._reached.span, now))
        return False

    async def _read(self, window: Window) -> int:
        """Ask about a window; returns where the next begins: at the same place where it has to be smaller."""
        span = self._reached.span
        try:
            found = await self._desk.insist(self._question(window), too_much=False)
        except TooMuch as error:
            if span > SECOND_MS:
                return self._shrink(window)
            if error.kind == "timeout":
                if not self._desk.patient:
                    raise
                return window.begin
            # It may be the provider that is unwell, and not this second: then it is waited for.
            await self._desk.insist(self._question(_elsewhere(window)))
            self._unusable += 1
            if self._unusable < _PATIENCE:
                return window.begin
            log.error("second_unreadable", source=self._desk.source.name, reason=str(error))
        else:
            if not windows.is_whole(found.kept.elements, self._too_large, span):
                return self._shrink(window)
            span = windows.resized(span, found.kept.elements, self._too_large)
        self._unusable = 0
        self._note(max(self._reached.at, window.end), span)
        return window.end

    def _shrink(self, window: Window) -> int:
        # From what was asked, which may have been less than a whole span.
        self._note(self._reached.at, windows.smaller(min(self._reached.span, window.end - window.begin)))
        return window.begin

    def _note(self, at: int, span: int) -> None:
        self._reached = Reached(at, span)
        metrics.poll_lag.labels(self._desk.source.name, "list").set((self._desk.clock() - at) / 1000)
        self._desk.state.note_reached(self._desk.source.name, self._reached)


def _elsewhere(window: Window) -> Window:
    """A second whose answer shows whether the provider can be read at all."""
    begin = window.begin - _ELSEWHERE_MS
    return Window(begin, begin + SECOND_MS)
