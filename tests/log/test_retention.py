"""What of the consumed records is kept, and what pruning gives back."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.sqlite_log import GroupCommit, Keep, SqliteWriter, keep_pruned, log_stats, records_of, retention
from pipeline.sqlite_log.retention import retain
from tests.log.records import TIME, record
from tests.log.sqlite import SqliteLog

MIB = 1024 * 1024
FOREVER = 10**15


def offsets(path: Path) -> list[int]:
    return [entry.offset for entry in records_of(path)]


def retain_all(writer: SqliteWriter, keep: Keep, consumed: int, now_ms: int) -> None:
    while retain(writer, keep, consumed, now_ms):
        pass


def test_the_old_go_but_only_what_was_consumed(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number, time=TIME + number) for number in range(1, 1001)])
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=0)) as writer:
        retain_all(writer, Keep(age_ms=100), 0, TIME + 10_000)
        assert offsets(sqlite_log.path) == list(range(1, 1001)), "nothing was consumed yet"
        retain_all(writer, Keep(age_ms=100), 901, TIME + 500)
        assert offsets(sqlite_log.path) == list(range(400, 1001)), "of that age and younger stays"
        retain_all(writer, Keep(age_ms=100), 901, TIME + 10_000)
        assert offsets(sqlite_log.path) == list(range(901, 1001)), "what waits stays, however old"


def test_the_oldest_consumed_go_while_the_log_is_too_large(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number, body=bytes(3000)) for number in range(1000)])
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=0)) as writer:
        retain_all(writer, Keep(FOREVER, max_bytes=2 * MIB), 1001, TIME)
        left = len(offsets(sqlite_log.path))
        assert 0.9 * 2 * MIB < left * 4096 < 1.1 * 2 * MIB, "two of these share a page of 8 KiB"
        retain_all(writer, Keep(FOREVER, max_bytes=0), 901, TIME)
        assert offsets(sqlite_log.path) == list(range(901, 1001))


def test_near_the_reserve_all_consumed_go_and_the_disk_gets_its_room(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number, body=bytes(3000)) for number in range(1000)])
    free = 100 * MIB
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=10 * MIB, free=lambda folder: free)) as writer:
        retain_all(writer, Keep(FOREVER), 991, TIME)
        assert len(offsets(sqlite_log.path)) == 1000
        before = sqlite_log.path.stat().st_size
        free = 12 * MIB
        retain_all(writer, Keep(FOREVER), 991, TIME)
        assert offsets(sqlite_log.path) == list(range(991, 1001))
        assert sqlite_log.path.stat().st_size < before / 20


def test_what_is_not_archived_stays_until_the_disk_is_scarce(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number, time=TIME) for number in range(1, 101)])
    free = 100 * MIB
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=10 * MIB, free=lambda folder: free)) as writer:
        while retain(writer, Keep(age_ms=0, max_bytes=0), 101, TIME + 1, archived=41):
            pass
        assert offsets(sqlite_log.path) == list(range(41, 101)), "however old, and however large the log"
        free = 12 * MIB
        while retain(writer, Keep(age_ms=0), 91, TIME + 1, archived=41):
            pass
        assert offsets(sqlite_log.path) == list(range(91, 101))


def test_pruning_goes_on_beside_appending(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number, time=TIME) for number in range(1, 2001)])
    sqlite_log.reader().commit(0, 1501, "")

    async def run() -> None:
        commit = GroupCommit(SqliteWriter(sqlite_log.path, reserve_bytes=0))
        keep = Keep(age_ms=1000)
        pruning = asyncio.create_task(keep_pruned(commit, sqlite_log.state_path, keep, lambda: TIME + 5000))
        number = 2001
        while (stats := log_stats(sqlite_log.path, sqlite_log.state_path)) and stats.first != 1501:
            await commit.append([record(number, time=TIME + 5000)])
            number += 1
        pruning.cancel()
        await commit.close()
        assert offsets(sqlite_log.path) == list(range(1501, number))

    asyncio.run(run())


def test_pruning_outlives_a_disk_that_is_away(sqlite_log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_ROUND_SECONDS", 0.0)
    sqlite_log.append([record(number, time=TIME) for number in range(10)])
    sqlite_log.reader().commit(0, 6, "")
    failures = [OSError(5, "Input/output error")] * 3

    def free(folder: Path) -> int:
        if failures:
            raise failures.pop()
        return 2**40

    async def run() -> None:
        commit = GroupCommit(SqliteWriter(sqlite_log.path, reserve_bytes=0, free=free))
        pruning = asyncio.create_task(keep_pruned(commit, sqlite_log.state_path, Keep(age_ms=0), lambda: TIME + 1))
        while offsets(sqlite_log.path)[0] != 6:
            await asyncio.sleep(0)
            assert not pruning.done()
        pruning.cancel()
        await commit.close()

    asyncio.run(run())
