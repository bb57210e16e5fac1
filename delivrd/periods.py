"""Moments as people write them."""

import contextlib
import datetime as dt
import zoneinfo

import rich_click as click

from pipeline.settings.units import parse_duration
from schemas.times import LATEST


def moment(text: str, now: int, tz: zoneinfo.ZoneInfo) -> int:
    """A moment in UTC milliseconds: an age (`90m`, `24h`, `7d`), a date or a time; without a zone, in `tz`.

    Kept within 1970 - 2100, as all times are. Raises click's BadParameter.
    """
    with contextlib.suppress(ValueError):
        return max(0, now - parse_duration(text) * 1000)
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter(
            f'"{text}" is neither an age such as 24h nor a time such as 2026-01-31T12:00'
        ) from None
    return min(max(0, int((found if found.tzinfo else found.replace(tzinfo=tz)).timestamp() * 1000)), LATEST)
