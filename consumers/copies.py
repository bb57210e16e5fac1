"""Copies of records, for a correction: they go through the log again, told as at their first arrival.

Nothing is written beside the consumer. A copy has the first arrival's id and time; under the present reading it
replaces what an older reading made of the same bytes, and it counts nothing twice.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from consumers.normalize import Position, replay_of
from pipeline.log import Entry
from schemas.adapter import Adapter, Source, Unreadable
from schemas.identity import dead_letter_identity
from schemas.record import Record, RecordType
from schemas.ways import split_as


def copies_of_entry(
    entry: Entry,
    first: Position,
    sources: Mapping[str, Source],
    adapters: Mapping[str, Adapter],
) -> list[Record]:
    """The copies of one record of the log; none where it is a copy itself, or still cannot be read.

    They close the dead letter that the record may have become.
    """
    record = entry.record
    if record.replay_of or record.type == RecordType.DISCARD:
        return []
    number = dead_letter_identity(record.source, record.type, record.context, record.body)
    if record.key is not None:
        return [msgspec.structs.replace(record, replay_of=replay_of(first, number))]
    try:
        return copies_of_dead(record, number, first, sources, adapters)
    except Unreadable:
        return []


def copies_of_dead(
    record: Record, number: int, first: Position, sources: Mapping[str, Source], adapters: Mapping[str, Adapter]
) -> list[Record]:
    """The copies of a dead letter, one for each element of it. Raises Unreadable where it still cannot be read.

    The last one closes the letter: where only some of them get into the log, it stays open and can be replayed.
    """
    source = sources.get(record.source)
    if source is None:
        raise Unreadable("unknown_source", f"no source {record.source!r} is configured; add it first")
    adapter = adapters[source.provider]
    made = []
    for element in split_as(adapter, record, source):
        if element.problem:
            raise element.problem
        copy = msgspec.structs.replace(record, key=element.key, body=element.body, replay_of=replay_of(first))
        adapter.read(copy, source)
        made.append(copy)
    made[-1] = msgspec.structs.replace(made[-1], replay_of=replay_of(first, number))
    return made


def batches(records: Iterable[Record], size: int = 500) -> Iterator[list[Record]]:
    """Small enough that the intake's own appends are not held up."""
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
