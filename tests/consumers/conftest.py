"""One engine for the tests of this folder; each test has a log, and so positions, of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.sqlite_log import SqliteReader, SqliteWriter
from pipeline.warehouse import Warehouse
from tests.services import Engine, engine

__all__ = ["engine"]


@pytest.fixture
def store(engine: Engine) -> Iterator[Warehouse]:
    """A client of the store."""
    client = engine.writer()
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
