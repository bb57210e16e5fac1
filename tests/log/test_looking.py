"""Looking at a log without being its reader."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.log import Entry
from pipeline.sqlite_log import LogStats, log_stats, looking, records_of
from schemas.record import Record
from tests.log.records import TIME, record
from tests.log.sqlite import SqliteLog

small_records = st.builds(
    lambda key, time, body: record(1, key=key, time=time, body=bytes(body)),
    st.sampled_from([None, "a/1", "a/2", "b/1", "b/\x00", "b/é"]),
    st.integers(0, 9),
    st.sampled_from([0, 10, 5000]),
)
keys = st.none() | st.lists(st.sampled_from(["a/1", "a/2", "b/\x00", "b/é", "nobody's"]), max_size=3)
small = st.none() | st.integers(0, 12)


@settings(max_examples=40, deadline=None)
@given(st.lists(small_records, max_size=10), keys, small, small, small, small)
def test_records_of_gives_what_matches_all_that_is_given(
    kept: list[Record],
    keys: list[str] | None,
    first: int | None,
    last: int | None,
    since_ms: int | None,
    until_ms: int | None,
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "_WINDOW_RECORDS", 3)
        patch.setattr(looking, "_WINDOW_BYTES", 4000)
        log = SqliteLog(Path(folder))
        log.append(kept)
        found = list(records_of(log.path, keys=keys, first=first, last=last, since_ms=since_ms, until_ms=until_ms))
    assert found == [
        Entry(offset, one)
        for offset, one in enumerate(kept, 1)
        if (keys is None or one.key in keys)
        and (first is None or offset >= first)
        and (last is None or offset <= last)
        and (since_ms is None or one.time >= since_ms)
        and (until_ms is None or one.time < until_ms)
    ]


def test_records_of_ends_where_the_log_ended_when_it_began(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(1), record(2)])
    entries = records_of(sqlite_log.path)
    assert next(entries).offset == 1
    sqlite_log.append([record(3)])
    assert [entry.offset for entry in entries] == [2]


def test_records_of_goes_on_though_what_is_next_was_pruned(
    sqlite_log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_WINDOW_RECORDS", 2)
    sqlite_log.append([record(number) for number in range(8)])
    entries = records_of(sqlite_log.path)
    assert next(entries).offset == 1
    sqlite_log.expire(0, 6)
    assert [entry.offset for entry in entries] == [2, 6, 7, 8]


def test_the_stats_say_how_the_log_stands(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record(number, time=TIME + number) for number in range(10)])
    reader = sqlite_log.reader()
    stats = log_stats(sqlite_log.path, sqlite_log.state_path)
    assert stats is not None
    assert stats.disk_bytes >= 8192
    assert stats._replace(disk_bytes=0) == LogStats(reader.log_id, 1, 11, 0, 10, TIME, 0)
    reader.commit(0, 8, "")
    sqlite_log.expire(0, 5)
    stats = log_stats(sqlite_log.path, sqlite_log.state_path)
    assert stats is not None
    assert stats._replace(disk_bytes=0) == LogStats(reader.log_id, 5, 11, 8, 3, TIME + 7, 0)
    reader.commit(0, 11, "")
    stats = log_stats(sqlite_log.path, sqlite_log.state_path)
    assert stats is not None
    assert (stats.pending, stats.oldest_pending) == (0, None)


def test_looking_takes_nothing_from_the_reader(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([record()])
    reader = sqlite_log.reader()
    log_stats(sqlite_log.path, sqlite_log.state_path)
    list(records_of(sqlite_log.path))
    reader.commit(0, 2, "still mine")
