"""The broker that all tests of a process share."""

import os
from collections.abc import Iterator

import pytest

from tests.kafka.brokers import Cluster, cluster, missing


def or_skip() -> None:
    """Skip where no broker can be started; in CI that is a failure."""
    reason = missing()
    if reason and os.environ.get("CI", "").lower() != "true":
        pytest.skip(reason)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One broker for the whole run. Tests make topics and groups of their own, and leave it as it was."""
    or_skip()
    with cluster(tmp_path_factory.mktemp("kafka") / "one") as started:
        yield started
