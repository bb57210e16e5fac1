"""Records are taken within a bounded time whatever Kafka does, and come to Kafka in the end."""

import asyncio

import msgspec
import pytest
from prometheus_client import REGISTRY

from pipeline.clock import now_ms
from pipeline.log import LogFull
from pipeline.spool.place import SpoolPlace, spool_stats
from tests.kafka.brokers import Cluster
from tests.kafka.conftest import MakeSettings
from tests.log.records import TIME, record
from tests.services import free_ports
from tests.spool.harness import empty, eventually, ids, in_kafka, opened, watch


def named(first: int, last: int) -> list[str]:
    return sorted(f"request-{number}" for number in range(first, last))


async def test_where_kafka_answers_the_spool_stays_empty(make_settings: MakeSettings, place: SpoolPlace) -> None:
    settings = make_settings(append_timeout=30.0)
    async with opened(settings, place) as spool:
        await asyncio.gather(*(spool.append([record(number)]) for number in range(100)))
        await spool.append([])
        assert not spool.away
        assert spool_stats(place).records == 0
    assert ids(settings) == named(0, 100)


async def test_a_silent_broker_keeps_nobody_waiting_twice(
    make_settings: MakeSettings, place: SpoolPlace, broker: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings()
    async with opened(settings, place) as spool:
        await spool.append([record(0)])
        await eventually(lambda: empty(place) and not spool.away, "the first record is in Kafka")
        broker.freeze(1)
        await spool.append([record(1)])
        assert spool.away
        given = watch(monkeypatch)
        await asyncio.gather(*(spool.append([record(number)]) for number in range(2, 50)))
        assert set(given) <= {"request-1"}, "only the drain tries, with the oldest record"
        assert spool_stats(place).records == 49
        broker.thaw(1)
        await eventually(lambda: empty(place), "the spool is drained")
        assert not spool.away
        await spool.append([record(50)])
        assert spool_stats(place).records == 0
    found = ids(settings)
    assert sorted(set(found)) == named(0, 51)
    assert sorted(set(found) - {"request-1"}) == sorted(one for one in found if one != "request-1"), (
        "only what was in doubt may stand twice"
    )


async def test_a_dead_broker_that_comes_back_gets_all_with_the_original_times(
    make_settings: MakeSettings, place: SpoolPlace, broker: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings()
    sent = [record(number, time=TIME + number, body=b"%d" % number) for number in range(300)]
    async with opened(settings, place) as spool:
        await spool.append([record(1000)])
        broker.kill(1)
        await spool.append(sent[:100])
        given = watch(monkeypatch)
        for one in sent[100:]:
            await spool.append([one])
        assert spool_stats(place)[:2] == (300, TIME)
        await eventually(lambda: len(given) > 3, "the drain tries again and again")
        assert set(given) == {"request-0"}, "with one record"
        await asyncio.to_thread(broker.start)
        await eventually(lambda: empty(place), "the spool is drained")
    found = [one for records in in_kafka(settings).values() for one in records if one.id != "request-1000"]
    by_id = {one.id: one for one in found}
    assert [by_id[one.id] for one in sent] == sent
    assert place.log.stat().st_size < 200_000, "its room is given back"


async def test_records_come_to_kafka_in_the_order_of_their_arrival(
    make_settings: MakeSettings, place: SpoolPlace, broker: Cluster
) -> None:
    settings = make_settings()
    broker.freeze(1)
    async with opened(settings, place) as spool:
        for number in range(700):
            await spool.append([record(number, key=f"key-{number % 5}")])
        broker.thaw(1)
        await eventually(lambda: empty(place), "the spool is drained")
    for records in (await asyncio.to_thread(in_kafka, settings)).values():
        first_seen = list(dict.fromkeys(int(one.id.removeprefix("request-")) for one in records))
        assert first_seen == sorted(first_seen)
    assert sorted(set(ids(settings))) == named(0, 700)


async def test_it_starts_without_any_broker_and_what_it_kept_outlives_it(
    make_settings: MakeSettings, place: SpoolPlace
) -> None:
    settings = make_settings()
    nowhere = msgspec.structs.replace(settings, servers=(f"127.0.0.1:{free_ports(1)[0]}",))
    async with opened(nowhere, place) as spool:
        await spool.append([record(1), record(2)])
    assert spool_stats(place).records == 2
    async with opened(settings, place):
        await eventually(lambda: empty(place), "what an earlier process has left is drained")
    assert set(ids(settings)) == {"request-1", "request-2"}


async def test_a_full_spool_refuses_until_kafka_is_back(
    make_settings: MakeSettings, place: SpoolPlace, broker: Cluster
) -> None:
    settings = make_settings()
    small = msgspec.structs.replace(place, max_bytes=8_000_000)
    accepted = 0
    async with opened(settings, small) as spool:
        broker.freeze(1)
        while True:
            try:
                await spool.append([record(accepted, body=bytes(200_000))])
            except LogFull:
                break
            accepted += 1
        assert spool_stats(small).share > 0.7
        broker.thaw(1)
        await eventually(lambda: empty(small), "the spool is drained")
        await spool.append([record(accepted)])
        await eventually(lambda: spool_stats(small).share < 0.2, "its room is given back")
    assert sorted(set(ids(settings))) == named(0, accepted + 1)


async def test_with_nothing_in_the_spool_the_next_request_finds_kafka_again(
    make_settings: MakeSettings, place: SpoolPlace, broker: Cluster
) -> None:
    settings = make_settings()
    broker.freeze(1)
    async with opened(settings, msgspec.structs.replace(place, reserve_bytes=2**60)) as spool:
        with pytest.raises(LogFull):
            await spool.append([record(0)])
        broker.thaw(1)

        async def accepted() -> bool:
            try:
                await spool.append([record(1)])
            except LogFull:
                return False
            return True

        while not await accepted():
            await asyncio.sleep(0.05)
    assert "request-1" in ids(settings)


async def test_what_was_accepted_is_there_though_the_broker_falls_silent_and_dies(
    make_settings: MakeSettings, place: SpoolPlace, broker: Cluster
) -> None:
    settings = make_settings()
    accepted: list[str] = []
    stopping = asyncio.Event()
    async with opened(settings, place) as spool:

        async def sender(name: int) -> None:
            number = name
            while not stopping.is_set():
                await spool.append([record(number)])
                accepted.append(f"request-{number}")
                number += 8
                await asyncio.sleep(0.02)

        async def beyond(count: int) -> None:
            goal = len(accepted) + count
            await eventually(lambda: len(accepted) >= goal, "records are accepted")

        senders = [asyncio.create_task(sender(name)) for name in range(8)]
        await beyond(300)
        broker.freeze(1)
        await beyond(300)
        broker.thaw(1)
        await beyond(300)
        broker.kill(1)
        await beyond(300)
        await asyncio.to_thread(broker.start)
        await beyond(300)
        stopping.set()
        await asyncio.gather(*senders)
        await eventually(lambda: empty(place), "the spool is drained")
    assert set(ids(settings)) == set(accepted)


async def test_a_kafka_slower_than_the_requests_patience_gets_all_by_the_spool(
    make_settings: MakeSettings, place: SpoolPlace
) -> None:
    settings = make_settings(append_timeout=0.0)
    async with opened(settings, place) as spool:
        for number in range(20):
            await spool.append([record(number)])
        await eventually(lambda: empty(place), "the spool is drained")
    assert sorted(set(ids(settings))) == named(0, 20)


async def test_a_spool_whose_file_was_moved_away_goes_on_with_a_new_one(
    make_settings: MakeSettings, place: SpoolPlace, broker: Cluster
) -> None:
    settings = make_settings()
    async with opened(settings, place) as spool:
        broker.freeze(1)
        await spool.append([record(0)])
        (place.folder / "away").mkdir()
        for file in place.folder.glob("spool.db*"):
            file.rename(place.folder / "away" / file.name)
        await spool.append([record(1)])
        broker.thaw(1)
        await eventually(lambda: empty(place), "the new one is drained")
    assert "request-1" in ids(settings)


async def test_the_metrics_say_how_the_spool_stands(
    make_settings: MakeSettings, place: SpoolPlace, broker: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.spool.spool.MEASURE_SECONDS", 0.05)
    settings = make_settings()
    value = REGISTRY.get_sample_value
    before = value("delivrd_spooled_records_total") or 0
    async with opened(settings, place) as spool:
        broker.freeze(1)
        await spool.append([record(0, time=now_ms() - 60_000), record(1, time=now_ms())])
        await eventually(lambda: value("delivrd_spool_records") == 2, "what waits is counted")
        assert 60 <= (value("delivrd_spool_oldest_seconds") or 0) < 600
        assert 0 < (value("delivrd_spool_share") or 0) < 1
        assert value("delivrd_spooled_records_total") == before + 2
        broker.thaw(1)
        await eventually(lambda: value("delivrd_spool_records") == 0, "nothing waits")
        assert value("delivrd_spool_oldest_seconds") == 0
