"""Reading the log on Kafka as a member of a consumer group."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog

from pipeline.kafka_log.buffer import Buffer
from pipeline.kafka_log.group import Group, NotNow, OutOfRange
from pipeline.kafka_log.notes import read_commit, write_note
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import Commit, Entry, LogUnavailable, LogUnusable, Revoked

log = structlog.get_logger(__name__)

BUFFER_BYTES = 64 * 1024 * 1024
"""At most so much of all partitions is kept here; a partition that has its share of it is paused."""
MAX_NOTE = 1024
ANSWER_SECONDS = 10.0
"""How long a call that needs an answer waits for it."""
PATIENCE_SECONDS = 45.0
"""How long a commit waits for a rebalance to end, and a fetch for the whole of a range that is known to be there."""
KEEP_SECONDS = 1.0
REJOIN_SECONDS = 2.0
_QUIET_SECONDS = 0.005
_STEP_SECONDS = 0.01
_POLLS_PER_FETCH = 4


class KafkaReader:
    """The partitions that the group gives to this process, for one thread at a time.

    Asking `committed` begins a partition under its present assignment. From then on every call about it raises
    Revoked once that assignment has ended, also where the partition has come back since: what was read before
    must be dropped, and `committed` asked again.

    Membership is kept by a thread of its own, however long the caller is busy. Calls raise LogUnavailable where
    Kafka does not answer, and LogUnusable where the topic is not what it was, or records were deleted unread.
    """

    def __init__(self, settings: KafkaSettings, *, buffer_bytes: int = BUFFER_BYTES) -> None:
        self._topic = ensure_topic(settings, timeout=ANSWER_SECONDS)
        self._name = settings.group
        self._buffer_bytes = buffer_bytes
        self._buffers: dict[int, Buffer] = {}
        self._polled = self._quiet_until = 0.0
        self._failure: Exception | None = None
        self._group = Group(settings, ANSWER_SECONDS)
        # Who holds it may use the group. While it is held, no assignment can begin or end.
        self._lock = threading.Lock()
        self._attention = threading.Event()
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="kafka-keeper", daemon=True)
        self._keeper.start()
        self._attention.set()

    @property
    def log_id(self) -> str:
        """The topic's UUID; a recreated topic has another."""
        return self._topic.log_id

    def partitions(self) -> Sequence[int]:
        """The partitions that are this reader's now."""
        self._pump()
        return sorted(self._group.epochs)

    def committed(self, partition: int) -> Commit:
        """Where the partition was left, and a new beginning under its present assignment.

        Raises LogUnusable where what stands there was deleted, or was never there.
        """
        if partition >= self._topic.partitions:
            raise LogUnusable(
                f"topic {self._topic.name} has more than its {self._topic.partitions} partitions now: a message would "
                "get two writers; go on with a new topic"
            )
        with self._using_group():
            epoch = self._group.epochs.get(partition)
            if epoch is None:
                raise Revoked(f"partition {partition} is not ours")
            found = self._group.committed(partition, ANSWER_SECONDS)
            first, end = self._group.bounds(partition, ANSWER_SECONDS)
            commit = read_commit(self._topic, found)
            at = commit or Commit(first, "")
            if not first <= at.offset <= end:
                raise self._gone(partition, at.offset, first, end)
            self._buffers[partition] = Buffer(epoch, at.offset, end, commit.offset if commit else 0)
            self._group.seek(partition, at.offset)
        return at

    def fetch(
        self, partition: int, start: int, *, last: int | None = None, max_records: int, max_bytes: int
    ) -> list[Entry]:
        """What stands from `start` on, as in LogReader. Where `last` is given, waits for all up to it."""
        buffer = self._begun(partition)
        if start != buffer.next:
            with self._using_group():
                buffer.restart(start)
                self._group.seek(partition, start)
        if last is None:
            for _ in range(_POLLS_PER_FETCH):
                if len(buffer) >= max_records or not self._pump():
                    break
        else:
            self._await(partition, min(last, buffer.end - 1), max_records)
        self._buffer(partition)
        return buffer.take(last, max_records, max_bytes)

    def commit(self, partition: int, offset: int, note: str) -> None:
        """Keep `offset` and `note` in the group's commit, if the assignment that was begun still holds."""
        if len(note.encode()) > MAX_NOTE:
            raise ValueError(f"the note has more than {MAX_NOTE} bytes")
        self._begun(partition)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not self._closing.is_set():
            try:
                with self._using_group():
                    buffer = self._buffer(partition)
                    if offset < buffer.lowest:
                        raise ValueError(f"offset {offset} is before {buffer.lowest}, which was committed already")
                    self._group.commit(partition, offset, write_note(self._topic, note), ANSWER_SECONDS)
                    buffer.lowest = offset
                    return
            except NotNow:
                # Expelled, or a rebalance is under way. In the second case the partition may well stay ours.
                self._attention.set()
                time.sleep(_STEP_SECONDS)
        raise LogUnavailable(f"the consumer group did not settle within {PATIENCE_SECONDS:.0f} seconds")

    def first(self, partition: int) -> int:
        """The oldest offset that is still kept (`end` where the partition is empty)."""
        with self._using_group():
            return self._group.bounds(partition, ANSWER_SECONDS)[0]

    def end(self, partition: int) -> int:
        """The offset that the next record will get, as of a moment ago."""
        buffer = self._begun(partition)
        self._pump()
        return max(buffer.end, buffer.tail)

    def close(self) -> None:
        """Leave the group, so that others get the partitions at once."""
        self._closing.set()
        self._attention.set()
        self._keeper.join()
        with self._lock:
            self._group.close(ANSWER_SECONDS)

    def _begun(self, partition: int) -> Buffer:
        """The partition's buffer; one that was never asked for is begun where it was left."""
        if partition not in self._buffers:
            self.committed(partition)
        return self._buffer(partition)

    def _buffer(self, partition: int) -> Buffer:
        """The partition's buffer, of the assignment that it was begun under. Raises Revoked."""
        self._raise_failure()
        buffer = self._buffers.get(partition)
        if buffer is None or self._group.epochs.get(partition) != buffer.epoch:
            raise Revoked(f"partition {partition} is not ours, or was not begun under its present assignment")
        return buffer

    def _await(self, partition: int, last: int, max_records: int) -> None:
        """Wait until everything up to `last`, or `max_records`, is here, however much that is."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (buffer := self._buffer(partition)).tail <= last and len(buffer) < max_records:
            if time.monotonic() > deadline or self._closing.is_set():
                raise LogUnavailable(f"partition {partition} could not be read to offset {last} in time")
            if buffer.paused:
                with self._using_group():
                    self._pause(partition, buffer, paused=False)
            if not self._pump(wanted=partition):
                time.sleep(_STEP_SECONDS)

    def _pump(self, wanted: int | None = None) -> bool:
        """Take in what has arrived, without waiting; whether something has."""
        self._raise_failure()
        if self._group.needs_rejoin:
            self._attention.set()
            return False
        if time.monotonic() < self._quiet_until or not self._lock.acquire(blocking=False):
            return False
        try:
            return self._poll(wanted)
        except (LogUnavailable, NotNow) as error:
            log.info("kafka_again", reason=str(error))
            self._quiet_until = time.monotonic() + _STEP_SECONDS
            return False
        except LogUnusable as error:
            self._failure = error
            raise
        finally:
            self._lock.release()

    def _poll(self, wanted: int | None = None) -> bool:
        present = self._group.topic_id
        if present not in ("", self._topic.log_id):
            raise LogUnusable(f"topic {self._topic.name} was deleted and made anew; start again to read the new one")
        ours = {
            partition: buffer
            for partition, buffer in self._buffers.items()
            if self._group.epochs.get(partition) == buffer.epoch
        }
        self._balance(ours, wanted)
        found: Mapping[int, list[Entry]] = {}
        try:
            found = self._group.poll()
        except OutOfRange as error:
            self._skip_expired(*error.args)
        self._polled = time.monotonic()
        for partition, entries in found.items():
            ours[partition].add(entries)
        for partition, buffer in ours.items():
            if partition in self._group.epochs:
                buffer.end = max(buffer.end, self._group.highwater(partition))
        if not found:
            self._quiet_until = self._polled + _QUIET_SECONDS
        if self._group.needs_rejoin:
            self._attention.set()
        return bool(found)

    def _balance(self, ours: Mapping[int, Buffer], wanted: int | None) -> None:
        """Pause the partitions that have their share of the memory, and let go on those that have room again."""
        share = self._buffer_bytes // max(1, len(ours))
        for partition, buffer in ours.items():
            if partition != wanted and not buffer.paused and buffer.bytes >= share:
                self._pause(partition, buffer, paused=True)
            elif buffer.paused and buffer.bytes <= share // 2:
                self._pause(partition, buffer, paused=False)

    def _skip_expired(self, partition: int, offset: int) -> None:
        """What retention has deleted may be passed over if it was consumed; else it is a loss."""
        first, end = self._group.bounds(partition, ANSWER_SECONDS)
        buffer = self._buffers[partition]
        if not offset < first <= buffer.lowest:
            raise self._gone(partition, offset, first, end)
        buffer.restart(first)
        self._group.seek(partition, first)

    def _pause(self, partition: int, buffer: Buffer, *, paused: bool) -> None:
        self._group.pause(partition, paused)
        buffer.paused = paused

    def _keep(self) -> None:
        """The keeper's thread: joins whenever the group asks for it, and polls when nobody else does."""
        while not self._closing.is_set():
            self._attention.wait(KEEP_SECONDS / 2)
            self._attention.clear()
            try:
                if self._group.needs_rejoin:
                    with self._lock:
                        self._group.rejoin(REJOIN_SECONDS)
                    if self._group.needs_rejoin:
                        self._attention.set()
                elif time.monotonic() - self._polled > KEEP_SECONDS:
                    with self._lock:
                        self._poll()
            except (LogUnavailable, NotNow) as error:
                log.info("kafka_again", reason=str(error))
                self._closing.wait(_STEP_SECONDS)
            except Exception as error:  # noqa: BLE001 - told to the caller, whose thread this is not
                self._failure = error
                return

    def _raise_failure(self) -> None:
        if self._failure:
            raise self._failure

    @contextmanager
    def _using_group(self) -> Iterator[None]:
        self._raise_failure()
        if not self._lock.acquire(timeout=PATIENCE_SECONDS):
            raise LogUnavailable("the consumer group does not settle")
        try:
            yield
        finally:
            self._lock.release()

    def _gone(self, partition: int, offset: int, first: int, end: int) -> LogUnusable:
        if offset < first:
            happened = f"records {offset} to {first - 1} were deleted before they were read (is retention too short?)"
        else:
            happened = f"it ends before offset {end}, but was read to {offset} (is it an older copy?)"
        return LogUnusable(
            f"topic {self._topic.name}, partition {partition}: {happened}; to go on with what is there: "
            f"kafka-consumer-groups.sh --group {self._name} --reset-offsets --to-earliest "
            f"--topic {self._topic.name}:{partition} --execute"
        )
