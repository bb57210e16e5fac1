"""Durations and sizes as people write and read them."""

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DURATION = re.compile(r"(\d{1,9})\s*([smhdw])", re.ASCII)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?i?)b", re.IGNORECASE | re.ASCII)


def parse_duration(text: str) -> int:
    """Seconds of `90s`, `30m`, `24h`, `7d`, `2w`. Raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError('must be a duration such as "90s", "30m", "24h", "7d" or "2w"')
    return int(match[1]) * _SECONDS[match[2]]


def parse_days(text: str) -> int:
    """Whole days of a duration. Raises ValueError."""
    days, rest = divmod(parse_duration(text), _SECONDS["d"])
    if rest:
        raise ValueError('must be whole days, such as "30d"')
    return days


def parse_size(text: str) -> int:
    """Bytes of `512MB`, `20GB` (powers of 1000) or `1GiB` (powers of 1024). Raises ValueError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or match[2].lower() not in _FACTORS:
        raise ValueError('must be a size such as "512MB", "20GB" or "1GiB"')
    return int(float(match[1]) * _FACTORS[match[2].lower()])


def format_span(ms: float) -> str:
    """A duration in its greatest unit, rounded down: `3 minutes`."""
    seconds = max(0, ms) / 1000
    for size, name in _STEPS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' * (count != 1)}"
    return "less than a second"


def format_size(count: int) -> str:
    """`20 GB`, `1.5 MB`, `17 B`: powers of 1000, three digits at most."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} TB" if value < 999.5 else f"{value:.0f} TB"
