"""The SQLite log does what every log must do."""

import pytest

from tests.log.conformance import LogConformance, LogUnderTest
from tests.log.sqlite import SqliteLog


class TestSqliteLog(LogConformance):
    @pytest.fixture
    def log(self, sqlite_log: SqliteLog) -> LogUnderTest:
        return sqlite_log
