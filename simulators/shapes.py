"""Times and numbers as providers write them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo


def iso(at: int) -> str:
    """`2026-04-12T10:30:00Z`; `at` is UTC, milliseconds."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(at: int, zone: str) -> str:
    """`2026-04-12 12:30:00`, without a word about the zone."""
    return datetime.fromtimestamp(at // 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def php_date(at: int, zone: str, kind: int) -> dict[str, Any]:
    """The dump of a PHP DateTime; `kind` is its timezone_type: 1, an offset, or 3, an IANA name."""
    moment = datetime.fromtimestamp(at // 1000, ZoneInfo(zone))
    offset = moment.strftime("%z")
    return {
        "date": moment.strftime("%Y-%m-%d %H:%M:%S.000000"),
        "timezone_type": kind,
        "timezone": zone if kind == 3 else f"{offset[:3]}:{offset[3:]}",
    }


def parse_local(text: str, zone: str) -> int | None:
    """Milliseconds, UTC, of `YYYY-MM-DD` (its first moment) or `YYYY-MM-DD HH:MM:SS`; None where it is neither."""
    try:
        moment = datetime.fromisoformat(text)
        return int(moment.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)
    except (ValueError, KeyError, OSError):
        return None


def number_digits(number: str) -> str:
    """The digits of a number that is international in any of the usual writings (`+55…`, `0055…`, `55…`)."""
    digits = "".join(figure for figure in number if figure.isdecimal())
    return digits.removeprefix("00")
