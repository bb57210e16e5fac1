"""The Kafka log for tests."""

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress

import msgspec
from kafka.admin import ConfigResource, ConfigResourceType, MemberToRemove
from kafka.structs import TopicPartition

from pipeline.clock import now_ms
from pipeline.kafka_log import client
from pipeline.kafka_log.appender import KafkaAppender
from pipeline.kafka_log.reader import KafkaReader
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.log import Entry, LogUnavailable, Revoked
from schemas.record import Record

Taken = dict[int, list[tuple[int, int]]]
"""Ranges of offsets (first, last) by partition."""

SECONDS = 60.0
"""How long a condition may take to come true."""


def await_true(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Returns when `condition` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} seconds: {what}")
        time.sleep(0.005)


class SettledReader(KafkaReader):
    """Sees at once what was appended, as the tests of all logs want it; the broker is asked before each look."""

    def fetch(
        self, partition: int, start: int, *, last: int | None = None, max_records: int, max_bytes: int
    ) -> list[Entry]:
        buffer = self._begun(partition)
        with self._using_group():
            first, end = self._group.bounds(partition, 10)
            if start != buffer.next or start < first:
                # What was fetched ahead and has expired since is forgotten, so that the broker has to say so.
                buffer.restart(start)
                self._group.seek(partition, start)
        self._catch_up(partition, end)
        return super().fetch(partition, buffer.next, last=last, max_records=max_records, max_bytes=max_bytes)

    def end(self, partition: int) -> int:
        buffer = self._begun(partition)
        with self._using_group():
            _, end = self._group.bounds(partition, 10)
        self._catch_up(partition, end)
        buffer.end = max(buffer.end, end)
        return super().end(partition)

    def _catch_up(self, partition: int, end: int) -> None:
        buffer = self._buffer(partition)
        await_true(lambda: buffer.tail >= end or self._pump() is None, "the reader has what the broker has")


class Sleeper(SettledReader):
    """Joins once and then leaves its membership to itself, as a process does that is stopped or cut off."""

    def _keep(self) -> None:
        while self._group.needs_rejoin and not self._closing.is_set():
            with self._lock:
                self._group.rejoin(1)


class KafkaLog:
    """A log of its own: one topic, one group."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self._open: list[KafkaReader] = []

    def append(self, *requests: Sequence[Record]) -> None:
        """Append all requests at the same time."""
        append(self.settings, requests)

    def reader(self) -> KafkaReader:
        """Another reader; who was in the group before is put out of it, and does not know."""
        if self._open:
            expel(self.settings, self._open[-1:])
        reader = Sleeper(self.settings)
        self._open.append(reader)
        await_true(lambda: len(reader.partitions()) == self.settings.partitions, "all partitions are ours")
        return reader

    def expire(self, partition: int, offset: int) -> None:
        """Have the broker delete what stands before `offset`."""
        delete_before(self.settings, partition, offset)

    def close(self) -> None:
        """Let go of the readers."""
        for reader in self._open:
            reader.close()


def append(settings: KafkaSettings, requests: Iterable[Sequence[Record]]) -> None:
    """Append all requests at the same time; returns when all are durable."""

    async def run() -> None:
        appender = KafkaAppender(settings, now_ms)
        try:
            await asyncio.gather(*map(appender.append, requests))
        finally:
            await appender.close()

    asyncio.run(run())


def expel(settings: KafkaSettings, readers: Iterable[KafkaReader]) -> None:
    """Put these members out of the group, where they are still in it; they are not told."""
    with closing(client.open_admin(settings, 10)) as admin:
        for reader in readers:
            member = reader._group._consumer.group_metadata().member_id
            if member:
                admin.remove_group_members(settings.group, [MemberToRemove(member_id=member)])  # type: ignore[attr-defined]


def everything_in(settings: KafkaSettings) -> dict[int, list[Record]]:
    """All records, by partition, as a reader without a past finds them."""
    reader = SettledReader(msgspec.structs.replace(settings, group=f"look-{uuid.uuid4()}"))
    with closing(reader):
        await_true(lambda: len(reader.partitions()) == settings.partitions, "all partitions are ours")
        found: dict[int, list[Record]] = {}
        for partition in reader.partitions():
            at, end = reader.first(partition), reader.end(partition)
            while at < end:
                entries = reader.fetch(partition, at, max_records=10_000, max_bytes=2**26)
                found.setdefault(partition, []).extend(entry.record for entry in entries)
                at = entries[-1].offset + 1
        return found


def set_configs(settings: KafkaSettings, configs: Mapping[str, str]) -> None:
    """Change the topic's settings."""
    with closing(client.open_admin(settings, 10)) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, settings.topic, dict(configs))])  # type: ignore[attr-defined]


def make_topic(settings: KafkaSettings, configs: Mapping[str, str]) -> None:
    """Make the topic by hand, with these settings alone."""
    wanted = {"num_partitions": settings.partitions, "replication_factor": 1, "configs": configs}
    with closing(client.open_admin(settings, 10)) as admin:
        admin.create_topics({settings.topic: wanted}, wait_for_metadata=True)


def delete_topic(settings: KafkaSettings) -> None:
    """Delete the topic."""
    with closing(client.open_admin(settings, 10)) as admin:
        admin.delete_topics([settings.topic])  # type: ignore[attr-defined]


def delete_before(settings: KafkaSettings, partition: int, offset: int) -> None:
    """As retention does."""
    with closing(client.open_admin(settings, 10)) as admin:
        admin.delete_records({TopicPartition(settings.topic, partition): offset})  # type: ignore[attr-defined]


class Consumer:
    """Consumes in a thread until told to stop; says in `taken` what it has committed, by partition.

    Where Kafka is away it begins anew, as the product's consumer does.
    """

    def __init__(self, settings: KafkaSettings, taken: Taken, chunk: int = 7) -> None:
        self._chunk = chunk
        self._settings = settings
        self._taken = taken
        self._doubtful: dict[int, tuple[int, int]] = {}
        self._stop = threading.Event()
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(0.05):
                with suppress(LogUnavailable):
                    self._consume()
        except BaseException as error:  # noqa: BLE001 - told to the test
            self.failure = error

    def _consume(self) -> None:
        with closing(KafkaReader(self._settings)) as reader:
            at: dict[int, int] = {}
            while not self._stop.wait(0.005):
                for partition in reader.partitions():
                    try:
                        self._step(reader, partition, at)
                    except Revoked:
                        at.pop(partition, None)

    def _step(self, reader: KafkaReader, partition: int, at: dict[int, int]) -> None:
        if partition not in at:
            at[partition] = reader.committed(partition).offset
            doubtful = self._doubtful.pop(partition, None)
            if doubtful and doubtful[1] + 1 == at[partition]:
                self._taken[partition].append(doubtful)
        entries = reader.fetch(partition, at[partition], max_records=self._chunk, max_bytes=2**26)
        if entries:
            chunk = (entries[0].offset, entries[-1].offset)
            try:
                reader.commit(partition, chunk[1] + 1, "")
            except LogUnavailable:
                # It may have been kept: the next beginning shows it.
                self._doubtful[partition] = chunk
                raise
            self._taken[partition].append(chunk)
            at[partition] = entries[-1].offset + 1


def assert_tiled(taken: Taken) -> None:
    """The committed ranges have neither gaps nor overlaps."""
    for partition, ranges in taken.items():
        expected = 0
        for first, last in sorted(ranges):
            assert first == expected, f"partition {partition} has a gap or an overlap at {first}"
            expected = last + 1
