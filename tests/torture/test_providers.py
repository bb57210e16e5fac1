"""A thousand messages at each of the four providers, which misbehave, and `kill -9` of the poller, in each mode."""

from pathlib import Path

import pytest

from tests.kafka.brokers import Cluster
from tests.support.cluster import ClusterInstallation
from tests.support.simulated import play

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1_800)]


@pytest.mark.parametrize("kills", [0, 20])
def test_a_thousand_messages_a_provider_end_as_the_providers_know_them(tmp_path: Path, kills: int) -> None:
    play(tmp_path / "data", count=1_000, kills=kills, seed=1 + kills)


def test_on_a_cluster_too(tmp_path: Path, broker: Cluster) -> None:
    def make(data: Path) -> ClusterInstallation:
        return ClusterInstallation(data, broker, "a-thousand")

    play(tmp_path / "data", make, count=1_000, kills=20, seed=2)
