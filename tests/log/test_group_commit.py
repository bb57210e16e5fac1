"""Many appenders, one writer."""

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipeline.log import LogFull, LogUnavailable
from pipeline.sqlite_log import GroupCommit, SqliteWriter, files, records_of
from schemas.record import Record
from tests.log.records import record


def with_commit(
    path: Path, use: Callable[[GroupCommit], Awaitable[None]], *, queue_bytes: int = 2**26, batch_bytes: int = 2**22
) -> None:
    """Run `use` with a group commit on the log at `path`."""

    async def run() -> None:
        writer = SqliteWriter(path, reserve_bytes=0)
        commit = GroupCommit(writer, queue_bytes=queue_bytes, batch_bytes=batch_bytes)
        try:
            await use(commit)
        finally:
            await commit.close()

    asyncio.run(run())


@contextmanager
def someone_else_writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Another process's open transaction; `rollback` lets the writer go on."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def ids(path: Path) -> list[str]:
    return [entry.record.id for entry in records_of(path)]


def large(number: int) -> list[Record]:
    return [record(number, body=bytes(1000))]


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records each transaction had."""
    sizes: list[int] = []
    write = SqliteWriter.write

    def counted(writer: SqliteWriter, records: Sequence[Record]) -> int:
        sizes.append(len(records))
        return write(writer, records)

    monkeypatch.setattr(SqliteWriter, "write", counted)
    return sizes


def test_what_arrives_together_is_one_transaction(tmp_path: Path, batches: list[int]) -> None:
    async def use(commit: GroupCommit) -> None:
        await asyncio.gather(*(commit.append([record(number)]) for number in range(64)))

    with_commit(tmp_path / "log.db", use)
    assert batches == [64]


def test_a_batch_has_a_limit_but_takes_any_single_request(tmp_path: Path, batches: list[int]) -> None:
    path = tmp_path / "log.db"

    async def use(commit: GroupCommit) -> None:
        await asyncio.gather(*(commit.append(large(number)) for number in range(7)))
        await commit.append([record(number, body=bytes(1000)) for number in range(7, 20)])

    with_commit(path, use, batch_bytes=3000)
    assert ids(path) == [f"request-{number}" for number in range(20)]
    assert batches == [2, 2, 2, 1, 13]


def test_a_record_that_cannot_be_written_does_not_take_others_with_it(tmp_path: Path) -> None:
    path = tmp_path / "log.db"

    async def use(commit: GroupCommit) -> None:
        appends = [[record(1)], [record(2), record(3, key="half a surrogate: \ud800")], [record(4)]]
        outcomes = await asyncio.gather(*map(commit.append, appends), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [type(None), UnicodeEncodeError, type(None)]
        await commit.append([record(5)])

    with_commit(path, use)
    assert ids(path) == ["request-1", "request-4", "request-5"]


def test_with_too_much_waiting_more_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "log.db"

    async def use(commit: GroupCommit) -> None:
        with someone_else_writing(path) as other:
            writing = asyncio.create_task(commit.append(large(0)))
            await until_taken(commit, 1)
            waiting = [asyncio.create_task(commit.append(large(number))) for number in (1, 2)]
            await until(lambda: commit.depth == 2)
            with pytest.raises(LogFull, match="2 appends wait"):
                await commit.append(large(3))
            other.rollback()
            await asyncio.gather(writing, *waiting)
        await commit.append(large(4))

    with_commit(path, use, queue_bytes=3000)
    assert ids(path) == ["request-0", "request-1", "request-2", "request-4"]


def test_another_process_that_never_lets_go_is_an_error_and_then_all_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.db"
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.05)

    async def use(commit: GroupCommit) -> None:
        with someone_else_writing(path):
            outcomes = await asyncio.gather(
                commit.append([record(1)]), commit.append([record(2)]), return_exceptions=True
            )
        for outcome in outcomes:
            assert isinstance(outcome, LogUnavailable)
            assert "another process" in str(outcome)
        assert outcomes[0] is not outcomes[1], "an error that is raised twice gathers both tracebacks"
        await commit.append([record(3)])

    with_commit(path, use)
    assert ids(path) == ["request-3"]


def test_an_append_that_was_begun_is_kept_though_its_caller_left(tmp_path: Path) -> None:
    path = tmp_path / "log.db"

    async def use(commit: GroupCommit) -> None:
        with someone_else_writing(path) as other:
            appends = [asyncio.create_task(commit.append([record(number)])) for number in range(3)]
            await until_taken(commit, 3)
            for append in appends:
                append.cancel()
            other.rollback()
        await commit.append([record(3)])

    with_commit(path, use)
    assert ids(path) == [f"request-{number}" for number in range(4)]


def test_closing_writes_what_waits_and_then_refuses(tmp_path: Path) -> None:
    path = tmp_path / "log.db"

    async def use(commit: GroupCommit) -> None:
        with someone_else_writing(path) as other:
            first = asyncio.create_task(commit.append(large(0)))
            await until_taken(commit, 1)
            second = asyncio.create_task(commit.append(large(1)))
            await until(lambda: commit.depth == 1)
            closing_ = asyncio.create_task(commit.close())
            await asyncio.sleep(0)
            with pytest.raises(LogUnavailable, match="closed"):
                await commit.append(large(2))
            other.rollback()
            await asyncio.gather(first, second, closing_)
        assert not path.with_name("log.db-wal").exists(), "the file was let go, and after the last write"

    with_commit(path, use)
    assert ids(path) == ["request-0", "request-1"]


def test_a_step_runs_on_the_writers_thread(tmp_path: Path) -> None:
    async def use(commit: GroupCommit) -> None:
        assert await commit.run(lambda writer: (writer.write([record()]), threading.current_thread().name)) == (
            1,
            "log-writer",
        )
        with pytest.raises(ZeroDivisionError):
            await commit.run(lambda writer: 1 // 0)
        await commit.append([record()])

    with_commit(tmp_path / "log.db", use)


def test_a_log_that_cannot_be_written_is_unavailable_until_it_can(tmp_path: Path) -> None:
    path = tmp_path / "data" / "log.db"
    path.parent.mkdir()

    async def use(commit: GroupCommit) -> None:
        await commit.append([record(1)])
        path.parent.rename(tmp_path / "away")
        with pytest.raises(LogUnavailable):
            await commit.append([record(2)])
        (tmp_path / "away").rename(path.parent)
        await commit.append([record(3)])

    with_commit(path, use)
    assert ids(path) == ["request-1", "request-3"]


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds."""
    while not condition():
        await asyncio.sleep(0)


async def until_taken(commit: GroupCommit, appends: int) -> None:
    """Let the loop run until the writer has been given this many appends."""
    await until(lambda: commit.depth == appends)
    await until(lambda: commit.depth == 0)
