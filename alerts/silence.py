"""Silence: traffic against what is usual at this hour."""

import math
from collections.abc import Sequence
from statistics import median_low

UNKNOWN = -1
HOURS = 14 * 24
PER_MESSAGE = math.log(0.1 / 0.5)
PER_EXPECTED = 0.4
FEWEST_DAYS = 2
PAGE_DAYS = 7
"""A source whose week is not known yet wakes nobody by being silent."""


def evidence(got: float, expected: float) -> float:
    """The gain is got ln(0.1 / 0.5) + 0.4 expected: a tenth of the usual traffic against half of it (Poisson)."""
    return got * PER_MESSAGE + PER_EXPECTED * expected


def within_hour(hourly: tuple[float, float, float], share: float) -> float:
    """Messages an hour at a moment: on the line to the hour before or after where that is the quieter one."""
    before, now, after = hourly
    if share < 0.5:
        return now + min(0.0, before - now) * (0.5 - share)
    return now + min(0.0, after - now) * (share - 0.5)


def expectation(hours: Sequence[int], position: int) -> float:
    """Messages expected in an hour: the quieter of the same hour of the week and the usual same hour.

    `hours` is a ring of the last fourteen days, UNKNOWN where nothing was learned; `position` is the hour's
    place in it, which still holds what was counted fourteen days before. 0 where less than two days are known.
    """
    same_hour = [hours[(position + 24 * day) % HOURS] for day in range(14)]
    known = [count for count in same_hour if count != UNKNOWN]
    if len(known) < FEWEST_DAYS:
        return 0.0
    last_week = hours[(position + HOURS // 2) % HOURS]
    usual = median_low(known)
    return float(min(usual, last_week) if last_week != UNKNOWN else usual)
