"""Sources beside one another on the same country and carrier, from the reports `compare` and `latency`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from console.desk import Desk
from console.periods import Period
from console.questions import Question
from pipeline.warehouse.reports import load_report, report_sql

SMALL = 30
"""Fewer messages that have ended are shown, and not ranked."""

Row = Mapping[str, str | None]
_ROUTE = ("country", "carrier")


@dataclass(frozen=True)
class Compared:
    """A source on a route. `rank` is 0 where too few of its messages have ended."""

    source: str
    rank: int
    figures: Row
    latency: Row

    def number(self, name: str) -> float | None:
        """A figure of the report."""
        value = self.figures[name]
        return None if value is None else float(value)


@dataclass(frozen=True)
class Route:
    """A country and carrier with its sources, the one that surely delivers most first, small ones last."""

    country: str
    carrier: str
    sources: Sequence[Compared]


def questions(period: Period, now: int) -> tuple[Question, Question]:
    """What is asked: the comparison, and the latencies."""
    values = {"since": period.since, "until": period.until, "now": now, "tz": "UTC"}
    latency = report_sql(load_report("latency"), [*_ROUTE, "source"])
    return Question(report_sql(load_report("compare"), _ROUTE), values), Question(latency, values)


def routes(desk: Desk, period: Period, now: int, country: str | None) -> list[Route]:
    """Each route that several sources serve. Raises Retry, Setup."""
    compared, latency = (desk.table(asked).rows for asked in questions(period, now))
    counted = [row for row in latency if row["counted_from"] != "nothing"]
    # Of the two ways to count, `first_sight` and `submission`, the later in the alphabet is the better one.
    latencies = {_place(row): row for row in sorted(counted, key=lambda row: row["counted_from"] or "")}
    found = []
    for (where, carrier), rows in groupby(compared, key=lambda row: (row["country"] or "", row["carrier"] or "")):
        if country is None or where == country:
            found.append(Route(where, carrier, _ranked(list(rows), latencies)))
    return found


def lowest_shown(found: Sequence[Route]) -> int:
    """Where the scale of the intervals begins, in percent: what is ranked fits into it."""
    lows = [one.number("low_pct") or 0 for route in found for one in route.sources if one.rank]
    return min(int(min(lows, default=0)) // 10 * 10, 90)


def _ranked(rows: Sequence[Row], latencies: Mapping[tuple[str | None, ...], Row]) -> list[Compared]:
    def sure(row: Row) -> float:
        return float(row["low_pct"] or 0)

    large = sorted((row for row in rows if int(row["final"] or 0) >= SMALL), key=sure, reverse=True)
    small = [row for row in rows if row not in large]
    return [
        Compared(row["source"] or "", rank if row in large else 0, row, latencies.get(_place(row), {}))
        for rank, row in enumerate([*large, *small], 1)
    ]


def _place(row: Row) -> tuple[str | None, ...]:
    return tuple(row[name] for name in (*_ROUTE, "source"))
