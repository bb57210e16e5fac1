"""The periods that the pages are about."""

import contextlib
import datetime as dt
from dataclasses import dataclass

from litestar.exceptions import ValidationException

from pipeline.settings.units import parse_duration
from schemas.times import LATEST

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Period:
    """From `since` to `until` (UTC, ms, excluded)."""

    since: int
    until: int

    @property
    def fixed(self) -> dict[str, str]:
        """The same as parts of an address, which means the same tomorrow."""
        return {"since": written(self.since), "until": written(self.until)}


def period_of(since: str, until: str | None, now: int) -> Period:
    """Ages (`24h`, `7d`) or times (`2026-01-31T12:00`, UTC), in whole hours; an age counts the hour that is not over
    yet. Raises ValidationException.
    """
    begin = _moment(since, now) // HOUR_MS * HOUR_MS
    end = _moment(until, now) if until else now
    return Period(begin, max(begin + HOUR_MS, -(-end // HOUR_MS) * HOUR_MS))


def written(ms: int) -> str:
    """A time as addresses have it."""
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M")


def _moment(text: str, now: int) -> int:
    with contextlib.suppress(ValueError):
        return max(0, now - parse_duration(text) * 1000 + HOUR_MS - 1)
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValidationException(
            f'"{text}" is neither an age such as 24h nor a time such as 2026-01-31T12:00'
        ) from None
    return min(max(0, int((found if found.tzinfo else found.replace(tzinfo=dt.UTC)).timestamp() * 1000)), LATEST)
