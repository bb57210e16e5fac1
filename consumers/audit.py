"""Every record of the log, read again, must have its outcome in the warehouse.

The counters of the consumer are not trusted: each record is normalized again, and its fact or its dead letter
is looked for. A fact that first stood at another position makes the record a repeat.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from consumers.forgetting import forget_item
from consumers.memory import Known, look_up
from consumers.normalize import Normalized, Position, normalize
from consumers.plan import OUTCOMES, dead_id, home_of, messages_of
from pipeline.log import Entry
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse
from pipeline.warehouse.retention import Oldest
from schemas.adapter import Adapter, Source
from schemas.forgotten import NOBODY, Forgotten

BATCH = 10_000
NAMED = 20


class Range(msgspec.Struct, frozen=True):
    """The part of a partition that is audited: `consumed` is the next offset that the consumer will read.

    `whole` is whether all records from `first` on are read, so that the chunks must cover them.
    """

    log_id: str
    partition: int
    first: int
    consumed: int
    whole: bool = True


class Gap(msgspec.Struct, frozen=True):
    """Consumed offsets, first to last, that no chunk covers."""

    partition: int
    first: int
    last: int


class Missing(msgspec.Struct, frozen=True):
    """Where a record stands that has no outcome."""

    partition: int
    offset: int


class Report(msgspec.Struct, frozen=True):
    """The sum of a partition, or of the log: `received` is the sum of all outcomes, `pending` and `missing`.

    `missing_offsets` names the first of the missing.
    """

    received: int
    stored: int
    repeated: int
    empty: int
    dead_lettered: int
    expired: int
    forgotten: int
    pending: int
    missing: int
    complete: bool
    gaps: list[Gap]
    missing_offsets: list[Missing]

    def problems(self) -> list[str]:
        """What is wrong, in a sentence each."""
        told = [
            f"no chunk covers the offsets {gap.first} to {gap.last} of partition {gap.partition}" for gap in self.gaps
        ]
        if self.missing_offsets:
            places = ", ".join(f"{one.partition}/{one.offset}" for one in self.missing_offsets)
            told.append(f"missing, first of them at the positions (partition/offset) {places}")
        return told


_COUNTS = ("received", *OUTCOMES, "pending", "missing")


def audit(
    warehouse: Warehouse,
    entries: Iterable[Entry],
    part: Range,
    sources: Mapping[str, Source],
    adapters: Mapping[str, Adapter],
    oldest: Oldest,
    progress: Callable[[int], None],
    forgotten: Forgotten = NOBODY,
) -> Report:
    """Reads `entries` (of one partition, in order) and says what became of them.

    `progress` is told how many were read. Raises the warehouse's errors.
    """
    outcomes: Counter[str] = Counter()
    missing: list[Missing] = []
    for batch in _batches(entries):
        consumed = [entry for entry in batch if entry.offset < part.consumed]
        outcomes["pending"] += len(batch) - len(consumed)
        read = (normalize(entry, part.log_id, part.partition, sources, adapters) for entry in consumed)
        items = [forget_item(item, forgotten, sources) for item in read]
        for item, outcome in zip(items, _outcomes(warehouse, items, part, oldest), strict=True):
            outcomes[outcome] += 1
            if outcome == "missing" and len(missing) < NAMED:
                missing.append(Missing(part.partition, item.offset))
        progress(len(batch))
    gaps = _gaps(warehouse, part) if part.whole else []
    return Report(
        received=outcomes.total(),
        **{outcome: outcomes[outcome] for outcome in (*OUTCOMES, "pending", "missing")},
        complete=not (outcomes["pending"] or outcomes["missing"] or gaps),
        gaps=gaps,
        missing_offsets=missing,
    )


def total(reports: Sequence[Report]) -> Report:
    """The sum of the partitions' reports."""
    counts = {name: sum(getattr(report, name) for report in reports) for name in _COUNTS}
    return Report(
        **counts,
        complete=all(report.complete for report in reports),
        gaps=[gap for report in reports for gap in report.gaps],
        missing_offsets=[one for report in reports for one in report.missing_offsets][:NAMED],
    )


