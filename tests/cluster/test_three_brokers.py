"""Three brokers, each record on all of them: one may be lost, whichever it leads; without two the spool takes over."""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.bodies import INTEGRAX
from tests.kafka.brokers import Cluster, cluster
from tests.kafka.shared import or_skip
from tests.support.cluster import ClusterInstallation, installed_on_cluster
from tests.support.load import assert_kept, load
from tests.support.waiting import until


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    or_skip()
    with cluster(tmp_path_factory.mktemp("kafka") / "three", 3) as started:
        yield started


@pytest.fixture(scope="module")
def delivrd(brokers: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterInstallation]:
    folder = tmp_path_factory.mktemp("three") / "data"
    with installed_on_cluster(folder, brokers, f"three-{os.getpid()}") as installation:
        yield installation


@pytest.fixture(scope="module")
def url(delivrd: ClusterInstallation) -> str:
    return delivrd.urls()[INTEGRAX]


# Each leads a third of the partitions, and one the group and the cluster: in the long form it is each one's turn.
@pytest.mark.parametrize("node", [1, *(pytest.param(node, marks=pytest.mark.torture) for node in (2, 3))])
def test_one_of_three(delivrd: ClusterInstallation, brokers: Cluster, url: str, node: int) -> None:
    with load(url, seed=50 + node) as senders:
        senders.more(100)
        brokers.kill(node)
        senders.more(200)
        brokers.start(node)
        senders.more(50)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_two_of_three(delivrd: ClusterInstallation, brokers: Cluster, url: str) -> None:
    with load(url, seed=54) as senders:
        senders.more(100)
        brokers.kill(1)
        brokers.kill(2)
        until(lambda: delivrd.figure("intake", "delivrd_spooled_records_total"), "the spool takes over", 120)
        senders.more(300)
        brokers.start(1, 2)
        senders.more(50)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)
