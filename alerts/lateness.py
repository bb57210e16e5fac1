"""How soon a report usually comes, and when it is late."""

import math
from collections.abc import Mapping

UNTIL_KNOWN = 6
FEWEST = 50
"""Below so many reports nothing is known of a route's delays."""
QUARTERS = 4
OFFSET = 8


def bucket(milliseconds: float) -> int:
    """Delays by quarter octaves: floor(4 log2(seconds)) + 8, from a quarter of a second on. SQL does the same."""
    return math.floor(QUARTERS * math.log2(max(milliseconds / 1000, 0.25))) + OFFSET


YOUNG = bucket(600_000)
"""The last bucket of a report that comes within ten minutes."""


LONGEST = bucket(300_000)


def upper_edge(number: int) -> float:
    """The longest delay of a bucket, in seconds."""
    return float(2.0 ** ((number - OFFSET + 1) / QUARTERS))


def quantile(delays: Mapping[int, float], share: float) -> int:
    """The bucket that `share` (0 to 1) of the delays do not exceed."""
    wanted = share * sum(delays.values())
    seen = 0.0
    for number in sorted(delays):
        seen += delays[number]
        if seen >= wanted:
            return number
    return YOUNG


def limit(delays: Mapping[int, float]) -> int | None:
    """The last bucket that is not late: min(p90, 6 median, 5 min). None while too little is known."""
    if sum(delays.values()) < FEWEST:
        return None
    return min(quantile(delays, 0.9), bucket(6000 * upper_edge(quantile(delays, 0.5))), LONGEST)


def age(last: int | None) -> int:
    """A: the minutes after which a message is judged, the limit rounded up and one more."""
    return UNTIL_KNOWN if last is None else math.ceil(upper_edge(last) / 60) + 1