def with_pending(report: Report, records: int) -> Report:
    """The same where so many more records wait before the log."""
    return msgspec.structs.replace(
        report,
        received=report.received + records,
        pending=report.pending + records,
        complete=report.complete and not records,
    )


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    walk = iter(entries)
    while batch := list(islice(walk, BATCH)):
        yield batch


def _outcomes(warehouse: Warehouse, items: Sequence[Normalized], part: Range, oldest: Oldest) -> Iterator[str]:
    messages = messages_of(items)
    known = look_up(warehouse, messages) if messages else {}
    underived = _underived(warehouse, known)
    first_tries = [_of_event(item, known, underived, oldest.home) for item in items]
    unsettled = [item for item, outcome in zip(items, first_tries, strict=True) if outcome is None]
    dead = _dead_letters(warehouse, unsettled)
    others = [item for item in unsettled if dead_id(item) not in dead]
    stored = _stored_otherwise(warehouse, [item.offset for item in others], part)
    for item, outcome in zip(items, first_tries, strict=True):
        yield outcome or _of_dead(item, dead, stored, oldest.dead_letter)


def _of_event(
    item: Normalized, known: Mapping[int, Known], underived: set[tuple[int, int]], oldest_home: int
) -> str | None:
    """The outcome of a record that is no dead letter; None where the dead letters have to be asked."""
    if item.forgotten:
        return "forgotten"
    if item.dead is not None:
        return None
    if item.event is None:
        return "empty"
    about = known.get(item.message)
    if (about.home if about else home_of(item.event)) < oldest_home:
        return "expired"
    fact = about.facts.get(item.event.identity) if about else None
    if fact is None:
        return None
    if (item.message, item.event.identity) in underived:
        return "missing"
    return "stored" if fact.first == item.first and not item.copy else "repeated"


def _underived(warehouse: Warehouse, known: Mapping[int, Known]) -> set[tuple[int, int]]:
    """The stored facts (message, identity) of which the tables that are filled from events know nothing."""
    if not known:
        return set()
    homes = [about.home for about in known.values()]
    rows = warehouse.query(
        load_sql("consumer/audit_derived"), external={"asked": ("home Int64, message UInt64", (homes, list(known)))}
    )
    return set(rows)


def _of_dead(item: Normalized, dead: Mapping[int, Position], stored: Mapping[int, int], oldest: int) -> str:
    """A record that was read otherwise when it was consumed is found by its position.

    The same fact at that position is none that was read otherwise: it is there, and its home is not.
    """
    position = dead.get(dead_id(item))
    if position is not None:
        return "dead_lettered" if position == item.first and not item.copy else "repeated"
    if item.dead is not None and item.record.time < oldest:
        return "expired"
    homeless = item.event is not None and stored.get(item.offset) == item.event.identity
    return "stored" if item.offset in stored and not homeless else "missing"


def _dead_letters(warehouse: Warehouse, items: Sequence[Normalized]) -> dict[int, Position]:
    if not items:
        return {}
    ids = list({dead_id(item) for item in items})
    rows = warehouse.query(load_sql("consumer/dead_known"), external={"asked": ("id UInt128", (ids,))})
    return {number: Position(*position) for number, position in rows}


def _stored_otherwise(warehouse: Warehouse, offsets: Sequence[int], part: Range) -> dict[int, int]:
    """The facts that first stood at the offsets, by their identities."""
    if not offsets:
        return {}
    rows = warehouse.query(
        load_sql("consumer/audit_positions"),
        params={"log": part.log_id, "partition": part.partition},
        external={"asked": ("offset UInt64", (offsets,))},
    )
    return dict(rows)


def _gaps(warehouse: Warehouse, part: Range) -> list[Gap]:
    """What was consumed between `first` and `consumed` and is in no chunk."""
    rows = warehouse.query(load_sql("consumer/audit_chunks"), params={"log": part.log_id, "partition": part.partition})
    gaps: list[Gap] = []
    expected = part.first
    for first, last in rows:
        if first > expected:
            gaps.append(Gap(part.partition, expected, first - 1))
        expected = max(expected, last + 1)
    if expected < part.consumed:
        gaps.append(Gap(part.partition, expected, part.consumed - 1))
    return gaps
