"""A log is copied while others append to it, prune it, and start."""

import itertools
import sqlite3
from collections.abc import Callable
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


def copy_in_tens(source: Path, target: Path, meanwhile: Callable[[int], None], patch: pytest.MonkeyPatch) -> None:
    """`meanwhile` is called with the number of each reading when it is over."""
    readings = itertools.count(1)

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            found = super().execute(sql, *values)
            if sql == statements.COPY:
                meanwhile(next(readings))
            return found

    connect = sqlite3.connect
    patch.setattr(copying, "_TOGETHER", 10)
    patch.setattr(files, "BUSY_SECONDS", 0.1)
    with patch.context() as watched:
        watched.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **{"factory": Watched, **named}))
        copy_log(source, target)


def prune(source: Path, upto: int) -> None:
    with closing(SqliteWriter(source, reserve_bytes=0)) as writer:
        while writer.prune(upto, 10**15, None):
            pass


def test_an_intake_that_starts_meanwhile_finds_its_way_in(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(records_of(source))
    starts = 0

    def start(number: int) -> None:
        nonlocal starts
        starts = number
        with closing(SqliteWriter(source, reserve_bytes=0)) as intake:
            intake.write([record(1000 + number)])

    copy_in_tens(source, tmp_path / "copy.db", start, monkeypatch)
    assert starts == 10
    assert list(records_of(tmp_path / "copy.db")) == before
    assert [entry.record.id for entry in records_of(source, first=101)] == [
        record(1000 + number).id for number in range(1, starts + 1)
    ]


@pytest.mark.parametrize("upto", [21, 25, 66, 101])
def test_what_is_let_go_of_meanwhile_leaves_no_hole(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upto: int
) -> None:
    copy = tmp_path / "copy.db"
    copy_in_tens(source, copy, lambda number: prune(source, upto) if number == 2 else None, monkeypatch)
    offsets = [entry.offset for entry in records_of(copy)]
    assert offsets == list(range(101 - len(offsets), 101))
    assert len(offsets) >= 101 - upto


def test_the_copy_is_the_same_log_and_goes_on_where_it_ended(source: Path, tmp_path: Path) -> None:
    with closing(SqliteWriter(source, reserve_bytes=0)) as writer:
        prune(source, 101)
        copy_log(source, tmp_path / "copy.db")
        with closing(SqliteWriter(tmp_path / "copy.db", reserve_bytes=0)) as copy:
            assert copy.log_id == writer.log_id
            assert list(records_of(copy.path)) == []
            assert copy.write([record()]) == 101
