"""What is rebuilt is what the rules say, whatever named the messages before, and wherever a rebuild was cut off."""

import itertools
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.lane import Limits, Reading
from consumers.memory import Memory
from consumers.rebuilding import catch_up, ends_of, remaining
from consumers.store import Store
from pipeline.archive.archive import Archive
from pipeline.archive.filling import fill
from pipeline.archive.history import History
from pipeline.archive.target import Place, open_target
from pipeline.sqlite_log import SqliteWriter
from pipeline.sqlite_log.access import SqliteEventLog, SqliteFiles
from pipeline.warehouse import Warehouse
from pipeline.warehouse.beside import Begun, begin, beside, exchange
from pipeline.warehouse.retention import Oldest, Retention
from pipeline.warehouse.rollups import settle
from schemas.adapter import Adapter, Source
from schemas.event import Event
from schemas.providers import adapters
from schemas.record import Record
from tests import model
from tests.figures import deliveries
from tests.support.consuming import NOW, READING, SOURCES, Installed, Request, tellings
from tests.support.histories import assert_as_the_rules_say, histories
from tests.warehouse.test_rollups import assert_equal
from tests.warehouse.test_rollups import shown as figures_shown

pytestmark = pytest.mark.timeout(600)
FOREVER = Retention(messages=0, texts=0, dead_letters=0, figures=0)


class Misnaming:
    """An adapter that takes the beginning of what names a message for all of it: some are taken for one."""

    def __init__(self, right: Adapter) -> None:
        self._right = right

    def __getattr__(self, name: str) -> Any:
        return getattr(self._right, name)

    def read(self, record: Record, source: Source) -> Event | None:
        """With other names, and so with another identity."""
        event = self._right.read(record, source)
        if event is None:
            return None
        return msgspec.structs.replace(event, message_key=event.message_key[:2], identity=event.identity ^ 1)


class Rebuilt:
    """Consumes under other names, archives, lets the log go, and rebuilds: cut off after so many chunks at a time."""

    def __init__(self, warehouse: Warehouse, chunk: int, cut_offs: list[int]) -> None:
        self._warehouse = warehouse
        self._limits = Limits(records=chunk)
        self._cut_offs = cut_offs

    def __call__(self, installed: Installed) -> None:
        misnaming: Mapping[str, Any] = {name: Misnaming(adapter) for name, adapter in adapters.items()}
        installed.consume(self._warehouse, 20, Reading(1, SOURCES, misnaming))
        with tempfile.TemporaryDirectory() as folder:
            # The audit that follows wants the whole log; it is another one that lets its records go.
            files = SqliteFiles(log=Path(folder) / "log.db", state=Path(folder) / "consumer.db", reserve_bytes=0)
            shutil.copy(installed._log, files.log)
            shutil.copy(installed._state, files.state)
            log = SqliteEventLog(files)
            archive = Archive(open_target(Place(url=f"{folder}/archive")), self._warehouse)
            archived = list(fill(log, archive.files(), 10**15, archive.write, eager=True))
            with closing(SqliteWriter(files.log, reserve_bytes=0)) as writer:
                writer.prune(archived[-1].last + 1, 10**15, None)
            self._rebuild(log, archive)

    def _rebuild(self, log: SqliteEventLog, archive: Archive) -> None:
        history = History(log, archive)
        held = [(*one, *offsets) for one in history.partitions for offsets in history.ranges(one)]
        begin(self._warehouse, Begun("", 0), held, FOREVER)
        ends = ends_of(history)
        reading = msgspec.structs.replace(READING, number=2)
        with closing(beside(self._warehouse)) as new:
            for steps in (*self._cut_offs, None):
                store = Store(new, Memory(new), lambda: NOW, lambda _: Oldest(0, 0))
                for _ in itertools.islice(catch_up(History(log, archive), store, ends, reading, self._limits), steps):
                    pass
            assert remaining(history, store, ends) == 0
            settle(new)
            exchange(self._warehouse)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=histories(), chunk=st.sampled_from([2, 7, 1000]), cut_offs=st.lists(st.integers(1, 3), max_size=2))
def test_what_is_rebuilt_is_as_if_it_had_always_been_read_rightly(
    alone: Warehouse, told: list[Request], chunk: int, cut_offs: list[int]
) -> None:
    assert_as_the_rules_say(alone, told, Rebuilt(alone, chunk, cut_offs))
    assert_equal(figures_shown(alone), deliveries(model.messages(tellings(told)).values()))
