"""Connections to the brokers for who produces: the client library's network layer, driven by one thread."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kafka import errors
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector
from kafka.protocol.producer import ProduceRequest
from kafka.structs import TopicPartition

from pipeline.kafka_log.client import options
from pipeline.kafka_log.settings import KafkaSettings

_TopicData = ProduceRequest.TopicProduceData
_PartitionData = _TopicData.PartitionProduceData

REQUEST_SECONDS = 3.0
"""After so long without an answer a connection is given up, and the leader asked for anew."""
CONNECT_SECONDS = 2.0
_MAX_IN_FLIGHT = 5
_ALL_REPLICAS = -1
_TOO_LARGE = {
    errors.MessageSizeTooLargeError.errno,
    errors.RecordListTooLargeError.errno,
    errors.InvalidRecordError.errno,
}
_PRODUCE_VERSION = 9
"""The newest that names topics by name; later ones want their id."""


LOST = -1
"""Not one of Kafka's codes: no answer came, and nobody knows whether the batch was taken."""


class Outcome(NamedTuple):
    """What became of one partition's batch: 0, LOST, or one of Kafka's error codes, and words."""

    partition: int
    code: int
    text: str

    @property
    def can_retry(self) -> bool:
        """Whether the same batch may be taken later."""
        return self.code == LOST or issubclass(errors.for_code(self.code), errors.RetriableError)

    @property
    def is_size(self) -> bool:
        """Whether the broker finds something in the batch too large, or not valid; smaller batches tell what."""
        return self.code in _TOO_LARGE


class Network:
    """The brokers of one cluster, and who leads the partitions of one topic. For one thread, `wake` excepted.

    Opening it waits for a broker, for at most `timeout` seconds, and raises the library's errors.
    """

    def __init__(self, settings: KafkaSettings, partitions: int, timeout: float) -> None:
        configs = {
            **options(settings),
            "request_timeout_ms": int(REQUEST_SECONDS * 1000),
            "socket_connection_setup_timeout_ms": int(CONNECT_SECONDS * 1000),
            "socket_connection_setup_timeout_max_ms": int(CONNECT_SECONDS * 1000),
            "max_in_flight_requests_per_connection": _MAX_IN_FLIGHT,
        }
        self._topic = settings.topic
        self._partitions = [TopicPartition(settings.topic, number) for number in range(partitions)]
        self._net = NetworkSelector(**configs)
        self._manager = KafkaConnectionManager(self._net, **configs)
        self._cluster = self._manager.cluster
        self._cluster.config["allow_auto_create_topics"] = False
        try:
            self._cluster.add_topic(settings.topic)
            self._manager.bootstrap(timeout_ms=int(timeout * 1000))
        except BaseException:
            self.close()
            raise

    @property
    def topic_id(self) -> str:
        """The topic's present UUID, as far as is known."""
        return str(self._cluster.topic_id(self._topic) or "")

    def leader(self, partition: int) -> int | None:
        """The broker that takes the partition's records; None where there is none, or it is not known."""
        node: int | None = self._cluster.leader_for_partition(self._partitions[partition])
        return None if node == -1 else node

    def is_ready(self, node: int) -> bool:
        """Whether a request can go out at once. Where not connected, connecting is begun."""
        try:
            connection = self._manager.get_connection(node)
        except errors.KafkaError:
            return False
        return bool(connection.connected and not connection.paused)

    def produce(self, node: int, batches: Mapping[int, bytes], done: Callable[[list[Outcome]], None]) -> None:
        """Send batches by partition; `done` is called from within `poll` when all replicas have them, or never will."""
        data = [_PartitionData(index=partition, records=batch) for partition, batch in batches.items()]
        request = ProduceRequest(
            transactional_id=None,
            acks=_ALL_REPLICAS,
            timeout_ms=int(REQUEST_SECONDS * 1000),
            topic_data=[_TopicData(name=self._topic, partition_data=data)],
            max_version=_PRODUCE_VERSION,
        )

        def lost(error: BaseException) -> None:
            done([Outcome(partition, LOST, f"{type(error).__name__}: {error}") for partition in batches])

        def answered(response: Any) -> None:
            done([_outcome(answer) for topic in response.responses for answer in topic.partition_responses])

        future = self._manager.send(request, node_id=node)
        future.add_callback(answered)
        future.add_errback(lost)

    def ask_leaders(self) -> None:
        """Have the leaders looked up anew."""
        self._cluster.request_update()

    def poll(self, seconds: float) -> None:
        """Send, receive, and call back, for at most so long, or until woken."""
        self._net.poll(timeout_ms=seconds * 1000)

    def wake(self) -> None:
        """End a `poll` early; from any thread."""
        self._net.wakeup()

    def close(self) -> None:
        """Drop all connections; what was under way fails."""
        self._manager.close()
        self._net.close()


def _outcome(answer: Any) -> Outcome:
    code = answer.error_code
    return Outcome(answer.index, code, answer.error_message or errors.for_code(code).__name__ if code else "")
