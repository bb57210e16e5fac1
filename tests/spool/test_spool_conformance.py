"""The spool does what every log does for who reads it, and so does Kafka's log for what came to it by the spool."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from pipeline.clock import now_ms
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.spool.place import SpoolPlace, spool_stats
from pipeline.spool.spool import Spool, open_appender
from pipeline.sqlite_log import SqliteReader, SqliteWriter
from schemas.record import Record
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import KafkaLog, await_true
from tests.log.conformance import LogConformance

# The client's threads wait for times by chance, and would be taken for a strategy of the test.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")


class Running:
    """A spool on an event loop of its own."""

    def __init__(self, settings: KafkaSettings, place: SpoolPlace) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

        async def made() -> Spool:
            return open_appender(settings, place, now_ms)

        self.spool = self.run(made())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def append(self, requests: Sequence[Sequence[Record]]) -> None:
        async def appended() -> None:
            await asyncio.gather(*map(self.spool.append, requests))

        self.run(appended())

    def close(self) -> None:
        self.run(self.spool.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class SpooledLog:
    """What stays in the spool, as the drain reads it: the ways to Kafka are closed."""

    def __init__(self, settings: KafkaSettings, place: SpoolPlace) -> None:
        self._place = place
        self._running = Running(settings, place)
        self._running.run(self._running.spool._kafka.close())
        self._running.run(self._running.spool._drain._kafka.close())
        # The drain's own reader comes first; those of the test take over from it.
        await_true(lambda: self._running.spool._drain._reader, "the drain has looked")
        self._open: list[SqliteReader] = []

    def append(self, *requests: Sequence[Record]) -> None:
        self._running.append(requests)

    def reader(self) -> SqliteReader:
        self._open.append(SqliteReader(self._place.log, self._place.state))
        return self._open[-1]

    def expire(self, partition: int, offset: int) -> None:
        with closing(SqliteWriter(self._place.log, reserve_bytes=0)) as writer:
            while writer.prune(offset, 2**62, None):
                pass

    def close(self) -> None:
        self._running.close()
        for reader in self._open:
            reader.close()


class DrainedLog(KafkaLog):
    """What came to Kafka by the spool."""

    def __init__(self, settings: KafkaSettings, place: SpoolPlace) -> None:
        super().__init__(settings)
        self._place = place
        self._running = Running(settings, place)

    def append(self, *requests: Sequence[Record]) -> None:
        # As after an append that was not acknowledged: nothing goes to Kafka but by the drain.
        self._running.spool._drain.away = True
        self._running.append(requests)
        await_true(lambda: spool_stats(self._place).records == 0, "the spool is drained")

    def close(self) -> None:
        self._running.close()
        super().close()


class TestSpooledLog(LogConformance):
    @pytest.fixture
    def log(self, make_settings: MakeSettings, place: SpoolPlace) -> Iterator[SpooledLog]:
        with closing(SpooledLog(make_settings(), place)) as log:
            yield log


class TestDrainedLog(LogConformance):
    @pytest.fixture
    def log(self, make_settings: MakeSettings, place: SpoolPlace) -> Iterator[DrainedLog]:
        with closing(DrainedLog(make_settings(append_timeout=10.0), place)) as log:
            yield log
