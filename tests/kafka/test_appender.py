"""Appending to a real broker: durable or refused, and never for longer than was said."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from pipeline.clock import now_ms
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.kafka_log.errors import RecordRefused
from pipeline.kafka_log.partitioner import partition_of
from pipeline.kafka_log.settings import MAX_MESSAGE_BYTES, KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import LogUnavailable
from schemas.record import MAX_BODY, MAX_CONTEXT
from tests.kafka.brokers import Cluster
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import delete_topic, everything_in, make_topic, set_configs
from tests.log.records import record

Use = Callable[[KafkaAppender], Awaitable[None]]


def with_appender(settings: KafkaSettings, use: Use, **options: int) -> None:
    """Run `use` with an appender on the log."""

    async def run() -> None:
        appender = KafkaAppender(settings, now_ms, **options)
        try:
            await use(appender)
        finally:
            await appender.close()

    asyncio.run(run())


async def until_taken(appender: KafkaAppender, number: int) -> None:
    """Append a record as often as it takes."""
    for _ in range(1000):
        try:
            await appender.append([record(number)])
        except LogUnavailable:
            await asyncio.sleep(0.02)
        else:
            return
    raise AssertionError("Kafka never took the record")


@contextmanager
def frozen(broker: Cluster) -> Iterator[None]:
    """The broker's connections stay open, and nothing answers."""
    broker.freeze(1)
    try:
        yield
    finally:
        broker.thaw(1)


def test_records_stand_where_their_keys_belong(make_settings: MakeSettings) -> None:
    settings = make_settings()
    sent = [record(number) for number in range(50)] + [record(90, key=None, body=b"x"), record(91, key=None, body=b"x")]

    async def use(appender: KafkaAppender) -> None:
        await asyncio.gather(*(appender.append([one]) for one in sent))

    with_appender(settings, use)
    found = everything_in(settings)
    assert sorted(one.id for records in found.values() for one in records) == sorted(one.id for one in sent)
    for partition, records in found.items():
        for one in records:
            key = None if one.key is None else one.key.encode()
            assert partition == partition_of(key, one.source.encode(), one.body, settings.partitions)


