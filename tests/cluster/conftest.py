"""A cluster that the tests of a file hurt: a broker and a ClickHouse, each behind a network of the tests' own."""

import os
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.kafka.brokers import Cluster, cluster
from tests.kafka.shared import or_skip
from tests.services import free_ports
from tests.support.cluster import ClusterInstallation
from tests.support.proxy import Proxy, proxy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """An outage takes its time."""
    for item in items:
        if item.path.parent.name == "cluster":
            item.add_marker(pytest.mark.timeout(300))


class Stage(NamedTuple):
    """What a test may hurt, and must leave whole."""

    delivrd: ClusterInstallation
    brokers: Cluster
    to_kafka: Proxy
    to_clickhouse: Proxy


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    or_skip()
    folder = tmp_path_factory.mktemp("cluster")
    with (
        proxy(0) as to_kafka,
        proxy(0) as to_clickhouse,
        cluster(folder / "kafka", advertised=to_kafka.port) as brokers,
    ):
        to_kafka.target = brokers.port
        delivrd = ClusterInstallation(folder / "data", brokers, f"cluster-{os.getpid()}")
        to_clickhouse.target = delivrd.engine.http_port
        delivrd.environment |= {
            "DELIVRD_LOG_ACKNOWLEDGE": "1",
            "DELIVRD_WAREHOUSE_URL": f"clickhouse://writer@127.0.0.1:{to_clickhouse.port}/delivrd",
        }
        try:
            delivrd.start()
            yield Stage(delivrd, brokers, to_kafka, to_clickhouse)
        finally:
            delivrd.end()


@pytest.fixture
def delivrd(stage: Stage) -> ClusterInstallation:
    return stage.delivrd


@pytest.fixture
def url(delivrd: ClusterInstallation) -> str:
    """Where reports are posted to."""
    return delivrd.urls()["integrax-br"]


@pytest.fixture
def second_port() -> int:
    """A public port for another receiver."""
    return free_ports(1)[0]
