"""The consumer's thread: told to stop or to reload at any moment, also before it has begun."""

import threading
from pathlib import Path

from consumers.worker import Parts, Worker
from pipeline.sqlite_log import SqliteReader, SqliteWriter
from pipeline.warehouse.retention import Oldest
from schemas.providers import adapters
from tests.consumers.making import NOON, SOURCES
from tests.shards import Served
from tests.support.waiting import until


def test_stops_and_reloads_while_it_starts_and_from_several_threads(
    served: Served, log: SqliteWriter, tmp_path: Path
) -> None:
    preparing, go_on = threading.Event(), threading.Event()

    def prepare() -> None:
        preparing.set()
        go_on.wait()

    parts = Parts(
        connect=served.writer,
        prepare=prepare,
        open_reader=lambda: SqliteReader(log.path, tmp_path / "consumer.db"),
        sources=SOURCES,
        adapters=adapters,
        oldest=lambda _: Oldest(0, 0),
    )
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
