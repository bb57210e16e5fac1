"""Copies of SQLite files while they are written to."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.sqlite_log import statements
from pipeline.sqlite_log.errors import explain
from pipeline.sqlite_log.files import make_log

_TOGETHER = 1000
"""Records that are copied in one reading."""


def copy_log(source: Path, target: Path) -> None:
    """Copy the log at `source`, as far as it has come when that begins, to `target`, which must not be there.

    Of what the source lets go of meanwhile, the copy holds the end at most: no record of it is missing in between.
    Record by record, in short readings: what is appended is only ever read again, and one long reading would keep the
    journal from ending, so that an intake that starts meanwhile finds no way in. Raises LogFull, LogUnavailable,
    LogUnusable.
    """
    try:
        with closing(_reading(source)) as reading:
            meta = dict(reading.execute(statements.META).fetchall())
            [(end,)] = reading.execute(statements.END).fetchall()
            [(start,)] = reading.execute(statements.FIRST).fetchall()
            make_log(target, meta)
            with closing(sqlite3.connect(target.absolute().as_uri(), uri=True, isolation_level=None)) as writing:
                writing.execute("PRAGMA synchronous = OFF")  # whoever copies syncs all of it
                writing.execute("ATTACH ? AS source", (f"{source.absolute().as_uri()}?mode=ro",))
                while start < end:
                    writing.execute(statements.COPY, (start, min(end, start + _TOGETHER)))
                    [(first,)] = reading.execute(statements.FIRST).fetchall()
                    if first > start:  # a part of these may have gone before they were read
                        writing.execute(statements.DELETE, (first - 1,))
                    start += _TOGETHER
                writing.execute(statements.COPY_END, (end - 1,))
    except sqlite3.Error as error:
        raise explain(error, source) from error


def copy_database(source: Path, target: Path) -> None:
    """Copy a small SQLite file at `source` to `target`, which must not be there: as it stands at one moment.

    In one step: a writer does not wait for it, and nothing begins anew because of him. Raises LogFull, LogUnavailable,
    LogUnusable.
    """
    try:
        with closing(_reading(source)) as reading, closing(sqlite3.connect(target)) as writing:
            reading.backup(writing, pages=-1)
    except sqlite3.Error as error:
        raise explain(error, source) from error


def _reading(source: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
