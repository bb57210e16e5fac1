"""Copies of all that is kept, for a replay, and a note of how far it came, so that it can go on."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from consumers.copies import copies_of_entry
from consumers.normalize import Position
from delivrd.running import write_json
from pipeline.archive.history import History
from pipeline.archive.listing import Partition
from schemas.adapter import Source
from schemas.providers import adapters
from schemas.record import Record


class Asked(msgspec.Struct, frozen=True):
    """What was asked for, as typed, and the way of reading (a digest) that it was asked for."""

    since: str | None
    until: str | None
    reading: str


class Note(msgspec.Struct):
    """How far a replay came: by `<log id>/<partition>`, the offset to go on at, and the one to end before."""

    asked: Asked
    since_ms: int | None
    until_ms: int | None
    ends: dict[str, int]
    done: dict[str, int]


def interrupted(path: Path, asked: Asked) -> Note | None:
    """The note of the same replay, where it did not come to its end. Under another reading it is another replay."""
    try:
        note = msgspec.json.decode(path.read_bytes(), type=Note)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return note if note.asked == asked else None


def new_note(asked: Asked, since_ms: int | None, until_ms: int | None, history: History) -> Note:
    """Of a replay that begins: of what is kept now, and not of what it will append itself."""
    return Note(asked, since_ms, until_ms, {name(one): history.end(one) for one in history.partitions}, {})


def name(partition: Partition) -> str:
    """A partition in a note."""
    return f"{partition[0]}/{partition[1]}"


def remaining(note: Note, history: History) -> int:
    """How many records are yet to be looked at."""
    return sum(
        history.count(one, note.done.get(name(one), 0), note.ends.get(name(one), 0)) for one in history.partitions
    )


def copies(
    note: Note,
    history: History,
    sources: Mapping[str, Source],
    advance: Callable[[int], None],
) -> Iterator[Record]:
    """The copies to append, from where the note says. It is kept up to date: what it calls done, was handed out."""
    for partition in history.partitions:
        key = name(partition)
        start, end = note.done.get(key, 0), note.ends.get(key, 0)
        for entry in history.records(partition, start, end, note.since_ms, note.until_ms):
            note.done[key] = entry.offset
            advance(1)
            time = entry.record.time
            if (note.since_ms is None or time >= note.since_ms) and (note.until_ms is None or time < note.until_ms):
                yield from copies_of_entry(entry, Position(*partition, entry.offset), sources, adapters)
        note.done[key] = end


def keep(path: Path, note: Note) -> None:
    """Durably enough: what is replayed again counts nothing twice."""
    write_json(path, note)
