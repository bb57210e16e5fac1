"""From the log into the archive: what is of age and consumed, in order, once."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.archive import filling
from pipeline.archive.archive import Archive
from pipeline.archive.filling import fill
from pipeline.archive.listing import end_of, list_files, ranges
from pipeline.archive.target import Place, open_target
from pipeline.log import Entry
from pipeline.sqlite_log import SqliteWriter
from pipeline.sqlite_log.access import SqliteEventLog, SqliteFiles
from pipeline.warehouse import Warehouse
from schemas.record import Record
from tests.log.records import TIME, record

HOUR = 3_600_000
DAY = 24 * HOUR


class Filled:
    """A log and an archive, each in a folder."""

    def __init__(self, folder: Path, warehouse: Warehouse) -> None:
        self._files = SqliteFiles(log=folder / "log.db", state=folder / "consumer.db", reserve_bytes=0)
        self.log = SqliteEventLog(self._files)
        self.target = open_target(Place(url=str(folder / "archive")))
        self.archive = Archive(self.target, warehouse)

    def append(self, records: Sequence[Record], *, consumed: int) -> None:
        self.log.append(records)
        with closing(self.log.open_reader()) as reader:
            reader.commit(0, consumed, "")

    def fill(self, before: int, *, eager: bool = False) -> list[tuple[int, int]]:
        return [
            (file.first, file.last)
            for file in fill(self.log, self.archive.files(), before, self.archive.write, eager=eager)
        ]

    def archived(self) -> list[Entry]:
        return [entry for files in self.archive.files().values() for file in files for entry in self.archive.read(file)]

    def prune(self, upto: int) -> None:
        with closing(SqliteWriter(self._files.log, reserve_bytes=0)) as writer:
            while writer.prune(upto, 10**15, None):
                pass


@pytest.fixture
def filled(tmp_path: Path, warehouse: Warehouse) -> Filled:
    return Filled(tmp_path, warehouse)


def by_the_hour(count: int) -> list[Record]:
    return [record(number, time=TIME + number * HOUR) for number in range(1, count + 1)]


def test_what_is_of_age_goes_in_order_and_stays_what_it_is(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "FILE_RECORDS", 10)
    given = by_the_hour(100)
    filled.append(given, consumed=101)
    assert filled.fill(TIME + 36 * HOUR) == [(1, 10), (11, 20), (21, 30)], "31 to 35 wait for others of their day"
    assert filled.fill(TIME + 36 * HOUR) == []
    assert filled.fill(TIME + 36 * HOUR, eager=True) == [(31, 35)]
    assert filled.fill(TIME + 61 * HOUR) == [(36, 45), (46, 55)]
    assert filled.fill(TIME + 1000 * HOUR) == [(56, 65), (66, 75), (76, 85), (86, 95), (96, 100)]
    assert filled.archived() == [Entry(number, one) for number, one in enumerate(given, 1)]


def test_what_was_not_consumed_stays(filled: Filled) -> None:
    filled.append(by_the_hour(10), consumed=4)
    assert filled.fill(TIME + 1000 * HOUR, eager=True) == [(1, 3)]


def test_a_young_record_keeps_those_after_it(filled: Filled) -> None:
    old, young = record(1, time=TIME), record(2, time=TIME + DAY)
    filled.append([old, young, old], consumed=4)
    assert filled.fill(TIME + HOUR, eager=True) == [(1, 1)]


def test_large_records_make_files_of_fewer(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "FILE_BYTES", 10_000)
    filled.append([record(number, body=bytes(4000)) for number in range(6)], consumed=7)
    assert filled.fill(TIME + 1, eager=True) == [(1, 3), (4, 6)]


def test_two_who_archive_at_once_agree(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    given = by_the_hour(20)
    filled.append(given, consumed=21)
    nothing_yet = filled.archive.files()
    assert filled.fill(TIME + 10 * HOUR, eager=True) == [(1, 9)]
    with monkeypatch.context() as other:
        other.setattr(filled.archive, "files", lambda: nothing_yet)
        assert filled.fill(TIME + 15 * HOUR, eager=True) == [(1, 14)]
    [files] = filled.archive.files().values()
    assert list(ranges(files)) == [(1, 14)]
    assert end_of(files) == 15
    assert filled.fill(TIME + 1000 * HOUR) == [(15, 20)]


def test_what_the_log_had_to_let_go_is_a_gap(filled: Filled) -> None:
    filled.append(by_the_hour(20), consumed=21)
    assert filled.fill(TIME + 5 * HOUR, eager=True) == [(1, 4)]
    filled.prune(11)
    assert filled.fill(TIME + 1000 * HOUR) == [(11, 20)]
    [files] = list_files(filled.target).values()
    assert list(ranges(files)) == [(1, 4), (11, 20)]
