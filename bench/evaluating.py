"""What it costs to judge a minute: of three thousand routes, each of which is heard in it."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from alerts.figures import Heard, Minute, Outcome
from alerts.reading import minutes
from alerts.rules import rules_of
from alerts.scope import Scope
from alerts.watch import Watch
from bench.figures import Figure, of_runs
from pipeline.warehouse import Warehouse

SOURCES, COUNTRIES, CARRIERS = 6, 50, 10
LEARNED = 130
"""Minutes: two hours begin within them, so that something is known of each route."""
RUNS = 15
FIRST = 29_000_040
USUAL, SLOW = 12, 18
"""Delays of about a second and of three."""


def measure(folder: Path) -> list[Figure]:  # noqa: ARG001 (nothing is written)
    """The figure of one minute, without what the warehouse takes to tell it."""
    runs = [{("one minute", "ms"): ms} for ms in judged()]
    routes = SOURCES * COUNTRIES * CARRIERS
    return of_runs("Alarms", f"{routes:,} routes judged, each heard in the minute, all kinds and levels", runs)


def judged() -> Iterator[float]:
    """Milliseconds of each of some minutes."""
    watch = Watch(rules_of([]))
    for minute in range(FIRST, FIRST + LEARNED):
        watch.take(_minute(minute))
    for minute in range(FIRST + LEARNED, FIRST + LEARNED + RUNS):
        figures = _minute(minute)
        began = perf_counter()
        watch.take(figures)
        yield (perf_counter() - began) * 1000


def read(warehouse: Warehouse, last: int) -> Iterator[float]:
    """Milliseconds that the warehouse takes to tell what was heard in each of some minutes up to `last`."""
    for minute in range(last - RUNS, last):
        began = perf_counter()
        list(minutes(warehouse, minute, minute + 1))
        yield (perf_counter() - began) * 1000


def _minute(minute: int) -> Minute:
    heard = []
    for number in range(SOURCES * COUNTRIES * CARRIERS):
        land, carrier = divmod(number // SOURCES, CARRIERS)
        route = Scope(f"source {number % SOURCES}", f"country {land}", f"{land} {carrier}")
        heard += [
            Heard(route, Outcome.SUBMITTED, minute, None, 6),
            Heard(route, Outcome.DELIVERED, minute, USUAL, 3),
            Heard(route, Outcome.DELIVERED, minute - 1, SLOW, 2),
        ]
        if (number + minute) % 7 == 0:
            heard.append(Heard(route, Outcome.BAD, minute, USUAL, 1))
    return Minute(minute, heard)
