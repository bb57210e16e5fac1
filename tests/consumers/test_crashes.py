"""A consumer that dies at any point of a chunk, and the one that comes after it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from consumers.audit import Range, audit
from consumers.intent import write_intent
from consumers.known import known_sources, note_sources
from consumers.lane import Limits, Reading
from consumers.loop import Loop
from consumers.memory import Memory
from consumers.store import Store
from pipeline.clock import now_ms
from pipeline.log import Entry, LogReader, LogUnusable
from pipeline.sqlite_log import SqliteReader, SqliteWriter, records_of
from pipeline.warehouse import Warehouse
from pipeline.warehouse.client import External
from pipeline.warehouse.errors import Refused, Retry, Setup
from pipeline.warehouse.retention import Oldest
from schemas.adapter import Source
from schemas.providers import adapters
from schemas.record import Record, RecordType
from tests.consumers.making import NOON
from tests.shards import Served

DAY = 86_400_000


class Killed(Exception):
    """Stands for the end of the process."""


class Dying(Warehouse):
    """The real client of the real engine, in a process that dies at its nth call: before it, or after."""

    def __init__(self, served: Served, at: int, *, after: bool) -> None:
        real = served.writer()
        super().__init__(real.servers, real.user, real.password, real.database)
        self.left = at
        self.after = after

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]], token: str) -> None:
        self._live()
        super().insert(table, columns, token)
        self._die()

    def query(
        self, sql: str, params: Mapping[str, Any] | None = None, external: External | None = None
    ) -> list[tuple[Any, ...]]:
        if sql.startswith("DESCRIBE"):
            return super().query(sql, params, external)
        self._live()
        rows = super().query(sql, params, external)
        self._die()
        return rows

    def _live(self) -> None:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed

    def _die(self) -> None:
        if self.left == 0 and self.after:
            raise Killed


class Place:
    """A log with a source of its own, so that tests share an engine."""

    def __init__(self, log: SqliteWriter, tmp_path: Path) -> None:
        self.log = log
        self.state = tmp_path / "consumer.db"
        self.name = f"s-{uuid4().hex[:8]}"
        self.sources = {self.name: Source(self.name, "integrax", region="BR")}
        self.count = 0

    def post(self, body: bytes, message: str | None) -> None:
        """Append a record."""
        self.count += 1
        key = f"{self.name}/{message}" if message else None
        time = NOON + self.count
        self.append(Record(f"r{self.count}", self.name, RecordType.WEBHOOK, time, key, "", b"", body))

    def append(self, record: Record) -> None:
        """Put it into the log."""
        self.log.write([record])

    def open_reader(self) -> LogReader:
        """As a new process does."""
        return SqliteReader(self.log.path, self.state)

    def entries(self) -> Iterable[Entry]:
        """All that stands in the log."""
        return records_of(self.log.path)

    def report(self, message: str, status: str) -> None:
        """Append a report."""
        self.post(f'{{"messageId":"{message}","phone":"5511999999999","status":"{status}"}}'.encode(), message)

    def consume(self, warehouse: Warehouse, reader: LogReader | None = None) -> None:
        """Consume what stands there, as a new process would."""
        opened = reader or self.open_reader()
        try:
            loop = Loop(
                opened,
                lambda: Store(warehouse, Memory(warehouse), lambda: NOON + DAY, lambda now: Oldest(now - 400 * DAY, 0)),
                Limits(),
            )
            loop.drain()
            loop.run(Reading(1, self.sources, adapters))
        finally:
            opened.close()

    def states(self, store: Warehouse) -> dict[str, str]:
        """Message id to state, of this source."""
        rows = store.query(
            "SELECT message_id, toString(status) FROM delivrd.messages WHERE source = {source:String}",
            {"source": self.name},
        )
        assert len(rows) == len(dict(rows))
        return dict(rows)

    def chunk_sums(self, store: Warehouse) -> dict[str, int]:
        """The consumer's own counters, summed."""
        names = ("records", "stored", "repeated", "empty", "dead_lettered")
        sums = ", ".join(f"sum({name})" for name in names)
        with closing(self.open_reader()) as reader:
            rows = store.query(f"SELECT {sums} FROM chunks FINAL WHERE log = {{log:UUID}}", {"log": reader.log_id})
        return dict(zip(names, rows[0], strict=True))

    def audited(self, store: Warehouse) -> Counter[str]:
        """What the audit says; it must be complete."""
        with closing(self.open_reader()) as reader:
            part = Range(reader.log_id, 0, reader.first(0), reader.committed(0).offset)
        sources = known_sources(store, self.sources)
        report = audit(store, self.entries(), part, sources, adapters, Oldest(0, 0), lambda _: None)
        assert report.complete, report
        names = ("received", "stored", "repeated", "empty", "dead_lettered")
        return Counter({name: getattr(report, name) for name in names})


@pytest.fixture
def place(log: SqliteWriter, tmp_path: Path) -> Place:
    return Place(log, tmp_path)


EXPECTED = {"records": 9, "stored": 5, "repeated": 2, "empty": 1, "dead_lettered": 1}


