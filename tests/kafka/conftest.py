"""Three brokers for the tests that hurt them, and logs on the one that all tests share."""

import itertools
import os
from collections.abc import Callable, Iterator

import msgspec
import pytest

from pipeline.kafka_log.settings import KafkaSettings
from tests.kafka.brokers import Cluster, cluster
from tests.kafka.harness import KafkaLog
from tests.kafka.shared import or_skip

MakeSettings = Callable[..., KafkaSettings]

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def three_brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three brokers, which a test may hurt, and must leave running."""
    or_skip()
    with cluster(tmp_path_factory.mktemp("kafka") / "three", 3) as started:
        yield started


@pytest.fixture
def make_settings(broker: Cluster) -> MakeSettings:
    """Settings of a log of the test's own on the shared broker."""

    def make(**changes: object) -> KafkaSettings:
        number = f"{os.getpid()}-{next(_numbers)}"
        made = KafkaSettings(
            servers=broker.servers,
            topic=f"log-{number}",
            group=f"group-{number}",
            partitions=3,
            replication=1,
            min_insync=1,
            append_timeout=10.0,
        )
        return msgspec.structs.replace(made, **changes)

    return make


@pytest.fixture
def kafka_log(make_settings: MakeSettings) -> Iterator[KafkaLog]:
    """A fresh log."""
    log = KafkaLog(make_settings())
    yield log
    log.close()
