"""One warehouse for the tests of this folder, on one server and then again on two shards.

Each test has a log, and so positions, of its own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.sqlite_log import SqliteReader, SqliteWriter
from pipeline.warehouse import Warehouse
from tests.shards import Served


@pytest.fixture
def store(served: Served) -> Iterator[Warehouse]:
    """A client of the store."""
    client = served.writer()
    yield client
    client.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteWriter]:
    """A new log."""
    writer = SqliteWriter(tmp_path / "log.db", reserve_bytes=0)
    yield writer
    writer.close()


@pytest.fixture
def reader(log: SqliteWriter, tmp_path: Path) -> Iterator[SqliteReader]:
    """Its reader."""
    opened = SqliteReader(log.path, tmp_path / "consumer.db")
    yield opened
    opened.close()