def fill(place: Place) -> None:
    place.report("a", "EXPIRED")
    place.report("a", "DELIVRD")
    place.report("a", "DELIVRD")
    place.report("b", "UNDELIV")
    place.report("c", "odd")
    place.report("d", "REJECTD")
    place.post(b"[]", None)
    place.post(b'{"what":1}', None)
    place.post(b'{"what":1}', None)


def check(place: Place, store: Warehouse) -> None:
    assert place.states(store) == {"a": "delivered", "b": "undeliverable", "c": "unknown", "d": "rejected"}
    assert place.chunk_sums(store) == EXPECTED
    assert place.audited(store) == Counter({"received": 9, **{name: EXPECTED[name] for name in list(EXPECTED)[1:]}})


def test_without_a_crash(place: Place, store: Warehouse) -> None:
    fill(place)
    place.consume(store)
    check(place, store)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(1, 7))
def test_killed_at_each_call_to_the_warehouse(
    place: Place, served: Served, store: Warehouse, call: int, after: bool
) -> None:
    """A chunk's calls: homes and dead letters are looked up; homes, events, dead letters, the chunk are inserted."""
    fill(place)
    with pytest.raises(Killed):
        place.consume(Dying(served, call, after=after))
    place.consume(store)
    check(place, store)


def test_killed_before_the_commit_of_a_stored_chunk(place: Place, store: Warehouse) -> None:
    class Forgetful(SqliteReader):
        def commit(self, partition: int, offset: int, note: str) -> None:
            if not note:
                raise Killed
            super().commit(partition, offset, note)

    fill(place)
    with pytest.raises(Killed):
        place.consume(store, Forgetful(place.log.path, place.state))
    place.report("e", "DELIVRD")
    place.consume(store)
    assert place.states(store)["e"] == "delivered"
    sums = place.chunk_sums(store)
    assert sums == {**EXPECTED, "records": 10, "stored": 6}


def test_a_rejected_batch_is_not_committed_past_by_the_next_success(
    place: Place, served: Served, store: Warehouse
) -> None:
    class Away(Warehouse):
        """Refuses connection for the first inserts, as a server that restarts does."""

        refusals = 3

        def insert(self, table: str, columns: Mapping[str, Sequence[Any]], token: str) -> None:
            if table == "events" and self.refusals:
                self.refusals -= 1
                raise Retry("connection refused")
            super().insert(table, columns, token)

    fill(place)
    real = served.writer()
    place.consume(Away(real.servers, real.user, real.password, real.database))
    check(place, store)


def test_a_missing_table_stops_the_consumer_and_nothing_is_committed(place: Place, served: Served) -> None:
    class Missing(Warehouse):
        def insert(self, table: str, columns: Mapping[str, Sequence[Any]], token: str) -> None:
            super().insert("no_such_table" if table == "events" else table, columns, token)

    fill(place)
    real = served.writer()
    with pytest.raises(Setup):
        place.consume(Missing(real.servers, real.user, real.password, real.database))
    reader = SqliteReader(place.log.path, place.state)
    assert reader.committed(0).offset == 1
    reader.close()


def test_a_refused_row_becomes_a_dead_letter_and_the_others_are_stored(
    place: Place, served: Served, store: Warehouse
) -> None:
    class Picky(Warehouse):
        """Refuses every block with the message `b`, as a server does that cannot parse a value."""

        def insert(self, table: str, columns: Mapping[str, Sequence[Any]], token: str) -> None:
            if table in ("events", "events_trial") and "b" in columns["message_id"]:
                raise Refused("cannot parse")
            super().insert(table, columns, token)

    fill(place)
    real = served.writer()
    place.consume(Picky(real.servers, real.user, real.password, real.database))
    assert place.states(store) == {"a": "delivered", "c": "unknown", "d": "rejected"}
    assert place.chunk_sums(store) == {**EXPECTED, "stored": 4, "dead_lettered": 2}
    assert place.audited(store)["dead_lettered"] == 2


def test_a_log_restored_from_before_a_chunk_in_hand_stops_the_consumer(place: Place, store: Warehouse) -> None:
    fill(place)
    reader = SqliteReader(place.log.path, place.state)
    reader.commit(0, 3, write_intent(3, 20))
    reader.close()
    with pytest.raises(LogUnusable, match="restored"):
        place.consume(store)


def test_a_source_taken_away_since_leaves_the_audit_complete(place: Place, store: Warehouse) -> None:
    fill(place)
    place.consume(store)
    note_sources(store, place.sources, now_ms)  # a moment is noted once, whichever test it is in
    before = place.audited(store)
    place.sources = {}
    assert place.audited(store) == before


def test_many_faults_of_our_own_stop_the_consumer(
    place: Place, store: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    for number in range(30):
        place.report(f"m{number}", "DELIVRD")
    with monkeypatch.context() as patch:
        patch.setattr(type(adapters["integrax"]), "read", broken)
        with pytest.raises(Setup, match="30 of the last 30"):
            place.consume(store)
    place.consume(store)
    assert place.chunk_sums(store)["stored"] == 30
