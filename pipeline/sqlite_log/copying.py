"""A copy of one of the log's files while it is written to: as it stands at one moment, whole and durable."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.sqlite_log.errors import explain


def copy_database(source: Path, target: Path) -> None:
    """Copy the SQLite file at `source` to `target`, which must not be there.

    In one step: a writer does not wait for it, and nothing begins anew because of him. Raises LogFull, LogUnavailable,
    LogUnusable.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing, pages=-1)
    except sqlite3.Error as error:
        raise explain(error, source) from error
