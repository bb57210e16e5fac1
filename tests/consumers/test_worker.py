"""The consumer's thread: told to stop or to reload at any moment, also before it has begun."""

import threading
from collections.abc import Callable
from pathlib import Path

from consumers.worker import Parts, Worker
from pipeline.sqlite_log import SqliteReader, SqliteWriter
from pipeline.sqlite_log.state import read_state
from pipeline.warehouse import Warehouse
from pipeline.warehouse.beside import Begun, begin, drop
from pipeline.warehouse.retention import Oldest, Retention
from pipeline.warehouse.standstill import announce, withdraw
from schemas.providers import adapters
from tests.consumers.making import NOON, SOURCES
from tests.log.records import record
from tests.shards import Served
from tests.support.waiting import until


def parts_of(served: Served, reader: Callable[[], SqliteReader], prepare: Callable[[], None]) -> Parts:
    return Parts(
        connect=served.writer,
        prepare=prepare,
        open_reader=reader,
        sources=SOURCES,
        adapters=adapters,
        oldest=lambda _: Oldest(0, 0),
    )


def test_stops_and_reloads_while_it_starts_and_from_several_threads(
    served: Served, log: SqliteWriter, tmp_path: Path
) -> None:
    preparing, go_on = threading.Event(), threading.Event()

    def prepare() -> None:
        preparing.set()
        go_on.wait()

    parts = parts_of(served, lambda: SqliteReader(log.path, tmp_path / "consumer.db"), prepare)
    worker = Worker(parts, lambda: NOON)
    worker.start()
    preparing.wait()
    reloads = [threading.Thread(target=worker.reload, args=(SOURCES,)) for _ in range(3)]
    for thread in reloads:
        thread.start()
    go_on.set()
    for thread in reloads:
        thread.join()
    until(lambda: worker.status().running, "the consumer runs")
    assert sum(thread.name == "consumer" for thread in threading.enumerate()) == 1
    worker.stop(drain=1)
    assert not worker.status().running
    worker.reload(SOURCES)
    assert not worker.status().running


def test_who_begins_while_rows_are_to_be_exchanged_stores_nothing_until_it_is_over(
    served: Served, store: Warehouse, log: SqliteWriter, tmp_path: Path
) -> None:
    """Whether that was announced before it joined the others, or just then."""
    begin(store, Begun("digest", 0), [], Retention(messages=0, texts=0, dead_letters=0, figures=0))
    joined = 0

    def join() -> SqliteReader:
        nonlocal joined
        joined += 1
        if joined == 1:
            announce(store)
        return SqliteReader(log.path, tmp_path / "consumer.db")

    log.write([record()])
    worker = Worker(parts_of(served, join, lambda: None), lambda: NOON)
    worker.start()
    try:
        until(lambda: "a rebuild" in worker.status().reason, "it waits")
        until(lambda: not worker.status().running, "it has left again")
        assert read_state(tmp_path / "consumer.db", log.log_id).offset == 0
        assert joined == 1
        withdraw(store)
        until(lambda: read_state(tmp_path / "consumer.db", log.log_id).offset == 2, "it goes on by itself")
    finally:
        worker.stop(drain=0)
        drop(store)
