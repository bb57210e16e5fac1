"""Appending to the log on Kafka: durable when all replicas have it, or LogUnavailable within a bounded time."""

import asyncio
from collections import deque
from collections.abc import Sequence

from pipeline.clock import Clock
from pipeline.kafka_log.batches import HEAD_BYTES, RECORD_BYTES, encode
from pipeline.kafka_log.errors import RecordRefused
from pipeline.kafka_log.partitioner import partition_of
from pipeline.kafka_log.sender import Sender, Ticket
from pipeline.kafka_log.settings import MAX_MESSAGE_BYTES, KafkaSettings
from pipeline.log import LogUnavailable
from schemas.record import Record

QUEUE_BYTES = 64 * 1024 * 1024


class KafkaAppender:
    """The appending side for one event loop, in which it is made. All appends of a pass of the loop share one wake-up.

    Needs no broker to be made: while there is none, `append` raises LogUnavailable, and it goes on by itself.
    With more than `queue_bytes` under way, LogUnavailable as well.
    """

    def __init__(self, settings: KafkaSettings, clock: Clock, *, queue_bytes: int = QUEUE_BYTES) -> None:
        self._loop = asyncio.get_running_loop()
        self._partitions = settings.partitions
        self._timeout = settings.append_timeout
        self._queue_bytes = queue_bytes
        self._queued = 0
        self._waiting: dict[Ticket, asyncio.Future[None]] = {}
        self._deadlines: deque[tuple[float, Ticket]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._woken = False
        self._closed = False
        self._sender = Sender(settings, clock, self._settle)

    @property
    def depth(self) -> int:
        """How many appends are under way."""
        return len(self._waiting)

    @property
    def problem(self) -> str:
        """Why nothing can be appended at present, in words for people; empty where it can."""
        return self._sender.problem

    async def append(self, records: Sequence[Record]) -> None:
        """Returns when all replicas in sync have all records.

        Raises LogUnavailable after the settings' `append_timeout` (some records may be kept then, or come to be),
        at once where Kafka is known to be away, and RecordRefused where a record is larger than Kafka takes.
        An append that was begun goes on also where the caller is cancelled.
        """
        if not records:
            return
        if self._closed:
            raise LogUnavailable("the log is closed")
        ticket = Ticket([self._encode(record) for record in records])
        if self._sender.problem:
            raise LogUnavailable(self._sender.problem)
        if self._queued + ticket.size > self._queue_bytes and self._queued:
            raise LogUnavailable(f"{self.depth} appends wait for Kafka already")
        done = self._loop.create_future()
        self._waiting[ticket] = done
        self._queued += ticket.size
        self._deadlines.append((self._loop.time() + self._timeout, ticket))
        self._arm()
        self._sender.put(ticket)
        if not self._woken:
            self._woken = True
            self._loop.call_soon(self._wake)
        await done

    async def close(self) -> None:
        """Wait for what is under way, each append for its time at most, and let go of all connections."""
        self._closed = True
        if self._waiting:
            await asyncio.wait(list(self._waiting.values()))
        await asyncio.to_thread(self._sender.close)

    def _encode(self, record: Record) -> tuple[int, bytes]:
        key, rest = encode(record)
        if len(rest) + HEAD_BYTES + RECORD_BYTES > MAX_MESSAGE_BYTES:
            raise RecordRefused(f"a record of {len(rest)} bytes is larger than Kafka takes ({MAX_MESSAGE_BYTES})")
        return partition_of(key, record.source.encode(), record.body, self._partitions), rest

    def _wake(self) -> None:
        self._woken = False
        self._sender.wake()

    def _settle(self, tickets: list[Ticket]) -> None:
        """Called by the sender's thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._resolve, tickets)

    def _resolve(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            self._end(ticket, ticket.error)

    def _end(self, ticket: Ticket, error: Exception | None) -> None:
        done = self._waiting.pop(ticket, None)
        if done is None:
            return
        self._queued -= ticket.size
        if done.done():
            return
        if error:
            done.set_exception(error)
        else:
            done.set_result(None)

    def _arm(self) -> None:
        if self._timer is None and self._deadlines:
            self._timer = self._loop.call_at(self._deadlines[0][0], self._expire)

    def _expire(self) -> None:
        self._timer = None
        while self._deadlines and self._deadlines[0][0] <= self._loop.time():
            ticket = self._deadlines.popleft()[1]
            if ticket in self._waiting:
                ticket.over = True
                self._end(ticket, LogUnavailable(f"Kafka has not acknowledged within {self._timeout:g} seconds"))
        while self._deadlines and self._deadlines[0][1] not in self._waiting:
            self._deadlines.popleft()
        self._arm()
