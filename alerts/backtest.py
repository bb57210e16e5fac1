"""What would have rung: the core over the past, with the clock of the figures."""

from collections.abc import Callable, Iterator

from alerts.forest import Rules
from alerts.learning import DAY
from alerts.reading import minutes, oldest_minute
from alerts.told import Telling
from alerts.watch import Watch
from pipeline.warehouse import Warehouse

LEARN_DAYS = 14


def begin_of(store: Warehouse, since: int, until: int) -> int:
    """The minute from which on the past is read, so that what is usual is known at `since`; `until` without a past."""
    return min(until, oldest_minute(store, max(0, since - LEARN_DAYS * DAY)) or until)


def backtest(
    store: Warehouse, since: int, until: int, rules: Rules, advance: Callable[[int], None] = lambda _: None
) -> Iterator[Telling]:
    """The changes of the minutes from `since` up to `until`, excluded; the two weeks before are learned from.

    `advance` is told how many minutes were read. Raises Retry, Setup.
    """
    watch = Watch(rules)
    for figures in minutes(store, begin_of(store, since, until), until):
        told = watch.take(figures)
        advance(1)
        if figures.minute >= since:
            yield from told
