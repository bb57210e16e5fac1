"""The warehouse of these tests is one server, and then again two shards."""

from collections.abc import Iterator

import pytest

from pipeline.warehouse import Warehouse
from tests.services import empty, engine
from tests.services import warehouse as alone
from tests.shards import Served, served, sharded, shards

__all__ = ["alone", "engine", "served", "sharded", "shards"]


@pytest.fixture
def warehouse(served: Served) -> Iterator[Warehouse]:
    """The writer's way to the storage, which holds no rows."""
    writer = served.writer()
    empty(writer)
    yield writer
    writer.close()
