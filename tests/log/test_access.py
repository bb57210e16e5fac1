"""The log of this machine's files, as commands see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.event_log import open_event_log
from pipeline.log import LogFull
from pipeline.sqlite_log import SqliteWriter
from pipeline.sqlite_log.access import SqliteFiles
from tests.log.access import AccessConformance, PlaceUnderTest
from tests.log.records import record
from tests.log.sqlite import SqliteLog


class SqlitePlace:
    def __init__(self, folder: Path) -> None:
        self._log = SqliteLog(folder)
        self.access = open_event_log(SqliteFiles(log=self._log.path, state=self._log.state_path, reserve_bytes=0))

    def make(self) -> None:
        SqliteWriter(self._log.path, reserve_bytes=0).close()

    def expire(self, partition: int, offset: int) -> None:
        self._log.expire(partition, offset)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[SqlitePlace]:
    made = SqlitePlace(tmp_path)
    yield made
    made.access.close()


class TestSqliteAccess(AccessConformance):
    @pytest.fixture
    def place(self, place: SqlitePlace) -> PlaceUnderTest:
        return place


def test_a_log_that_does_not_exist_is_not_made_by_looking(tmp_path: Path, place: SqlitePlace) -> None:
    place.access.stats()
    assert list(place.access.records(0)) == []
    assert list(tmp_path.iterdir()) == []


def test_the_reserve_is_left_to_others(tmp_path: Path) -> None:
    log = open_event_log(SqliteFiles(log=tmp_path / "log.db", state=tmp_path / "s.db", reserve_bytes=2**60))
    with pytest.raises(LogFull, match="reserve"):
        log.append([record(1)])
    log.close()


def test_the_files_size_is_told(place: SqlitePlace) -> None:
    place.access.append([record(1, body=bytes(100_000))])
    (stats,) = place.access.stats()
    assert stats.disk_bytes is not None
    assert stats.disk_bytes > 100_000
