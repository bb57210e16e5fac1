"""The Kafka log does what every log does."""

import pytest

from tests.kafka.harness import KafkaLog
from tests.log.conformance import LogConformance


class TestKafkaLog(LogConformance):
    @pytest.fixture
    def log(self, kafka_log: KafkaLog) -> KafkaLog:
        return kafka_log