def test_the_largest_body_is_taken(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    large = record(1, body=b"b" * MAX_BODY)

    async def use(appender: KafkaAppender) -> None:
        await appender.append([large])

    with_appender(settings, use)
    assert everything_in(settings) == {0: [large]}
    assert MAX_CONTEXT < 2**20


def test_a_record_beyond_all_limits_is_refused_at_once(make_settings: MakeSettings) -> None:
    async def use(appender: KafkaAppender) -> None:
        with pytest.raises(RecordRefused, match="larger than Kafka takes"):
            await appender.append([record(1, body=b"b" * (MAX_BODY + 2**20))])
        await appender.append([record(2)])

    with_appender(make_settings(partitions=1), use)


def test_a_record_that_the_broker_refuses_does_not_take_others_with_it(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)

    async def use(appender: KafkaAppender) -> None:
        await appender.append([record(0)])
        await asyncio.to_thread(set_configs, settings, {"max.message.bytes": "100000"})
        requests = [[record(number)] for number in range(1, 30)]
        requests[12] = [record(99, body=b"b" * 200_000)]
        results = await asyncio.gather(*map(appender.append, requests), return_exceptions=True)
        assert isinstance(results.pop(12), RecordRefused)
        assert results == [None] * 28

    with_appender(settings, use)
    set_configs(settings, {"max.message.bytes": str(MAX_MESSAGE_BYTES)})
    kept = {one.id for one in everything_in(settings)[0]}
    assert kept == {record(number).id for number in range(30) if number != 13}


def test_who_waits_for_a_silent_broker_is_told_in_time_and_all_goes_on_by_itself(
    make_settings: MakeSettings, broker: Cluster
) -> None:
    settings = make_settings(append_timeout=0.3)

    async def use(appender: KafkaAppender) -> None:
        await until_taken(appender, 0)
        with frozen(broker):
            results = await asyncio.gather(*(appender.append([record(1)]) for _ in range(20)), return_exceptions=True)
            assert {type(result) for result in results} == {LogUnavailable}
            assert appender.depth == 0
        await until_taken(appender, 2)

    with_appender(settings, use)


def test_what_waits_is_bounded(make_settings: MakeSettings, broker: Cluster) -> None:
    async def use(appender: KafkaAppender) -> None:
        await until_taken(appender, 0)
        with frozen(broker):
            waiting = [asyncio.ensure_future(appender.append([record(n, body=bytes(1000))])) for n in range(5)]
            await asyncio.sleep(0)
            with pytest.raises(LogUnavailable, match="wait for Kafka already"):
                await appender.append([record(9, body=bytes(1000))])
        await asyncio.gather(*waiting)

    with_appender(make_settings(append_timeout=20.0), use, queue_bytes=6000)


def test_a_caller_that_goes_away_does_not_take_its_record_with_it(make_settings: MakeSettings, broker: Cluster) -> None:
    settings = make_settings(partitions=1, append_timeout=20.0)

    async def use(appender: KafkaAppender) -> None:
        await until_taken(appender, 0)
        with frozen(broker):
            caller = asyncio.ensure_future(appender.append([record(1)]))
            await asyncio.sleep(0)
            caller.cancel()
            await asyncio.wait([caller])
        await appender.append([record(2)])

    with_appender(settings, use)
    assert {one.id for one in everything_in(settings)[0]} == {record(number).id for number in range(3)}


def test_closing_waits_for_what_is_under_way(make_settings: MakeSettings) -> None:
    settings = make_settings()

    async def use(appender: KafkaAppender) -> None:
        waiting = [asyncio.ensure_future(appender.append([record(number)])) for number in range(100)]
        await asyncio.sleep(0)
        await appender.close()
        assert await asyncio.gather(*waiting) == [None] * 100
        with pytest.raises(LogUnavailable, match="closed"):
            await appender.append([record(1)])

    with_appender(settings, use)
    assert sum(map(len, everything_in(settings).values())) == 100


def test_without_a_broker_the_answer_comes_at_once_and_says_where_none_is() -> None:
    settings = KafkaSettings(servers=("127.0.0.1:1",), topic="t", append_timeout=5.0)

    async def use(appender: KafkaAppender) -> None:
        with pytest.raises(LogUnavailable):
            await appender.append([record(1)])
        while not appender.problem:
            await asyncio.sleep(0.01)
        assert "127.0.0.1:1" in appender.problem
        start = time.monotonic()
        with pytest.raises(LogUnavailable, match=r"127\.0\.0\.1:1"):
            await appender.append([record(1)])
        assert time.monotonic() - start < settings.append_timeout

    with_appender(settings, use)


def test_a_topic_that_would_lose_records_takes_none(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1, append_timeout=5.0)
    ensure_topic(settings)
    set_configs(settings, {"cleanup.policy": "compact"})

    async def use(appender: KafkaAppender) -> None:
        while not appender.problem:
            await asyncio.sleep(0.01)
        with pytest.raises(LogUnavailable, match=r"cleanup\.policy is compact"):
            await appender.append([record(1)])
        await asyncio.to_thread(set_configs, settings, {"cleanup.policy": "delete"})
        await until_taken(appender, 1)

    with_appender(settings, use)


def test_a_topic_made_anew_is_looked_at_before_it_takes_records(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1, append_timeout=5.0)

    async def use(appender: KafkaAppender) -> None:
        await until_taken(appender, 0)
        await asyncio.to_thread(delete_topic, settings)
        await asyncio.to_thread(make_topic, settings, {"cleanup.policy": "compact"})
        while "cleanup.policy is compact" not in appender.problem:
            with suppress(LogUnavailable):
                await appender.append([record(1)])
        await asyncio.to_thread(delete_topic, settings)
        await until_taken(appender, 2)

    with_appender(settings, use)
    assert "request-2" in {one.id for one in everything_in(settings)[0]}
