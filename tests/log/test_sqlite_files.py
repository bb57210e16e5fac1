"""The log's files: who makes them, and what is said of a file that is not what it should be."""

import shutil
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.log import Commit
from pipeline.sqlite_log import LogUnusable, SqliteReader, SqliteWriter, log_stats, read_state, records_of
from tests.log.records import record
from tests.log.sqlite import SqliteLog


def test_of_many_who_make_a_log_at_once_all_open_the_same(tmp_path: Path) -> None:
    path = tmp_path / "log.db"

    def open_and_write(number: int) -> str:
        with closing(SqliteWriter(path, reserve_bytes=0)) as writer:
            writer.write([record(number)])
            return writer.log_id

    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(open_and_write, range(8)))
    assert len(ids) == 1
    assert len(list(records_of(path))) == 8
    assert [file.name for file in tmp_path.iterdir()] == ["log.db"]


def test_nobody_else_may_read_the_files(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record()])
    reader = sqlite_log.reader()
    reader.commit(0, 2, "")
    files = list(sqlite_log.path.parent.iterdir())
    assert len(files) >= 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_pruned_reports_do_not_stay_readable_in_the_file(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number, body=b"+5511987654321" * 100) for number in range(50)])
    sqlite_log.append([record(50)])
    assert sqlite_log.path.read_bytes().count(b"+5511987654321") == 5000
    sqlite_log.expire(0, 51)
    assert b"+5511987654321" not in sqlite_log.path.read_bytes()


@pytest.mark.parametrize("what", ["text", "empty", "another database", "a state"])
def test_a_file_that_is_not_a_log_is_refused_and_left_alone(tmp_path: Path, what: str) -> None:
    path = tmp_path / "log.db"
    if what == "text":
        path.write_text("Something else that somebody keeps here. " * 100)
    elif what == "empty":
        path.touch()
    elif what == "another database":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE somebodys (data TEXT)")
    else:
        log = SqliteLog(tmp_path / "other")
        log.path.parent.mkdir()
        log.reader().close()
        shutil.copy(log.state_path, path)
    before = path.read_bytes()
    for attempt in (
        lambda: SqliteWriter(path, reserve_bytes=0),
        lambda: SqliteReader(path, tmp_path / "consumer.db"),
        lambda: list(records_of(path)),
        lambda: log_stats(path, tmp_path / "consumer.db"),
    ):
        with pytest.raises(LogUnusable, match=r"log\.db: .*move it away"):
            attempt()
    assert path.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogUnusable, match="folder must exist"):
        SqliteWriter(tmp_path / "no" / "log.db", reserve_bytes=0)


def test_a_log_of_a_newer_version_is_refused(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record()])
    with closing(sqlite3.connect(sqlite_log.path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '2' WHERE name = 'version'")
    with pytest.raises(LogUnusable, match=r"newer delivrd \(format 2, this one knows 1\)"):
        SqliteWriter(sqlite_log.path, reserve_bytes=0)
    with pytest.raises(LogUnusable, match="newer delivrd"):
        sqlite_log.reader()


def test_a_damaged_log_is_named(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number, body=bytes(1000)) for number in range(100)])
    content = bytearray(sqlite_log.path.read_bytes())
    content[5 * 8192 :] = b"\xff" * (len(content) - 5 * 8192)
    sqlite_log.path.write_bytes(content)
    with pytest.raises(LogUnusable, match=r"log\.db: not a readable SQLite file"):
        list(records_of(sqlite_log.path))
    reader = sqlite_log.reader()
    with pytest.raises(LogUnusable, match="restore it from a copy"):
        reader.fetch(0, 1, max_records=100, max_bytes=2**20)


def test_a_log_restored_from_an_older_copy_is_refused(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(1)])
    copy = sqlite_log.path.with_name("copy.db")
    shutil.copy(sqlite_log.path, copy)
    sqlite_log.append([record(2)])
    reader = sqlite_log.reader()
    reader.commit(0, 3, "")
    reader.close()
    shutil.copy(copy, sqlite_log.path)
    with pytest.raises(LogUnusable, match="restored from an older copy"):
        sqlite_log.reader().committed(0)


def test_another_log_in_its_place_is_read_from_its_first_record(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number) for number in range(9)])
    reader = sqlite_log.reader()
    reader.commit(0, 10, "an intent of the old log")
    old = reader.log_id
    reader.close()
    sqlite_log.path.unlink()
    sqlite_log.append([record(1)])
    reader = sqlite_log.reader()
    assert reader.log_id != old
    assert reader.committed(0) == Commit(1, "")
    assert read_state(sqlite_log.state_path, reader.log_id) == Commit(0, "")
    assert read_state(sqlite_log.state_path, old) == Commit(10, "an intent of the old log")
    reader.commit(0, 2, "")
    assert read_state(sqlite_log.state_path, reader.log_id) == Commit(2, "")
    assert read_state(sqlite_log.state_path, old) == Commit(0, "")


def test_a_log_that_is_taken_away_in_use_takes_nothing_with_it_unseen(sqlite_log: SqliteLog) -> None:
    with closing(SqliteWriter(sqlite_log.path, reserve_bytes=0)) as writer:
        writer.write([record(1)])
        reader = sqlite_log.reader()
        old = writer.log_id
        for file in sqlite_log.path.parent.glob("log.db*"):
            file.unlink()
        writer.write([record(2)])
        assert writer.log_id != old
        assert [entry.record.id for entry in records_of(sqlite_log.path)] == ["request-2"]
        with pytest.raises(LogUnusable, match="another log"):
            reader.end(0)


def test_what_does_not_exist_is_not_made_by_looking(tmp_path: Path) -> None:
    path, state_path = tmp_path / "log.db", tmp_path / "consumer.db"
    assert list(records_of(path)) == []
    assert log_stats(path, state_path) is None
    assert read_state(state_path, "some-log") == Commit(0, "")
    assert list(tmp_path.iterdir()) == []
