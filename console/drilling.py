"""From a country down to single messages: what is fixed so far, what comes next, and the addresses in between."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from console.paging import address
from console.periods import HOUR_MS, Period, period_of, written
from console.questions import Question, question

LEVELS = ("country", "carrier", "hour", "family")
NAMES = {"country": "Country", "carrier": "Carrier", "hour": "Hour", "family": "Error family"}


class Part(msgspec.Struct, frozen=True):
    """A part of the messages; the fields are the columns of `sql/console/breakdown.sql`."""

    name: str
    messages: int
    delivered: int
    failed: int
    open: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True)
class Drill:
    """What is fixed: None is everything, an empty text what is not known."""

    period: Period
    source: str | None = None
    country: str | None = None
    carrier: str | None = None
    hour: str | None = None
    family: str | None = None

    @property
    def level(self) -> str:
        """What the messages are parted by; empty where they are listed."""
        return next((name for name in LEVELS if getattr(self, name) is None), "")

    @property
    def filters(self) -> Mapping[str, str | None]:
        """The parts of this view's address, which mean the same tomorrow."""
        return {**self.period.fixed, "source": self.source, **{name: getattr(self, name) for name in LEVELS}}

    def address(self) -> str:
        """The address of this view."""
        return address("/drill", self.filters)

    def into(self, part: str) -> "Drill":
        """One level down, into a part."""
        into: dict[str, Any] = {self.level: part}
        return replace(self, **into)

    @property
    def way(self) -> list[tuple[str, str]]:
        """What was fixed, from the top: label, and the address above it."""
        steps = []
        for index, name in enumerate(LEVELS):
            value = getattr(self, name)
            if value is not None:
                freed: dict[str, Any] = dict.fromkeys(LEVELS[index:])
                steps.append((f"{NAMES[name]}: {named(name, value)}", replace(self, **freed).address()))
        return steps

    @property
    def parts(self) -> Question:
        """The question for the parts of this level."""
        return question("breakdown", by=self.level, **self._conditions)

    def messages(self, hide: bool, limit: int, offset: int) -> Question:
        """The question for the messages."""
        return question("drill_messages", hide=hide, limit=limit, offset=offset, **self._conditions)

    @property
    def _conditions(self) -> dict[str, object]:
        period = self.period
        if self.hour is not None:
            begin = period_of(self.hour, None, 0).since
            period = Period(begin, begin + HOUR_MS)
        return {
            "since": period.since,
            "until": period.until,
            "source": self.source,
            "country": self.country,
            "carrier": self.carrier,
            "family": self.family,
        }


def named(level: str, part: str) -> str:
    """A part of a level as people read it."""
    if level == "hour":
        return part.replace("T", " ")
    return part or ("no error" if level == "family" else "not known")


def hours_of(period: Period) -> list[str]:
    """The hours of a period, as parts are named."""
    return [written(ms) for ms in range(period.since, period.until, HOUR_MS)]
