"""Records replaced in place, so that nothing of the old ones is left in the log's files."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pipeline.log import Entry
from pipeline.sqlite_log import statements
from pipeline.sqlite_log.files import open_log, settle
from pipeline.sqlite_log.handle import Handle
from pipeline.sqlite_log.looking import records_of
from schemas.record import Record

_TOGETHER = 200
"""Records that one transaction replaces: the intake waits for it."""


def rewrite(path: Path, change: Callable[[Record], Record], advance: Callable[[int], None]) -> int:
    """Replace each record that `change` makes another one of; how many. Offsets and order stay as they are.

    Beside a running intake and its reader. `advance` is told how many were looked at. Raises LogUnavailable,
    LogUnusable.
    """
    if not path.exists():
        return 0
    replaced = 0
    with closing(Handle(path, open_log)) as handle:
        changed: list[Entry] = []
        for entry in records_of(path):
            advance(1)
            record = change(entry.record)
            if record is not entry.record:
                changed.append(Entry(entry.offset, record))
            if len(changed) == _TOGETHER:
                replaced += _replace(handle, changed)
                changed = []
        replaced += _replace(handle, changed)
        with handle.use() as connection:
            # In the file itself the old ones became zeros (`secure_delete`); in the journal they still stand.
            settle(connection, path)
    return replaced


def _replace(handle: Handle, entries: list[Entry]) -> int:
    with handle.use() as connection:
        connection.execute("BEGIN IMMEDIATE")
        count = 0
        for offset, record in ((entry.offset, entry.record) for entry in entries):
            values = (record.id, record.type, record.key, record.content_type, record.context, record.body, offset)
            count += connection.execute(statements.REPLACE, values).rowcount
        connection.execute("COMMIT")
    return count
