"""What a chunk puts into the warehouse, and the outcome of each of its records. Pure.

The rules: a message's home is the arrival of its first record. Every event is inserted, a repeat as well,
with the arrival of its first telling, so that equal facts are equal rows and become one; the same chunk read
again after a crash makes the same rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from consumers.memory import Fact, Known
from consumers.normalize import Normalized, Position
from pipeline.warehouse.retention import Oldest
from schemas.event import Event, Origin
from schemas.identity import dead_letter_identity
from schemas.status import Status
from schemas.timeout import NO_REPORT

OUTCOMES = ("stored", "repeated", "empty", "dead_lettered", "expired", "forgotten")


class Row(msgspec.Struct, frozen=True, gc=False):
    """An event with its message, its home (ms) and the position of its first telling."""

    event: Event
    message: int
    home: int
    first: Position


class Plan(msgspec.Struct, frozen=True, gc=False):
    """The rows of each table, and the number of records by outcome.

    `homes` holds (id_hash, message, home in ms), `dead` the dead letters by id, `replayed` and `discarded` the
    ids that are closed. `learned` is what is known of the messages once all this is stored.
    """

    homes: list[tuple[int, int, int]]
    events: list[Row]
    dead: dict[int, Normalized]
    replayed: list[int]
    discarded: list[int]
    outcomes: Counter[str]
    learned: dict[int, Known]


def messages_of(items: Iterable[Normalized]) -> dict[int, int]:
    """The messages that the records are about: message -> id_hash."""
    return {item.message: item.id_hash for item in items if item.event}


def dead_id(item: Normalized) -> int:
    """The id of the record as a dead letter."""
    record = item.record
    return dead_letter_identity(record.source, record.type, record.context, record.body)


def plan(
    items: Iterable[Normalized],
    known: Mapping[int, Known],
    known_dead: Mapping[int, Position],
    reading: int,
    oldest: Oldest,
) -> Plan:
    """Decides on a chunk. `known` is what the warehouse has of its messages, `known_dead` of its dead letters.

    What is past the retention by `oldest` is counted and not stored.
    """
    made = Plan([], [], {}, [], [], Counter(), {})
    for item in items:
        made.outcomes[_place(item, made, known, known_dead, reading, oldest)] += 1
    return made


def _place(
    item: Normalized,
    made: Plan,
    known: Mapping[int, Known],
    known_dead: Mapping[int, Position],
    reading: int,
    oldest: Oldest,
) -> str:
    if item.discards is not None:
        made.discarded.append(item.discards)
        return "empty"
    if item.forgotten:
        return "forgotten"
    if item.dead is not None:
        return _place_dead(item, made, known_dead, oldest.dead_letter)
    if item.answers is not None:
        made.replayed.append(item.answers)
    event = item.event
    if event is None:
        return "empty"
    message = item.message
    about = made.learned.get(message)
    if about is None:
        stored = known.get(message)
        about = Known(stored.home, dict(stored.facts)) if stored else Known(home_of(event), {})
        if about.home < oldest.home:
            return "expired"
        if not stored:
            made.homes.append((item.id_hash, message, about.home))
        made.learned[message] = about
    return _place_event(item, event, about, made, reading)


def _place_dead(item: Normalized, made: Plan, known_dead: Mapping[int, Position], oldest: int) -> str:
    if item.record.time < oldest:
        return "expired"
    number = dead_id(item)
    if number in made.dead or known_dead.get(number, item.first) != item.first or (item.copy and number in known_dead):
        return "repeated"
    made.dead[number] = item
    return "dead_lettered"


def _place_event(item: Normalized, event: Event, about: Known, made: Plan, reading: int) -> str:
    fact = about.facts.get(event.identity)
    if fact is None:
        outcome = "stored"
        fact = Fact(reading, event.received_at, item.first)
    else:
        outcome = "stored" if fact.first == item.first and not item.copy else "repeated"
        event = retold(event, min(event.received_at, fact.received_at))
        fact = Fact(max(reading, fact.reading), event.received_at, fact.first)
    about.facts[event.identity] = fact
    made.events.append(Row(event, item.message, about.home, fact.first))
    return outcome


def retold(event: Event, first_received_at: int) -> Event:
    """The event as of its first telling, whose arrival stands in for a time that the provider did not give."""
    if event.received_at == first_received_at:
        return event
    occurred_at = first_received_at if event.occurred_at == event.received_at else event.occurred_at
    return msgspec.structs.replace(event, received_at=first_received_at, occurred_at=occurred_at)


def unknown_words(plan: Plan) -> Counter[str]:
    """By source, the events whose status word no table knows."""
    return Counter(
        row.event.source
        for row in plan.events
        if row.event.status is Status.UNKNOWN and row.event.provider_status != NO_REPORT
    )


def home_of(event: Event) -> int:
    """The home (ms) of a message that is first heard of by this event.

    Submissions and imports tell of the past: their own time counts, unless it lies after their arrival.
    """
    if event.origin in (Origin.SUBMISSION, Origin.IMPORT):
        return min(event.occurred_at, event.received_at)
    return event.received_at
