"""Looking at a log without being its reader: for those who explain, replay, audit, and show how things stand."""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from pipeline.kafka_log.client import closing_on_failure, failures, open_admin, options
from pipeline.kafka_log.fetching import hand_out_entries
from pipeline.kafka_log.notes import read_commit
from pipeline.kafka_log.partitioner import partition_of
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import Commit, Entry, LogUnavailable

ANSWER_SECONDS = 10.0
_POLL_MS = 200
_POLL_RECORDS = 5_000


class PartitionStats(NamedTuple):
    """How a partition stands. Offsets as in LogReader; `oldest_pending` is a record's time (UTC, ms)."""

    partition: int
    first: int
    end: int
    committed: int
    pending: int
    oldest_pending: int | None


def log_stats(settings: KafkaSettings) -> list[PartitionStats]:
    """How each partition stands, and how far the group has consumed it. Raises LogUnavailable or LogUnusable."""
    topic = ensure_topic(settings, timeout=ANSWER_SECONDS)
    milliseconds = int(ANSWER_SECONDS * 1000)
    with _looking(settings, settings.group) as consumer:
        places = [TopicPartition(settings.topic, number) for number in range(topic.partitions)]
        firsts = consumer.beginning_offsets(places, milliseconds)
        ends = consumer.end_offsets(places, milliseconds)
        committed: dict[Any, int] = {}
        for place in places:
            found = consumer.committed(place, metadata=True, timeout_ms=milliseconds)
            commit = read_commit(topic, Commit(found.offset, found.metadata or "") if found else None)
            committed[place] = max(commit.offset if commit else 0, firsts[place])
        waiting = {place: committed[place] for place in places if committed[place] < ends[place]}
        oldest = _times_at(consumer, waiting)
    return [
        PartitionStats(
            place.partition,
            firsts[place],
            ends[place],
            committed[place],
            max(0, ends[place] - committed[place]),
            oldest.get(place),
        )
        for place in places
    ]


def members(settings: KafkaSettings) -> int:
    """How many consumers are in the group, those that died within their session included. Raises LogUnavailable."""
    with failures(settings), closing(open_admin(settings, ANSWER_SECONDS)) as admin:
        return len(admin.describe_groups([settings.group])[settings.group]["members"])


def records_of(
    settings: KafkaSettings,
    partition: int,
    *,
    keys: Collection[str] | None = None,
    first: int | None = None,
    last: int | None = None,
    since_ms: int | None = None,
    until_ms: int | None = None,
) -> Iterator[Entry]:
    """The partition's records that match all that is given, in order, as they stood when the first was asked for.

    `first` and `last` are offsets, both included; `since_ms` is included, `until_ms` is not (UTC, ms). Memory is
    bounded. Raises LogUnavailable or LogUnusable.
    """
    if keys is not None and not any(
        partition_of(key.encode(), b"", b"", settings.partitions) == partition for key in keys
    ):
        return
    wanted = None if keys is None else set(keys)
    for entry in _entries(settings, partition, first or 0, last):
        record = entry.record
        if (
            (wanted is None or record.key in wanted)
            and (since_ms is None or record.time >= since_ms)
            and (until_ms is None or record.time < until_ms)
        ):
            yield entry


def _entries(settings: KafkaSettings, partition: int, start: int, last: int | None) -> Iterator[Entry]:
    place = TopicPartition(settings.topic, partition)
    milliseconds = int(ANSWER_SECONDS * 1000)
    with _looking(settings, None) as consumer:
        at = max(start, consumer.beginning_offsets([place], milliseconds)[place])
        stop = consumer.end_offsets([place], milliseconds)[place] - 1
        stop = stop if last is None else min(last, stop)
        consumer.assign([place])
        consumer.seek(place, at)
        deadline = time.monotonic() + ANSWER_SECONDS
        while at <= stop:
            for entry in consumer.poll(timeout_ms=_POLL_MS).get(place, ()):
                if entry.offset > stop:
                    return
                yield entry
                at = entry.offset + 1
                deadline = time.monotonic() + ANSWER_SECONDS
            if time.monotonic() > deadline:
                raise LogUnavailable(f"partition {partition} could not be read at offset {at}")


def _times_at(consumer: Any, places: Mapping[Any, int]) -> dict[Any, int]:
    """The time of the record at each place, as far as the brokers give them in time."""
    times: dict[Any, int] = {}
    if places:
        consumer.assign(list(places))
        for place, offset in places.items():
            consumer.seek(place, offset)
        deadline = time.monotonic() + ANSWER_SECONDS
        while len(times) < len(places) and time.monotonic() < deadline:
            for place, entries in consumer.poll(timeout_ms=_POLL_MS).items():
                times.setdefault(place, entries[0].record.time)
                consumer.pause(place)
    return times


@contextmanager
def _looking(settings: KafkaSettings, group: str | None) -> Iterator[Any]:
    """A consumer that joins no group; `group` is whose commits it may read."""
    with failures(settings):
        with closing_on_failure() as build:
            consumer: Any = KafkaConsumer(
                **options(settings),
                kafka_client=build,
                bootstrap_timeout_ms=int(ANSWER_SECONDS * 1000),
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="none",
                max_poll_records=_POLL_RECORDS,
                metrics_enabled=False,
            )
        hand_out_entries(consumer)
        with closing(consumer):
            yield consumer
