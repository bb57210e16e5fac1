"""Moments as people write them."""

import datetime as dt
import re
import zoneinfo

import rich_click as click

_AGO = re.compile(r"(\d+)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def moment(text: str, now: int, tz: zoneinfo.ZoneInfo) -> int:
    """A moment in UTC milliseconds: an age (`90m`, `24h`, `7d`), a date or a time; without a zone, in `tz`.

    Raises click's BadParameter.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - int(ago[1]) * _SECONDS[ago[2]] * 1000
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter(
            f'"{text}" is neither an age such as 24h nor a time such as 2026-01-31T12:00'
        ) from None
    return int((found if found.tzinfo else found.replace(tzinfo=tz)).timestamp() * 1000)
