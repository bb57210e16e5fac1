"""Three brokers that die and come back, under load: what was acknowledged is there, and all goes on by itself."""

import asyncio
import itertools
import random
import threading
from collections import defaultdict
from contextlib import closing

import msgspec
import pytest

from pipeline.clock import now_ms
from pipeline.kafka_log import client
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.kafka_log.partitioner import partition_of
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import LogUnavailable
from tests.kafka.brokers import Cluster
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import Consumer, Taken, assert_tiled, await_true, everything_in
from tests.log.records import record

SECONDS = 180.0


class Load:
    """Appends without a pause, and remembers what was acknowledged, and when it was not."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self.acknowledged: list[str] = []
        self.by_partition: dict[int, int] = defaultdict(int)
        self.refused = 0
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def flows(self, everywhere: int) -> None:
        """Returns when each partition has taken `everywhere` more records."""
        before = dict(self.by_partition)
        partitions = range(self._settings.partitions)

        def flowing() -> bool:
            return all(self.by_partition[one] >= before.get(one, 0) + everywhere for one in partitions)

        await_true(lambda: self.failure or flowing(), "every partition takes records", SECONDS)
        assert self.failure is None

    def _run(self) -> None:
        try:
            asyncio.run(self._append_all())
        except BaseException as error:  # noqa: BLE001 - told to the test
            self.failure = error

    async def _append_all(self) -> None:
        appender = KafkaAppender(self._settings, now_ms)
        numbers = itertools.count()

        async def task() -> None:
            while not self._stop.is_set():
                one = record(next(numbers))
                assert one.key is not None
                try:
                    await appender.append([one])
                except LogUnavailable:
                    self.refused += 1
                    await asyncio.sleep(0.05)
                else:
                    self.acknowledged.append(one.id)
                    self.by_partition[partition_of(one.key.encode(), b"", b"", self._settings.partitions)] += 1
                    await asyncio.sleep(0.05)

        try:
            await asyncio.gather(*(task() for _ in range(16)))
        finally:
            await appender.close()


def leader(settings: KafkaSettings, partition: int) -> int:
    with closing(client.open_admin(settings, 30)) as admin:
        (described,) = admin.describe_topics([settings.topic])
    found: int = next(one["leader_id"] for one in described["partitions"] if one["partition_index"] == partition)
    return found


def on_three(make_settings: MakeSettings, three_brokers: Cluster) -> KafkaSettings:
    settings = make_settings(
        servers=three_brokers.servers, partitions=6, replication=3, min_insync=2, append_timeout=1.0
    )
    ensure_topic(settings, timeout=60)
    return settings


def assert_nothing_lost(settings: KafkaSettings, load: Load, consumer: Consumer, taken: Taken) -> None:
    """All that was acknowledged is in the log, and all of the log was consumed, each record once."""
    patient = msgspec.structs.replace(settings, append_timeout=30.0)
    kept = everything_in(patient)
    assert set(load.acknowledged) <= {one.id for records in kept.values() for one in records}

    def consumed() -> bool:
        return all(len(records) == sum(b - a + 1 for a, b in list(taken[one])) for one, records in kept.items())

    await_true(lambda: consumer.failure or consumed(), "everything was consumed", SECONDS)
    assert consumer.failure is None
    assert_tiled(taken)


@pytest.mark.timeout(600)
def test_the_leader_dies_then_all_die_and_come_back(make_settings: MakeSettings, three_brokers: Cluster) -> None:
    settings = on_three(make_settings, three_brokers)
    taken: Taken = defaultdict(list)
    with closing(Load(settings)) as load, closing(Consumer(settings, taken, chunk=500)) as consumer:
        load.flows(20)

        victim = leader(settings, 0)
        three_brokers.kill(victim)
        load.flows(20)

        for other in three_brokers.running():
            three_brokers.kill(other)
        refused = load.refused
        await_true(lambda: load.refused > refused + 20, "appends are refused while there is no broker")
        three_brokers.start()
        load.flows(20)

        load.close()
        assert_nothing_lost(settings, load, consumer, taken)


@pytest.mark.torture
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_faults_in_any_order(make_settings: MakeSettings, three_brokers: Cluster, seed: int) -> None:
    chance = random.Random(seed)
    settings = on_three(make_settings, three_brokers)
    taken: Taken = defaultdict(list)
    with closing(Load(settings)) as load, closing(Consumer(settings, taken, chunk=500)) as consumer:
        load.flows(20)
        for _ in range(8):
            victims = chance.sample([1, 2, 3], chance.choice([1, 1, 2, 3]))
            if chance.random() < 0.3:
                for victim in victims:
                    three_brokers.freeze(victim)
                threading.Event().wait(chance.uniform(1, 15))
                for victim in victims:
                    three_brokers.thaw(victim)
            else:
                for victim in victims:
                    three_brokers.kill(victim)
                if len(victims) == 1:
                    load.flows(20)
                threading.Event().wait(chance.uniform(0, 10))
                three_brokers.start(*victims)
            load.flows(20)
        load.close()
        assert_nothing_lost(settings, load, consumer, taken)
