"""Where too few replicas are left Kafka takes nothing, and acceptance goes on through the spool."""

import asyncio

import pytest

from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.spool.place import SpoolPlace, spool_stats
from tests.kafka.brokers import Cluster
from tests.log.records import record
from tests.spool.harness import empty, eventually, ids, opened


@pytest.mark.timeout(300)
async def test_two_of_three_brokers_killed_under_load(three_brokers: Cluster, place: SpoolPlace) -> None:
    settings = KafkaSettings(servers=three_brokers.servers, topic="three", partitions=6, append_timeout=0.5)
    ensure_topic(settings)
    accepted: list[str] = []
    stopping = asyncio.Event()
    async with opened(settings, place) as spool:

        async def sender(name: int) -> None:
            number = name
            while not stopping.is_set():
                await spool.append([record(number)])
                accepted.append(f"request-{number}")
                number += 4
                await asyncio.sleep(0.01)

        async def beyond(count: int) -> None:
            goal = len(accepted) + count
            await eventually(lambda: len(accepted) >= goal, "records are accepted")

        senders = [asyncio.create_task(sender(name)) for name in range(4)]
        await beyond(200)
        three_brokers.kill(1)
        await beyond(200)
        three_brokers.kill(2)
        await beyond(200)
        assert spool_stats(place).records > 0
        await asyncio.to_thread(three_brokers.start, 1, 2)
        await beyond(200)
        await eventually(lambda: empty(place), "the spool is drained")
        stopping.set()
        await asyncio.gather(*senders)
        await eventually(lambda: empty(place), "what came last is drained")
    assert set(await asyncio.to_thread(ids, settings)) == set(accepted)
