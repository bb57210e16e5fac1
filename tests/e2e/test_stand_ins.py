"""All four providers by every way there is, against stand-ins that misbehave in every way there is, in each mode.

The short form of `tests/torture/test_providers.py`.
"""

from pathlib import Path

import pytest

from tests.kafka.brokers import Cluster
from tests.support.cluster import ClusterInstallation
from tests.support.simulated import play

pytestmark = pytest.mark.timeout(500)


def test_every_message_ends_as_its_provider_knows_it(tmp_path: Path) -> None:
    play(tmp_path / "data", count=100, kills=3, seed=1)


def test_on_a_cluster_too(tmp_path: Path, broker: Cluster) -> None:
    def make(data: Path) -> ClusterInstallation:
        return ClusterInstallation(data, broker, "providers")

    play(tmp_path / "data", make, count=60, kills=2, seed=2)
