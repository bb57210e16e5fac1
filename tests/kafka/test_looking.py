"""Looking at a log without reading it away from anyone."""

from contextlib import closing

import pytest

from pipeline.kafka_log.looking import PartitionStats, log_stats, records_of
from pipeline.kafka_log.reader import KafkaReader
from pipeline.kafka_log.topic import ensure_topic
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import append, await_true, delete_before
from tests.log.records import TIME, record


def test_how_each_partition_stands(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=2)
    ensure_topic(settings)
    assert log_stats(settings) == [PartitionStats(number, 0, 0, 0, 0, None) for number in (0, 1)]
    append(settings, [[record(number, key=key, time=TIME + number) for number in range(10)] for key in ("a", "c")])
    ends = [stats.end for stats in log_stats(settings)]
    assert sorted(ends) == [0, 20] or ends == [10, 10]
    full = ends.index(max(ends))
    with closing(KafkaReader(settings)) as reader:
        await_true(lambda: len(reader.partitions()) == 2, "all partitions are ours")
        reader.committed(full)
        reader.commit(full, 3, "a note")
    delete_before(settings, full, 1)
    assert log_stats(settings)[full] == PartitionStats(full, 1, ends[full], 3, ends[full] - 3, TIME + 3)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, range(1, 100)),
        ({"first": 10, "last": 20}, range(10, 21)),
        ({"first": 90, "last": 1000}, range(90, 100)),
        ({"first": 200}, ()),
        ({"keys": ["key-7", "key-9"]}, (7, 9, 17, 19, 27, 29, 37, 39, 47, 49, 57, 59, 67, 69, 77, 79, 87, 89, 97, 99)),
        ({"since_ms": TIME + 5, "until_ms": TIME + 8}, (5, 6, 7)),
        ({"keys": ["nobody's"]}, ()),
    ],
)
def test_records_are_found_by_place_key_and_time(
    make_settings: MakeSettings, given: dict[str, object], expected: range
) -> None:
    settings = make_settings(partitions=1)
    append(settings, [[record(number, key=f"key-{number % 10}", time=TIME + number) for number in range(100)]])
    delete_before(settings, 0, 1)
    found = list(records_of(settings, 0, **given))  # type: ignore[arg-type]
    assert [entry.offset for entry in found] == list(expected)
    assert [entry.record.id for entry in found] == [f"request-{number}" for number in expected]


def test_keys_are_looked_for_in_their_own_partition_alone(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=3)
    append(settings, [[record(number) for number in range(60)]])
    keys = [record(7).key or "", record(8).key or ""]
    found = [entry.record.id for partition in range(3) for entry in records_of(settings, partition, keys=keys)]
    assert sorted(found) == ["request-7", "request-8"]
