"""A broker that the tests of this folder hurt, and a folder for the spool."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.topic import ensure_topic
from pipeline.spool.place import SpoolPlace
from tests.kafka.brokers import Cluster, cluster
from tests.kafka.conftest import MakeSettings
from tests.kafka.shared import or_skip

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def started_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    or_skip()
    with cluster(tmp_path_factory.mktemp("kafka") / "hurt") as started:
        yield started


@pytest.fixture
def broker(started_broker: Cluster) -> Iterator[Cluster]:
    """A running broker, which the test may freeze or kill."""
    yield started_broker
    if started_broker.running():
        started_broker.thaw(1)
    else:
        started_broker.start()


@pytest.fixture(scope="module")
def three_brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three brokers, of which a test may kill some, and must leave all running."""
    or_skip()
    with cluster(tmp_path_factory.mktemp("kafka") / "three", 3) as started:
        yield started


@pytest.fixture
def make_settings(broker: Cluster) -> MakeSettings:
    """Settings of a log of the test's own, whose topic is made."""

    def make(**changes: object) -> KafkaSettings:
        number = f"{os.getpid()}-{next(_numbers)}"
        made = KafkaSettings(
            servers=broker.servers,
            topic=f"spooled-{number}",
            group=f"group-{number}",
            partitions=3,
            replication=1,
            min_insync=1,
            append_timeout=0.5,
        )
        made = msgspec.structs.replace(made, **changes)
        ensure_topic(made)
        return made

    return make


@pytest.fixture(autouse=True)
def _drains_give_up_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """On an acknowledgement that does not come: the brokers are near, and tests wait for what comes after that."""
    monkeypatch.setattr("pipeline.spool.spool.DRAIN_SECONDS", 3.0)


@pytest.fixture
def place(tmp_path: Path) -> SpoolPlace:
    """Where a spool may be."""
    return SpoolPlace(folder=tmp_path, max_bytes=2**30, reserve_bytes=0)
