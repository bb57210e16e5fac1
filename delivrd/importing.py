"""One file of history into the log, from where it was left."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from delivrd.appending import append
from delivrd.history import Progress, Row
from pipeline.clock import Clock
from pipeline.event_log import EventLog
from schemas.adapter import Adapter, Source, Unreadable
from schemas.record import Record, RecordType

_SAVE_EVERY = 5_000


class Imported(NamedTuple):
    """Rows that came into the log now, those of them that cannot be read, and those that were there before."""

    rows: int
    unreadable: int
    before: int


def name_of(source: str, path: Path) -> str:
    """What tells a file from others: a file that was changed is another one."""
    state = path.stat()
    return sha256(f"{source}\n{path.absolute()}\n{state.st_size}\n{state.st_mtime_ns}".encode()).hexdigest()[:16]


def import_rows(
    log: EventLog,
    rows: Iterator[Row],
    name: str,
    kept: Progress,
    *,
    again: bool,
    adapter: Adapter,
    source: Source,
    clock: Clock,
    advance: Callable[[int], None],
) -> Imported:
    """Append the rows that are not in the log yet. `advance` is told the bytes that were read.

    Raises LogFull, LogUnavailable, Trouble: then it goes on there the next time.
    """
    before = 0 if again else kept.of(name)
    done = saved = before
    unreadable = 0

    def records() -> Iterator[Record]:
        nonlocal unreadable
        for number, row in enumerate(rows):
            advance(row.size)
            if number >= before:
                made = _record(row, f"import-{name}-{number}", adapter, source, clock())
                unreadable += made.key is None
                yield made

    def appended(count: int) -> None:
        nonlocal done, saved
        done += count
        if done - saved >= _SAVE_EVERY:
            kept.came_to(name, done)
            saved = done

    try:
        append(log, records(), appended)
    finally:
        kept.came_to(name, done)
    return Imported(done - before, unreadable, before)


def _record(row: Row, record_id: str, adapter: Adapter, source: Source, now: int) -> Record:
    """The record of a row; without a key where it cannot be read, or says nothing."""
    try:
        [element, *_] = adapter.split_import(row.body, source)
        key = element.key
    except Unreadable:
        key = None
    return Record(
        id=record_id,
        source=source.name,
        type=RecordType.IMPORT,
        time=now,
        key=key,
        content_type="application/json",
        context=b"",
        body=row.body,
    )
