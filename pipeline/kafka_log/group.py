"""Membership in the consumer group: which partitions are ours, under which assignment, and the commits of them."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from kafka import KafkaConsumer, errors
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.structs import OffsetAndMetadata, TopicPartition

from pipeline.kafka_log.client import closing_on_failure, failures, options
from pipeline.kafka_log.fetching import hand_out_entries, take_up_parked
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.log import Commit, Entry, LogUnusable

FETCH_BYTES = 16 * 1024 * 1024
"""At most so much comes in one answer of a broker (one larger record comes nevertheless)."""
PARTITION_FETCH_BYTES = 2 * 1024 * 1024
FETCH_WAIT_MS = 100
"""For so long a broker holds a fetch when there is nothing: whatever else is asked of it waits in line behind it."""
POLL_RECORDS = 5_000
REQUEST_SECONDS = 10.0
_STEP_SECONDS = 0.005
_HEARTBEATS = 4
"""Heartbeats per session time-out."""


_NOT_NOW = (
    errors.RebalanceInProgressError,
    errors.CommitFailedError,
    errors.UnknownMemberIdError,
    errors.IllegalGenerationError,
)


class NotNow(Exception):
    """The group is being rebalanced, or has expelled us: whether the partition is still ours is seen afterwards."""


class OutOfRange(Exception):
    """The offset that was to be read is not there (any more): (partition, offset)."""


class Group:
    """One member. For one thread at a time; `epochs` may be read by any.

    `epochs` has a number for each partition that is ours: another one whenever it is given to us again.
    """

    def __init__(self, settings: KafkaSettings, timeout: float) -> None:
        self._settings = settings
        self._topic = settings.topic
        self._assignor = CooperativeStickyAssignor()
        self.epochs: dict[int, int] = {}
        self._numbers = count(1)
        with failures(settings), closing_on_failure() as build:
            self._consumer: Any = KafkaConsumer(
                **options(settings),
                kafka_client=build,
                bootstrap_timeout_ms=int(timeout * 1000),
                group_id=settings.group,
                enable_auto_commit=False,
                auto_offset_reset="none",
                partition_assignment_strategy=[self._assignor],
                session_timeout_ms=int(settings.session_timeout * 1000),
                heartbeat_interval_ms=int(settings.session_timeout * 1000 / _HEARTBEATS),
                max_poll_interval_ms=int(settings.session_timeout * 3000),
                request_timeout_ms=int(REQUEST_SECONDS * 1000),
                fetch_max_wait_ms=FETCH_WAIT_MS,
                fetch_max_bytes=FETCH_BYTES,
                max_partition_fetch_bytes=PARTITION_FETCH_BYTES,
                max_poll_records=POLL_RECORDS,
                metrics_enabled=False,
            )
        self._consumer._cluster.config["allow_auto_create_topics"] = False  # noqa: SLF001
        hand_out_entries(self._consumer)
        self._consumer.subscribe([self._topic], listener=_Listener(self))
        # A member that leads the group's first join without knowing the partitions would give nobody any.
        deadline = time.monotonic() + timeout
        while self._consumer._cluster.partitions_for_topic(self._topic) is None and time.monotonic() < deadline:  # noqa: SLF001
            time.sleep(_STEP_SECONDS)

    @property
    def topic_id(self) -> str:
        """The topic's present UUID; empty while it is not known, or there is none."""
        return str(self._consumer._cluster.topic_id(self._topic) or "")  # noqa: SLF001

    @property
    def needs_rejoin(self) -> bool:
        """Whether the group waits for us to join (again)."""
        return bool(self._consumer._coordinator.need_rejoin())  # noqa: SLF001

    def rejoin(self, timeout: float) -> None:
        """Join; returns when joined, or after `timeout` seconds.

        This is what `poll` begins with. It is a step of its own because the library throws away a join that is
        finished while nobody waits for it, so that short polls alone would never join.
        """
        with self._failures():
            self._consumer._coordinator.poll(timeout_ms=int(timeout * 1000))  # noqa: SLF001

    def poll(self) -> Mapping[int, list[Entry]]:
        """What has arrived of the partitions that are not paused, in order; does not wait. Raises OutOfRange."""
        with self._failures():
            take_up_parked(self._consumer)
            found = self._consumer.poll(timeout_ms=0)
        return {partition.partition: entries for partition, entries in found.items()}

    def seek(self, partition: int, offset: int) -> None:
        """Go on there."""
        self._consumer.seek(self._tp(partition), offset)

    def pause(self, partition: int, paused: bool) -> None:
        """Fetch no more, or fetch again."""
        (self._consumer.pause if paused else self._consumer.resume)(self._tp(partition))

    def highwater(self, partition: int) -> int:
        """The partition's end as of the last answer; 0 before the first."""
        return self._consumer.highwater(self._tp(partition)) or 0

    def bounds(self, partition: int, timeout: float) -> tuple[int, int]:
        """The oldest offset that is kept, and the one that the next record will get; asks the broker."""
        tp, milliseconds = self._tp(partition), int(timeout * 1000)
        with self._failures():
            first: int = self._consumer.beginning_offsets([tp], milliseconds)[tp]
            end: int = self._consumer.end_offsets([tp], milliseconds)[tp]
        return first, end

    def committed(self, partition: int, timeout: float) -> Commit | None:
        """The group's commit and its text."""
        with self._failures():
            found = self._consumer.committed(self._tp(partition), metadata=True, timeout_ms=int(timeout * 1000))
        return None if found is None else Commit(found.offset, found.metadata or "")

    def commit(self, partition: int, offset: int, text: str, timeout: float) -> None:
        """Commit as the member of the group that we are. Raises NotNow where we are none at present."""
        wanted = {self._tp(partition): OffsetAndMetadata(offset, text, -1)}
        with self._failures():
            self._consumer.commit(wanted, timeout_ms=int(timeout * 1000))

    def close(self, timeout: float) -> None:
        """Leave the group, so that others get our partitions at once, and let go of the connections."""
        self._consumer.close(autocommit=False, timeout_ms=int(timeout * 1000))

    def given(self, partitions: Iterable[Any]) -> None:
        """New partitions: nothing is fetched before it was said from where."""
        for tp in partitions:
            self._consumer.seek(tp, 0)
            self._consumer.pause(tp)
            self.epochs[tp.partition] = next(self._numbers)

    def taken(self, partitions: Iterable[Any], lost: bool) -> None:
        """Partitions that are ours no more. After an expulsion nothing may be claimed as owned at the next join."""
        for tp in partitions:
            self.epochs.pop(tp.partition, None)
        if lost:
            self._assignor.member_assignment = None

    def _tp(self, partition: int) -> Any:
        return TopicPartition(self._topic, partition)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        with failures(self._settings):
            try:
                yield
            except _NOT_NOW as error:
                if self._consumer._coordinator._generation.is_lost():  # noqa: SLF001
                    # Expelled: nothing is ours any more, before the library comes to say so at the next join.
                    self.epochs.clear()
                raise NotNow(str(error)) from error
            except errors.OffsetOutOfRangeError as error:
                ((tp, offset),) = error.args[0].items()
                raise OutOfRange(tp.partition, offset) from error
            except errors.LogTruncationError as error:
                raise LogUnusable(
                    f"topic {self._topic}: the brokers have lost records that were read already ({error}); "
                    "restore them, or begin a new topic"
                ) from error
            except errors.CorruptRecordError as error:
                raise LogUnusable(f"topic {self._topic} has damaged records: {error}") from error


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Called on the library's own thread, while ours waits for `rejoin` or `close`."""

    def __init__(self, group: Group) -> None:
        self._group = group

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        self._group.taken(revoked, lost=False)

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        self._group.given(assigned)

    def on_partitions_lost(self, lost: Iterable[Any]) -> None:
        self._group.taken(lost, lost=True)
