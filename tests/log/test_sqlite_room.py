"""A disk, or a log, that is full: nothing acknowledged is lost, and service resumes when there is room."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.log import LogFull
from pipeline.sqlite_log import SqliteWriter, records_of
from tests.log.records import record
from tests.log.sqlite import SqliteLog

MIB = 1024 * 1024


class Disk:
    """What a disk says is free."""

    def __init__(self, free: int) -> None:
        self.free = free

    def __call__(self, folder: Path) -> int:
        return self.free


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=False, capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"mounting a small disk is not permitted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def write_until_full(writer: SqliteWriter, size: int = 4000) -> int:
    """How many records were taken before LogFull."""
    for number in range(10_000):
        try:
            writer.write([record(number, body=bytes(size))])
        except LogFull:
            return number
    raise AssertionError("never full")


def count(path: Path) -> int:
    return sum(1 for _ in records_of(path))


def test_below_the_reserve_nothing_is_taken(sqlite_log: SqliteLog) -> None:
    disk = Disk(10 * MIB)
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=2 * MIB, free=disk)) as writer:
        writer.write([record(1)])
        disk.free = 2 * MIB
        with pytest.raises(LogFull, match="reserve of 2097152 bytes"):
            writer.write([record(2)])
        disk.free = 3 * MIB
        with pytest.raises(LogFull):
            writer.write([record(3, body=bytes(MIB))])
        writer.write([record(4)])
    assert [entry.record.id for entry in records_of(sqlite_log.path)] == ["request-1", "request-4"]


def test_a_log_at_its_largest_takes_more_after_pruning(sqlite_log: SqliteLog) -> None:
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=0, max_bytes=MIB)) as writer:
        assert writer.has_room()
        taken = write_until_full(writer)
        assert taken > 100
        assert not writer.has_room()
        assert count(sqlite_log.path) == taken
        with pytest.raises(LogFull):
            writer.write([record(0, body=bytes(4000))])
        while writer.prune(51, 2**62, None):
            pass
        assert writer.has_room()
        again = write_until_full(writer)
        assert 40 <= again <= 51
        assert count(sqlite_log.path) == taken - 50 + again
    assert sqlite_log.path.stat().st_size <= MIB


def test_a_request_that_does_not_fit_leaves_nothing(sqlite_log: SqliteLog) -> None:
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=0, max_bytes=MIB)) as writer:
        with pytest.raises(LogFull):
            writer.write([record(number, body=bytes(4000)) for number in range(1000)])
        assert count(sqlite_log.path) == 0
        assert writer.write([record(1)]) == 1


def test_a_full_disk_loses_nothing_and_room_brings_service_back(small_disk: Path) -> None:
    path = small_disk / "log.db"
    with closing(SqliteWriter(path, reserve_bytes=0)) as writer:
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(5 * MIB))
        taken = write_until_full(writer)
        assert taken > 0
        with pytest.raises(LogFull):
            writer.write([record(0, body=bytes(4000))])
        assert count(path) == taken
        ballast.unlink()
        more = write_until_full(writer)
        assert more > 100
        assert count(path) == taken + more


def test_the_reserve_of_a_real_disk_stays_free_for_the_consumer(small_disk: Path) -> None:
    log = SqliteLog(small_disk)
    with closing(SqliteWriter(log.path, reserve_bytes=4 * MIB)) as writer, closing(log.reader()) as reader:
        taken = write_until_full(writer)
        reader.commit(0, taken + 1, "x" * 1024)
        while writer.prune(taken + 1, 2**62, None):
            pass
        while writer.give_back(0):
            pass
        assert write_until_full(writer) > taken // 2
