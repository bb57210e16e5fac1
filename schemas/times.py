"""Times as providers write them.

Read are: ISO 8601, `YYYY-MM-DD HH:MM:SS`, seconds or milliseconds since 1970 (as a number or its text), and
the dump of a PHP DateTime, `{date, timezone_type, timezone}`. A time without a zone is in the source's zone.

A local time that came twice (the hour at the end of summer time), be it in the source's zone or in a dump of
`timezone_type` 3, is ambiguous: the earlier one is taken. One that never came (the hour that summer time
skips) is read by the offset in force before the change.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.fields import note

LATEST = 4_102_444_800_000
"""2100-01-01 UTC in milliseconds. Times are clamped to it and to 1970, as the warehouse holds no others."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# Numbers below are seconds (to the year 5138), others milliseconds (from 1973 on, to 2286).
_FIRST_MILLISECONDS = 100_000_000_000
_END_OF_MILLISECONDS = 10_000_000_000_000
_NUMBER = re.compile(r"[0-9]{9,13}(\.[0-9]{1,9})?", re.ASCII)
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})", re.ASCII)

# `timezone_type` 2: what PHP (timelib) takes these abbreviations for, in hours east of UTC.
_ABBREVIATIONS = {
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}


def parse(value: object, zone: str) -> int | None:
    """UTC milliseconds since 1970, clamped to 1970 - 2100; None where the value is no time that is known here.

    `zone` (IANA) is for times without one.
    """
    if type(value) is str:
        return _from_text(value, zone)
    if type(value) is int or type(value) is float:
        return _from_number(value)
    if type(value) is dict:
        return _from_php(value)
    return None


def raw(value: object) -> str:
    """The time as the provider wrote it, for identities, which no better reading may change; empty where it is none."""
    if type(value) is str:
        return value
    if type(value) is int or type(value) is float:
        return str(value)
    if type(value) is dict:
        return f"{note(value.get('date'))} {note(value.get('timezone'))}"
    return ""


def given(value: object) -> bool:
    """Whether the provider gave a time at all, readable or not."""
    return value is not None and value != ""


def _from_text(value: str, zone: str) -> int | None:
    if "-" not in value and _NUMBER.fullmatch(value):  # before ISO 8601, for which 1768010201234 is in the year 1768
        return _from_number(float(value) if "." in value else int(value))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        here = UTC if zone == "UTC" else _zone(zone)
        if here is None:
            return None
        moment = moment.replace(tzinfo=here)
    return _clamped(moment)


def _from_number(value: float) -> int | None:
    """0 stands for no time where programs write it, and so do negative numbers."""
    if not 0 < value < _END_OF_MILLISECONDS:
        return None
    return min(LATEST, round(value * 1000) if value < _FIRST_MILLISECONDS else round(value))


def _from_php(dump: dict[str, object]) -> int | None:
    date, name = dump.get("date"), dump.get("timezone")
    if type(date) is not str or type(name) is not str:
        return None
    zone = _abbreviation(name) if dump.get("timezone_type") == 2 else _offset(name) or _zone(name)
    if zone is None:
        return None
    try:
        return _clamped(datetime.fromisoformat(date).replace(tzinfo=zone))
    except ValueError:
        return None


def _clamped(moment: datetime) -> int:
    return min(LATEST, max(0, (moment - _EPOCH) // _MILLISECOND))


def _offset(name: str) -> tzinfo | None:
    found = _OFFSET.fullmatch(name)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))


def _abbreviation(name: str) -> tzinfo | None:
    hours = _ABBREVIATIONS.get(name.upper())
    return None if hours is None else timezone(timedelta(hours=hours))


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo | None:
    """None for a name that is no zone. Names come from bodies too, hence the bounded cache and the broad catch."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
