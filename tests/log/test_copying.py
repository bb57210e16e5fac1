"""A log is copied while others append to it, prune it, and start."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.sqlite_log import SqliteWriter, copying, files, records_of, statements
from pipeline.sqlite_log.copying import copy_log
from tests.log.records import record


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A log of a hundred records, some of them large."""
    with closing(SqliteWriter(tmp_path / "log.db", reserve_bytes=0)) as writer:
        writer.write([record(number, body=b"." * (number * 300)) for number in range(100)])
    return tmp_path / "log.db"


def test_an_intake_that_starts_meanwhile_finds_its_way_in(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(records_of(source))
    starts = 0

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            nonlocal starts
            found = super().execute(sql, *values)
            if sql == statements.COPY:
                starts += 1
                with closing(SqliteWriter(source, reserve_bytes=0)) as intake:
                    intake.write([record(1000 + starts)])
            return found

    connect = sqlite3.connect
    monkeypatch.setattr(copying, "_TOGETHER", 10)
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.1)
    with monkeypatch.context() as watched:
        watched.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **{"factory": Watched, **named}))
        copy_log(source, tmp_path / "copy.db")
    assert starts == 10
    assert list(records_of(tmp_path / "copy.db")) == before
    assert [entry.record.id for entry in records_of(source, first=101)] == [
        record(1000 + number).id for number in range(1, starts + 1)
    ]


def test_the_copy_is_the_same_log_and_goes_on_where_it_ended(source: Path, tmp_path: Path) -> None:
    with closing(SqliteWriter(source, reserve_bytes=0)) as writer:
        while writer.prune(101, 10**15, None):
            pass
        copy_log(source, tmp_path / "copy.db")
        with closing(SqliteWriter(tmp_path / "copy.db", reserve_bytes=0)) as copy:
            assert copy.log_id == writer.log_id
            assert list(records_of(copy.path)) == []
            assert copy.write([record()]) == 101
