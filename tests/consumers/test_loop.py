"""The consumer's loop when partitions come and go."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from consumers.lane import Limits, Reading
from consumers.loop import Loop
from consumers.memory import Memory
from consumers.store import Store
from pipeline.sqlite_log import SqliteReader, SqliteWriter
from pipeline.warehouse import Retry, Warehouse
from pipeline.warehouse.retention import Oldest
from schemas.providers import adapters
from schemas.record import Record, RecordType
from tests.consumers.making import NOON, SOURCES
from tests.shards import Served

REPORT = b'{"messageId":"m1","phone":"5511999999999","status":"DELIVRD"}'


class Taken(SqliteReader):
    """A partition that goes to somebody else when `gone` is set."""

    def __init__(self, log_path: Path, state_path: Path) -> None:
        super().__init__(log_path, state_path)
        self.gone = threading.Event()

    def partitions(self) -> Sequence[int]:
        return () if self.gone.is_set() else super().partitions()


class Away(Warehouse):
    """A real server that takes no inserts just now."""

    def __init__(self, real: Warehouse) -> None:
        super().__init__(real.servers, real.user, real.password, real.database)
        self.tried, self.closed = threading.Event(), threading.Event()

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]], token: str) -> None:
        self.tried.set()
        raise Retry("away")

    def close(self) -> None:
        super().close()
        self.closed.set()


def test_a_chunk_of_a_partition_that_is_gone_is_not_tried_for_ever(
    served: Served, log: SqliteWriter, tmp_path: Path
) -> None:
    source = next(iter(SOURCES))
    log.write([Record("r-1", source, RecordType.WEBHOOK, NOON, f"{source}/m1", "", b"", REPORT)])
    warehouse = Away(served.writer())
    reader = Taken(log.path, tmp_path / "consumer.db")
    loop = Loop(reader, lambda: Store(warehouse, Memory(warehouse), lambda: NOON, lambda _: Oldest(0, 0)), Limits())
    running = threading.Thread(target=loop.run, args=(Reading(1, SOURCES, adapters),))
    running.start()
    try:
        assert warehouse.tried.wait(60)
        reader.gone.set()
        assert warehouse.closed.wait(60), "it lets go of the warehouse"
    finally:
        loop.stop()
        running.join()
        reader.close()


def test_a_warehouse_that_was_set_back_is_read_on_from_what_it_has(
    served: Served, log: SqliteWriter, tmp_path: Path
) -> None:
    source = next(iter(SOURCES))
    records = [
        Record(f"r-{number}", source, RecordType.WEBHOOK, NOON, f"{source}/m{number}", "", b"", REPORT)
        for number in range(6)
    ]
    store = served.writer()

    def consume(chunk: int) -> None:
        reader = SqliteReader(log.path, tmp_path / "consumer.db")
        loop = Loop(
            reader,
            lambda: Store(served.writer(), Memory(store), lambda: NOON, lambda _: Oldest(0, 0)),
            Limits(records=chunk),
        )
        loop.drain()
        loop.run(Reading(1, SOURCES, adapters))
        reader.close()

    def ranges() -> list[tuple[int, ...]]:
        sql = "SELECT first, last FROM chunks FINAL WHERE log = {log:UUID} ORDER BY first"
        return store.query(sql, {"log": log.log_id})

    log.write(records[:4])
    consume(2)
    assert ranges() == [(1, 2), (3, 4)]
    for one in store.each():
        one.command(
            f"DELETE FROM {one.servers.local}.chunks WHERE log = {{log:UUID}} AND first = 3", {"log": log.log_id}
        )
    assert ranges() == [(1, 2)]
    log.write(records[4:])
    consume(3)  # other chunks, as the tokens of the old ones are still known here
    assert ranges() == [(1, 2), (3, 5), (6, 6)]
    store.close()
