"""Dead letters brought in again, or thrown away: the same for the command and for the console."""

import secrets
from collections.abc import Callable, Sequence

import msgspec

from consumers.dead import Attempt, DeadLetter, attempt, discarding
from delivrd.appending import append, wait_consumed
from delivrd.heeding import heedful
from delivrd.parts import sources_of
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.settings import Settings
from schemas.providers import adapters


class Replayed(msgspec.Struct, frozen=True):
    """What a replay did: which letters came in, as how many records, and which still cannot be read.

    `consumed` is whether the warehouse has the records already.
    """

    readable: Sequence[Attempt]
    unreadable: Sequence[Attempt]
    records: int
    consumed: bool


class Discarded(msgspec.Struct, frozen=True):
    """How many were thrown away, and whether the warehouse knows it already."""

    letters: int
    consumed: bool


Progress = Callable[[int], None]


def replay(
    settings: Settings, log: EventLog, letters: Sequence[DeadLetter], advance: Progress, wait_seconds: float
) -> Replayed:
    """Read open letters again under the present adapters and settings, and append those that can be read.

    Raises LogFull, LogUnavailable, and Trouble where the consumer does not move.
    """
    sources = sources_of(settings)
    attempts = [attempt(letter, sources, adapters) for letter in letters]
    readable = [one for one in attempts if not one.problem]
    records = [record for one in readable for record in one.copies]
    with heedful(settings, log) as write:
        ends = append(log, records, advance, write)
    return Replayed(
        readable=readable,
        unreadable=[one for one in attempts if one.problem],
        records=len(records),
        consumed=wait_consumed(log, ends, wait_seconds),
    )


def discard(log: EventLog, letters: Sequence[DeadLetter], wait_seconds: float) -> Discarded:
    """Throw open letters away. Raises as `replay`."""
    request = f"discard-{secrets.token_hex(8)}"
    records = [discarding(letter, f"{request}-{index}", now_ms()) for index, letter in enumerate(letters)]
    ends = append(log, records, lambda _: None)
    return Discarded(len(records), wait_consumed(log, ends, wait_seconds))
