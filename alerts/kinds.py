"""The kinds of alarm and their rules. Numbers were chosen by simulation; `docs/alarms.md` has the method."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """Whether somebody is woken."""

    PAGE = "page"
    NOTICE = "notice"


class Kind(StrEnum):
    """What can go wrong, in the order of cause: of several on one line the first explains the others."""

    UNHEARD = "unheard"
    UNREADABLE = "unreadable"
    SILENCE = "silence"
    LATE = "late"
    FAILURES = "failures"
    BAD_LIST = "bad_list"
    TOO_GOOD = "too_good"


ORDER = {kind: position for position, kind in enumerate(Kind)}
RATES = (Kind.LATE, Kind.FAILURES, Kind.BAD_LIST, Kind.TOO_GOOD)
"""The kinds that are a share of messages, for every node of the tree."""
SOURCE_KINDS = (Kind.UNREADABLE, Kind.UNHEARD)
"""The kinds that a source has as a whole."""


class Rule(msgspec.Struct, frozen=True):
    """How sensitive a kind is.

    A stretch is normal up to `z` standard deviations of the route's own spread above its usual rate, and at least
    up to `floor` above it. `ceiling`, where given, is the worst rate that counts as normal whatever is usual.
    """

    severity: Severity = Severity.PAGE
    z: float = 6.0
    floor: float = 0.05
    ceiling: float | None = None
    off: bool = False


RULES: dict[Kind, Rule] = {
    Kind.UNHEARD: Rule(),
    Kind.UNREADABLE: Rule(z=6.0, floor=0.05),
    Kind.SILENCE: Rule(),
    Kind.LATE: Rule(z=4.0, floor=0.10),
    Kind.FAILURES: Rule(z=5.0, floor=0.05),
    Kind.BAD_LIST: Rule(severity=Severity.NOTICE, z=6.0, floor=0.10),
    Kind.TOO_GOOD: Rule(severity=Severity.NOTICE, z=3.0),
}
