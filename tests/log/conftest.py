"""What the tests of the logs share."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.log.sqlite import SqliteLog


@pytest.fixture
def sqlite_log(tmp_path: Path) -> Iterator[SqliteLog]:
    with closing(SqliteLog(tmp_path)) as log:
        yield log
