"""A reader and what may have happened to its topic since it read it last."""

from contextlib import closing

import msgspec
import pytest
from kafka.structs import OffsetAndMetadata, TopicPartition

from pipeline.kafka_log import client
from pipeline.kafka_log.group import PARTITION_FETCH_BYTES
from pipeline.kafka_log.reader import KafkaReader
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.log import Commit, Entry, LogUnusable, Revoked
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import append, await_true, delete_before, delete_topic
from tests.log.records import record

PLENTY = 2**26


def opened(settings: KafkaSettings, **options: int) -> "closing[KafkaReader]":
    reader = KafkaReader(settings, **options)
    await_true(lambda: len(reader.partitions()) == settings.partitions, "all partitions are ours")
    return closing(reader)


def read_to_end(reader: KafkaReader, partition: int, start: int) -> list[Entry]:
    found: list[Entry] = []

    def more() -> bool:
        at = found[-1].offset + 1 if found else start
        found.extend(reader.fetch(partition, at, max_records=500, max_bytes=PLENTY))
        return (found[-1].offset + 1 if found else start) >= reader.end(partition)

    await_true(more, "everything was read")
    return found


def commit_by_hand(settings: KafkaSettings, partition: int, offset: int, text: str = "") -> None:
    """As `kafka-consumer-groups.sh --reset-offsets` does."""
    place = TopicPartition(settings.topic, partition)
    with closing(client.open_admin(settings, 10)) as admin:
        admin.alter_group_offsets(settings.group, {place: OffsetAndMetadata(offset, text, -1)})  # type: ignore[attr-defined]


def test_a_topic_made_anew_under_a_reader_is_noticed_and_read_from_its_beginning(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    append(settings, [[record(number) for number in range(10)]])
    with opened(settings) as reader:
        old = reader.log_id
        read_to_end(reader, 0, reader.committed(0).offset)
        reader.commit(0, 10, "of the old one")
        delete_topic(settings)
        append(settings, [[record(number) for number in range(30)]])

        def refused() -> bool:
            try:
                reader.partitions()
            except LogUnusable as error:
                return "deleted and made anew" in str(error)
            return False

        await_true(refused, "the reader refuses the new topic")
        with pytest.raises((LogUnusable, Revoked)):
            reader.commit(0, 10, "")
    commit_by_hand(settings, 0, 10, f"{old}/1 of the old one")
    with opened(settings) as reader:
        assert reader.log_id != old
        assert reader.committed(0) == Commit(0, "")
        assert len(read_to_end(reader, 0, 0)) == 30


def test_a_commit_made_by_hand_holds(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    append(settings, [[record(number) for number in range(10)]])
    commit_by_hand(settings, 0, 4)
    with opened(settings) as reader:
        assert reader.committed(0) == Commit(4, "")
        assert [entry.offset for entry in read_to_end(reader, 0, 4)] == list(range(4, 10))


def test_records_that_were_deleted_unread_are_a_clear_error(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    append(settings, [[record(number) for number in range(10)]])
    commit_by_hand(settings, 0, 3)
    delete_before(settings, 0, 8)
    with opened(settings) as reader, pytest.raises(LogUnusable, match="records 3 to 7 were deleted") as caught:
        reader.committed(0)
    assert f"--group {settings.group} --reset-offsets --to-earliest --topic {settings.topic}:0" in str(caught.value)


def test_a_commit_beyond_the_end_is_a_clear_error(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    append(settings, [[record(number) for number in range(10)]])
    commit_by_hand(settings, 0, 11)
    with opened(settings) as reader, pytest.raises(LogUnusable, match="ends before offset 10, but was read to 11"):
        reader.committed(0)


def test_records_that_are_deleted_while_they_are_waited_for_are_a_clear_error(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    append(settings, [[record(number, body=bytes(5000)) for number in range(1000)]])
    with opened(settings, buffer_bytes=100_000) as reader:
        reader.committed(0)
        await_true(lambda: reader.fetch(0, 0, max_records=1, max_bytes=PLENTY), "the first is there")
        delete_before(settings, 0, 999)
        with pytest.raises(LogUnusable, match="to 998 were deleted before they were read"):
            read_to_end(reader, 0, 1)


def test_more_partitions_than_were_read_before_are_refused(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    append(settings, [[record(1)]])
    with opened(settings) as reader:
        reader.committed(0)
        reader.commit(0, 1, "")
    with closing(client.open_admin(settings, 10)) as admin:
        admin.create_partitions({settings.topic: 2})  # type: ignore[attr-defined]
    with pytest.raises(LogUnusable, match="has 2 partitions, and the settings say 1"):
        KafkaReader(settings)
    with (
        opened(msgspec.structs.replace(settings, partitions=2)) as reader,
        pytest.raises(LogUnusable, match="two writers"),
    ):
        reader.committed(0)


def test_a_range_is_whole_however_little_may_be_kept_in_memory(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=1)
    append(settings, [[record(number, body=bytes(5000)) for number in range(1000)]])
    with opened(settings, buffer_bytes=100_000) as reader:
        reader.committed(0)
        found = reader.fetch(0, 100, last=899, max_records=800, max_bytes=2**62)
        assert [entry.offset for entry in found] == list(range(100, 900))


def test_what_nobody_fetches_fills_no_memory_and_comes_in_order_afterwards(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=2)
    append(settings, [[record(number, body=bytes(2000)) for number in range(5000)]])
    limit = 400_000
    with opened(settings, buffer_bytes=limit) as reader:
        starts = {partition: reader.committed(partition).offset for partition in (0, 1)}
        buffers = reader._buffers.values()
        await_true(
            lambda: reader._pump() is None or all(buffer.paused and buffer.bytes for buffer in buffers), "paused"
        )
        for _ in range(100):
            reader._pump()
        assert sum(buffer.bytes for buffer in buffers) < limit + 2 * PARTITION_FETCH_BYTES * 1.2
        found = {partition: read_to_end(reader, partition, start) for partition, start in starts.items()}
    assert sum(map(len, found.values())) == 5000
    for partition, entries in found.items():
        assert [entry.offset for entry in entries] == list(range(starts[partition], starts[partition] + len(entries)))


def test_partitions_that_were_paused_in_the_middle_of_an_answer_go_on(make_settings: MakeSettings) -> None:
    settings = make_settings(partitions=8)
    append(settings, [[record(number, body=bytes(200)) for number in range(40_000)]])
    with opened(settings, buffer_bytes=2_000_000) as reader:
        at = {partition: reader.committed(partition).offset for partition in range(8)}

        def all_read() -> bool:
            for partition, start in at.items():
                entries = reader.fetch(partition, start, max_records=10_000, max_bytes=PLENTY)
                at[partition] += len(entries)
            return sum(at.values()) == 40_000

        await_true(all_read, "everything was read")
