"""What the tests of the whole share: one installation a file, as its first start makes it, in each of the two modes."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.services import warehouse as alone
from tests.shards import warehouse
from tests.support.cluster import installed_on_cluster
from tests.support.installation import Installation, installed

__all__ = ["alone", "warehouse"]

Install = Callable[[Path], AbstractContextManager[Installation]]

_topics = itertools.count(1)


# A killed consumer's partitions are given to the next one only after its session: all takes longer on a cluster.
@pytest.fixture(scope="module", params=["embedded", pytest.param("cluster", marks=pytest.mark.timeout(300))])
def install(request: pytest.FixtureRequest) -> Install:
    """Makes an installation on a data folder, with the settings of the first start: `delivrd up`, or each part by
    itself on Kafka and a ClickHouse of its own.
    """
    if request.param == "embedded":
        return installed
    brokers = request.getfixturevalue("broker")
    return lambda data: installed_on_cluster(data, brokers, f"e2e-{os.getpid()}-{next(_topics)}")


@pytest.fixture(scope="module")
def settings() -> str | None:
    """The text of `delivrd.toml`, where the first start shall not write it."""
    return None


@pytest.fixture(scope="module")
def delivrd(install: Install, settings: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation. The tests of a file share it."""
    data = tmp_path_factory.mktemp("e2e") / "data"
    if settings is not None:
        data.mkdir()
        (data / "delivrd.toml").write_text(settings)
    with install(data) as installation:
        yield installation


@pytest.fixture(scope="module")
def urls(delivrd: Installation) -> dict[str, str]:
    """The webhook URL of each source."""
    return delivrd.urls()
