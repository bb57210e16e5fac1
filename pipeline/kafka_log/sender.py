"""The sending side: one thread that puts encoded records into batches, and sees to it that they are taken.

Not idempotent on purpose: with this library an idempotent producer never recovers from a batch that expired, a
record that stands twice is a repeat, and order does not matter.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping

import structlog

from pipeline.clock import Clock
from pipeline.kafka_log.batches import RECORD_BYTES, build
from pipeline.kafka_log.errors import RecordRefused
from pipeline.kafka_log.network import Network, Outcome
from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.log import LogUnavailable, LogUnusable

log = structlog.get_logger(__name__)

BATCH_BYTES = 1024 * 1024
REQUEST_BYTES = 8 * 1024 * 1024
IN_FLIGHT = 2
"""Requests under way to one broker: while they are, what arrives gathers for the next."""
RETRY_SECONDS = 0.1
RENEW_SECONDS = 10.0
"""When nothing was taken for so long, all connections are made anew."""
CONNECT_SECONDS = 2.0
CLOSE_SECONDS = 5.0
_IDLE_SECONDS = 0.5


class Ticket:
    """One append: its records by partition, how many of them are not yet taken, and what became of them."""

    __slots__ = ("error", "left", "over", "records", "size")

    def __init__(self, records: list[tuple[int, bytes]]) -> None:
        self.records = records
        self.left = len(records)
        self.size = sum(len(rest) for _, rest in records)
        self.over = False
        """Nobody waits for it any more: it was taken, refused, or given up."""
        self.error: Exception | None = None


class Sender:
    """Takes tickets and tells, by `settle`, which of them are over. `put` and `wake` are for any thread.

    `problem` says why nothing can be taken at present; empty where it can.
    """

    def __init__(self, settings: KafkaSettings, clock: Clock, settle: Callable[[list[Ticket]], None]) -> None:
        self._settings = settings
        self._clock = clock
        self._settle = settle
        self.problem = ""
        self._inbox: deque[Ticket] = deque()
        self._waiting: dict[int, deque[tuple[Ticket, bytes]]] = defaultdict(deque)
        self._limits: dict[int, int] = {}
        self._retry_at: dict[int, float] = {}
        self._in_flight: dict[int, int] = defaultdict(int)
        self._settled: list[Ticket] = []
        self._last_taken = 0.0
        self._network: Network | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kafka-sender", daemon=True)
        self._thread.start()

    def put(self, ticket: Ticket) -> None:
        """Hand a ticket over; `wake` must follow, one for many of them will do."""
        self._inbox.append(ticket)

    def wake(self) -> None:
        """Have the thread look at what was put."""
        network = self._network
        if network:
            network.wake()

    def close(self) -> None:
        """End the thread, which may take `CLOSE_SECONDS` where no broker answers; tickets that are not over fail."""
        self._closing.set()
        self.wake()
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._serve(self._connect())
            except (LogUnavailable, LogUnusable) as error:
                self._out(str(error))
                self._closing.wait(RETRY_SECONDS)
            except Exception as error:
                log.exception("kafka_sender_failed")
                self._out(f"{type(error).__name__}: {error}")
                self._closing.wait(1)
            finally:
                if self._network:
                    network, self._network = self._network, None
                    network.close()
        self._out("the log is closed")

    def _connect(self) -> str:
        """Returns the topic's id."""
        topic = ensure_topic(self._settings, timeout=CONNECT_SECONDS)
        self._network = Network(self._settings, topic.partitions, CONNECT_SECONDS)
        self._retry_at.clear()
        self._in_flight.clear()
        if self.problem:
            log.info("kafka_back")
        self.problem = ""
        self._last_taken = time.monotonic()
        return topic.log_id

    def _out(self, problem: str) -> None:
        """Nothing can be taken: who waits is told at once."""
        if problem != self.problem and not self._closing.is_set():
            log.warning("kafka_away", problem=problem)
        self.problem = problem
        self._take_inbox()
        for items in self._waiting.values():
            for ticket, _ in items:
                self._fail(ticket, LogUnavailable(problem))
            items.clear()
        self._tell()

    def _serve(self, log_id: str) -> None:
        network = self._network
        assert network
        while not self._closing.is_set():
            self._take_inbox()
            delay = self._send(network)
            network.poll(delay)
            self._tell()
            if network.topic_id not in ("", log_id):
                raise LogUnavailable(f"topic {self._settings.topic} was made anew, and is looked at")
            if self._stuck():
                raise LogUnavailable(f"Kafka has taken nothing for {RENEW_SECONDS:.0f} seconds")

    def _stuck(self) -> bool:
        if not any(self._waiting.values()) and not any(self._in_flight.values()):
            self._last_taken = time.monotonic()
        return time.monotonic() - self._last_taken > RENEW_SECONDS

    def _take_inbox(self) -> None:
        while self._inbox:
            ticket = self._inbox.popleft()
            for partition, rest in ticket.records:
                self._waiting[partition].append((ticket, rest))

    def _send(self, network: Network) -> float:
        """Sends what can be sent; returns for how long to wait for something to happen."""
        now = time.monotonic()
        delay = _IDLE_SECONDS
        by_leader: dict[int, list[int]] = defaultdict(list)
        for partition, items in self._waiting.items():
            while items and items[0][0].over:
                items.popleft()
            if not items:
                continue
            wait = self._retry_at.get(partition, 0.0) - now
            if wait > 0:
                delay = min(delay, wait)
                continue
            leader = network.leader(partition)
            if leader is None:
                network.ask_leaders()
                self._retry_at[partition] = now + RETRY_SECONDS
                delay = min(delay, RETRY_SECONDS)
            else:
                by_leader[leader].append(partition)
        for leader, partitions in by_leader.items():
            if self._in_flight[leader] >= IN_FLIGHT:
                continue
            if not network.is_ready(leader):
                delay = min(delay, RETRY_SECONDS)
                continue
            self._produce(network, leader, partitions)
            if any(self._waiting[partition] for partition in partitions):
                delay = 0
        return delay

    def _produce(self, network: Network, leader: int, partitions: list[int]) -> None:
        chosen: dict[int, list[tuple[Ticket, bytes]]] = {}
        room = REQUEST_BYTES
        for partition in partitions:
            if room <= 0:
                break
            chosen[partition] = self._take(partition)
            room -= sum(len(rest) for _, rest in chosen[partition])
        timestamp = self._clock()
        batches = {partition: build([rest for _, rest in items], timestamp) for partition, items in chosen.items()}
        self._in_flight[leader] += 1
        network.produce(leader, batches, lambda outcomes: self._done(network, leader, chosen, outcomes))

    def _take(self, partition: int) -> list[tuple[Ticket, bytes]]:
        """The items of the partition's next batch: at least one, else as many as fit."""
        waiting = self._waiting[partition]
        limit = self._limits.get(partition, len(waiting))
        items = [waiting.popleft()]
        size = len(items[0][1])
        while waiting and len(items) < limit and size + len(waiting[0][1]) + RECORD_BYTES <= BATCH_BYTES:
            item = waiting.popleft()
            if not item[0].over:
                items.append(item)
                size += len(item[1]) + RECORD_BYTES
        return items

    def _done(
        self,
        network: Network,
        leader: int,
        chosen: Mapping[int, list[tuple[Ticket, bytes]]],
        outcomes: list[Outcome],
    ) -> None:
        self._in_flight[leader] -= 1
        for outcome in outcomes:
            items = chosen[outcome.partition]
            if outcome.code == 0:
                self._taken(outcome.partition, items)
            elif outcome.is_size:
                self._too_large(outcome, items)
            elif outcome.can_retry:
                log.info("kafka_again", partition=outcome.partition, reason=outcome.text)
                self._waiting[outcome.partition].extendleft(reversed(items))
                self._retry_at[outcome.partition] = time.monotonic() + RETRY_SECONDS
                network.ask_leaders()
            else:
                for ticket, _ in items:
                    self._fail(ticket, LogUnavailable(f"Kafka does not take records: {outcome.text}"))

    def _taken(self, partition: int, items: list[tuple[Ticket, bytes]]) -> None:
        self._last_taken = time.monotonic()
        self._limits.pop(partition, None)
        for ticket, _ in items:
            ticket.left -= 1
            if not ticket.left:
                self._over(ticket)

    def _too_large(self, outcome: Outcome, items: list[tuple[Ticket, bytes]]) -> None:
        """Smaller batches, down to the one record that is not taken even alone."""
        self._last_taken = time.monotonic()
        if len(items) == 1:
            self._fail(items[0][0], RecordRefused(f"Kafka refuses the record: {outcome.text}"))
        else:
            self._limits[outcome.partition] = len(items) // 2
            self._waiting[outcome.partition].extendleft(reversed(items))

    def _fail(self, ticket: Ticket, error: Exception) -> None:
        if not ticket.over:
            ticket.error = error
            self._over(ticket)

    def _over(self, ticket: Ticket) -> None:
        ticket.over = True
        self._settled.append(ticket)

    def _tell(self) -> None:
        if self._settled:
            settled, self._settled = self._settled, []
            self._settle(settled)
