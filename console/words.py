"""Figures, times and numbers as people read them: the filters of the templates."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.logging import mask_numbers
from pipeline.settings.units import format_size, format_span

UNKNOWN = "\N{EN DASH}"


def moment(ms: int | None) -> str:
    """A time in UTC."""
    if ms is None:
        return UNKNOWN
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def clock_time(ms: int) -> str:
    """The time of day of a moment in UTC."""
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%H:%M:%S")


def span(ms: int | None) -> str:
    """A duration, in its greatest unit: 3 minutes."""
    return UNKNOWN if ms is None else format_span(ms)


def seconds(ms: float | None) -> str:
    """A latency: 1.4 s."""
    if ms is None:
        return UNKNOWN
    return f"{ms / 1000:.1f} s" if ms < 100_000 else f"{ms / 1000:,.0f} s"


def count(number: float | None) -> str:
    """A number with its thousands apart."""
    return UNKNOWN if number is None else f"{number:,.0f}"


def share(part: float, whole: float) -> str:
    """A part of a whole in percent; unknown where there is nothing."""
    return f"{100 * part / whole:.1f} %" if whole else UNKNOWN


def size(number: float | None) -> str:
    """Bytes."""
    return UNKNOWN if number is None else format_size(int(number))


def filters(hide_numbers: bool) -> Mapping[str, Callable[..., Any]]:
    """All of them by name. `number` masks a telephone number, `text` those within a text, where numbers are hidden."""
    hidden = mask_numbers if hide_numbers else str
    return {
        "moment": moment,
        "clock": clock_time,
        "span": span,
        "seconds": seconds,
        "count": count,
        "share": share,
        "size": size,
        "number": hidden,
        "text": hidden,
    }
