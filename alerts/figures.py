"""What the warehouse tells of one closed minute."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from alerts.scope import Scope


class Outcome(StrEnum):
    """What was heard of messages: that they were submitted, or how they ended."""

    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    RECIPIENT = "recipient"
    """Failed for a reason that is the recipient's."""
    BAD = "bad"
    """Failed for another known reason."""
    UNCLASSED = "unclassed"
    """Failed for a reason that cannot be told."""


class Heard(NamedTuple):
    """`messages` messages of a route of which the same was heard in this minute.

    `submitted` is the minute of their submission and `delay` the bucket (`lateness.bucket`) of the time from
    there to the report; both None where no submission is known.
    """

    route: Scope
    outcome: Outcome
    submitted: int | None
    delay: int | None
    messages: int


class Minute(msgspec.Struct, frozen=True):
    """A closed minute (since 1970). `records` are (read, dead-lettered) by source; `told` the sources that reported."""

    minute: int
    heard: tuple[Heard, ...] | list[Heard] = ()
    records: dict[str, tuple[int, int]] = {}
    told: frozenset[str] = frozenset()
