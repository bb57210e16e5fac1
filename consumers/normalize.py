"""One record of the log becomes one of: an event, nothing, or a dead letter. Pure."""

from collections.abc import Mapping

import msgspec
import structlog

from pipeline.log import Entry
from schemas import left
from schemas.adapter import Adapter, Source, Unreadable
from schemas.event import Event, Kind
from schemas.identity import id_hash, message_hash
from schemas.record import Record, RecordType

log = structlog.get_logger(__name__)


class Position(msgspec.Struct, frozen=True, gc=False, order=True):
    """Where a record stands: (log id, partition, offset)."""

    log: str
    partition: int
    offset: int


class Normalized(msgspec.Struct, frozen=True, gc=False):
    """A record with what it says. At most one of `event`, `dead` and `discards` is set; none where it says nothing.

    `message` is the 64 bits that name the event's message, and `id_hash` those of its id, 0 without one; both are of
    the id as the provider gave it. `first` is where the record first arrived: its own position, or its original's
    where it is a copy. `answers` is the dead letter that a copy closes, `discards` the one that a record throws away.
    `forgotten`: it could not be read, and named somebody who is to be forgotten.
    """

    offset: int
    first: Position
    copy: bool
    record: Record
    event: Event | None = None
    message: int = 0
    id_hash: int = 0
    dead: Unreadable | None = None
    answers: int | None = None
    discards: int | None = None
    forgotten: bool = False


def replay_of(first: Position, dead_letter: int | None = None) -> str:
    """The text that marks a record as a copy of the one at `first`, made to answer `dead_letter`."""
    text = f"{first.log}/{first.partition}/{first.offset}"
    return text if dead_letter is None else f"{text}/{dead_letter:032x}"


def parse_replay_of(text: str) -> tuple[Position, int | None]:
    """The inverse of `replay_of`. Raises ValueError."""
    log_id, partition, offset, *dead_letter = text.split("/")
    return Position(log_id, int(partition), int(offset)), int(dead_letter[0], 16) if dead_letter else None


def normalize(
    entry: Entry, log_id: str, partition: int, sources: Mapping[str, Source], adapters: Mapping[str, Adapter]
) -> Normalized:
    """Reads one record under the present adapters and sources. Never raises on what a record holds."""
    record = entry.record
    first, answers = Position(log_id, partition, entry.offset), None
    if record.replay_of:
        first, answers = parse_replay_of(record.replay_of)
    copy = bool(record.replay_of)
    if record.type == RecordType.DISCARD:
        return Normalized(entry.offset, first, copy, record, discards=int(record.body, 16))
    if record.type == RecordType.FORGOTTEN:
        return _forgotten(Normalized(entry.offset, first, copy, record, answers=answers))
    try:
        event = _read(record, sources, adapters)
    except Unreadable as problem:
        return Normalized(entry.offset, first, copy, record, dead=problem, answers=answers)
    except Exception as error:
        # A fault of ours must not stop the others' reports; the loop stops when such faults become many.
        log.exception("reading_failed", source=record.source, offset=entry.offset)
        dead = Unreadable("error", f"delivrd failed on this record: {type(error).__name__}")
        return Normalized(entry.offset, first, copy, record, dead=dead, answers=answers)
    if event and record.key is None:
        dead = Unreadable("error", "delivrd failed on this body when it came; `delivrd dead replay` brings it in")
        return Normalized(entry.offset, first, copy, record, dead=dead, answers=answers)
    if event is None:
        return Normalized(entry.offset, first, copy, record, answers=answers)
    message = message_hash(event.kind is Kind.INBOUND, event.source, event.message_key)
    return Normalized(entry.offset, first, copy, record, event, message, id_hash(event.message_id), answers=answers)


def _forgotten(item: Normalized) -> Normalized:
    found = left.read(item.record)
    if found is None:
        return msgspec.structs.replace(item, forgotten=True)
    return msgspec.structs.replace(item, event=found.event, message=found.message, id_hash=found.id_hash)


def _read(record: Record, sources: Mapping[str, Source], adapters: Mapping[str, Adapter]) -> Event | None:
    source = sources.get(record.source)
    if source is None:
        raise Unreadable("unknown_source", f"no source {record.source!r} is configured; add it and replay")
    return adapters[source.provider].read(record, source)
