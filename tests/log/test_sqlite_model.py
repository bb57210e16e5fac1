"""Any history of a log agrees with a plain list."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.log import Commit, Entry, Revoked
from pipeline.sqlite_log import SqliteReader, SqliteWriter, log_stats, read_state, records_of
from pipeline.sqlite_log.writer import ROW_BYTES
from schemas.record import Record
from tests.log.records import record, records


class LogHistory(RuleBasedStateMachine):
    """`kept` is the log; the record at index 0 has the offset `first`."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "log.db"
        self.state_path = Path(self.folder.name) / "consumer.db"
        self.kept: list[Record] = []
        self.first = 1
        self.commit: Commit | None = None

    @initialize()
    def open(self) -> None:
        self.writer = SqliteWriter(self.path, reserve_bytes=0)
        self.reader = SqliteReader(self.path, self.state_path)

    def teardown(self) -> None:
        self.writer.close()
        self.reader.close()
        self.folder.cleanup()

    @property
    def end(self) -> int:
        return self.first + len(self.kept)

    @rule(new=st.lists(records, min_size=1, max_size=3))
    def append(self, new: list[Record]) -> None:
        last = self.writer.write(new)
        self.kept += new
        assert last == self.end - 1

    @rule(size=st.sampled_from([64, 65, 200]))
    def append_many(self, size: int) -> None:
        self.append([record(self.end + number) for number in range(size)])

    @rule(position=st.integers(0, 9), bad=st.booleans())
    def append_what_cannot_be_kept(self, position: int, bad: bool) -> None:
        new = [record(number) for number in range(100)]
        new[position * 10] = record(0, key="\ud800")
        with pytest.raises(UnicodeEncodeError):
            self.writer.write(new if bad else new[position * 10 : position * 10 + 1])

    @rule(
        back=st.integers(0, 250),
        length=st.none() | st.integers(-1, 20),
        max_records=st.integers(1, 300),
        max_bytes=st.integers(1, 100_000),
    )
    def fetch(self, back: int, length: int | None, max_records: int, max_bytes: int) -> None:
        start = max(0, self.end - back)
        last = None if length is None else start + length
        found = self.reader.fetch(0, start, last=last, max_records=max_records, max_bytes=max_bytes)
        expected: list[Entry] = []
        room = max_bytes
        for entry in self.entries():
            if entry.offset < start or (last is not None and entry.offset > last):
                continue
            room -= len(entry.record.body) + len(entry.record.context) + ROW_BYTES
            if len(expected) == max_records or (room < 0 and expected):
                break
            expected.append(entry)
        assert found == expected

    @rule(ahead=st.integers(0, 100), note=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    def commit_some(self, ahead: int, note: str) -> None:
        at = self.commit.offset if self.commit else self.first
        self.commit = Commit(min(at + ahead, self.end), note)
        self.reader.commit(0, *self.commit)

    @rule(stays=st.integers(0, 100))
    def prune(self, stays: int) -> None:
        upto = (self.commit.offset if self.commit else 0) - stays
        gone = 0
        while pruned := self.writer.prune(upto, 2**62, None):
            gone += pruned
        assert gone == max(0, upto - self.first)
        del self.kept[:gone]
        self.first += gone

    @rule()
    def give_back(self) -> None:
        while self.writer.give_back(0):
            pass

    @rule()
    def open_the_writer_again(self) -> None:
        self.writer.close()
        self.writer = SqliteWriter(self.path, reserve_bytes=0)

    @rule(gone=st.booleans())
    def another_reader_takes_over(self, gone: bool) -> None:
        old = self.reader
        if gone:
            old.close()
        self.reader = SqliteReader(self.path, self.state_path)
        if not gone:
            with pytest.raises(Revoked):
                old.commit(0, self.end, "")
            old.close()

    def entries(self) -> list[Entry]:
        return [Entry(offset, one) for offset, one in enumerate(self.kept, self.first)]

    @invariant()
    def everyone_sees_the_same(self) -> None:
        if not hasattr(self, "reader"):
            return
        assert self.reader.log_id == self.writer.log_id
        assert (self.reader.first(0), self.reader.end(0)) == (self.first, self.end)
        assert self.reader.committed(0) == (self.commit or Commit(self.first, ""))
        assert read_state(self.state_path, self.writer.log_id) == (self.commit or Commit(0, ""))
        assert list(records_of(self.path)) == self.entries()
        stats = log_stats(self.path, self.state_path)
        assert stats
        waiting = [entry.record for entry in self.entries() if entry.offset >= (self.commit or Commit(0, "")).offset]
        fresh = [record.time for record in waiting if not record.replay_of]
        assert (stats.pending, stats.oldest_pending) == (len(waiting), fresh[0] if fresh else None)


TestLogHistory = LogHistory.TestCase
TestLogHistory.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
