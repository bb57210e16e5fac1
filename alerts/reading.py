"""The figures of closed minutes, from the warehouse."""

from collections import defaultdict
from collections.abc import Iterator

from alerts.figures import Heard, Minute, Outcome
from alerts.scope import Scope
from pipeline.clock import MINUTE_MS
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse

BLOCK = 360
"""Minutes a question: six hours' messages are read nearly as quickly as a minute's."""

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def minutes(store: Warehouse, first: int, last: int, block: int = BLOCK) -> Iterator[Minute]:
    """Each minute from `first` up to `last`, excluded, also those in which nothing was heard. Raises Retry, Setup."""
    for begin in range(first, last, block):
        yield from _block(store, begin, min(last, begin + block))


def oldest_minute(store: Warehouse, since: int) -> int | None:
    """The first minute, not before `since`, of which anything is known."""
    [(found,)] = store.query(load_sql("alerts/oldest"), {"since": since * MINUTE_MS})
    return found or None


def _block(store: Warehouse, first: int, last: int) -> Iterator[Minute]:
    period = {"since": first * MINUTE_MS, "until": last * MINUTE_MS}
    heard: dict[int, list[Heard]] = defaultdict(list)
    for minute, source, country, carrier, outcome, submitted, delay, count in store.query(
        load_sql("alerts/heard"), period
    ):
        route = Scope(source, country, carrier)
        heard[minute].append(Heard(route, _OUTCOMES[outcome], _known(submitted), _known(delay), count))
    records: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    told: dict[int, set[str]] = defaultdict(set)
    for minute, source, facts, dead, asked in store.query(load_sql("alerts/records"), period):
        records[minute][source] = (facts, dead)
        if asked:
            told[minute].add(source)
    for minute in range(first, last):
        yield Minute(minute, heard.get(minute, ()), records.get(minute, {}), frozenset(told.get(minute, ())))


def _known(value: int) -> int | None:
    return None if value < 0 else value
