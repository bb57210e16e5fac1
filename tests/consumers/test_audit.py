"""What the audit makes of records whose outcome the warehouse keeps no more."""

from pathlib import Path

from consumers.audit import Range, audit
from pipeline.sqlite_log import SqliteReader, SqliteWriter, records_of
from pipeline.warehouse import Warehouse
from pipeline.warehouse.retention import Oldest
from schemas.providers import adapters
from tests.consumers.making import NOON, SOURCES, record
from tests.support.consuming import Installed


def test_a_dead_letter_that_is_gone_has_expired_once_its_time_is_over(
    store: Warehouse, log: SqliteWriter, reader: SqliteReader, tmp_path: Path
) -> None:
    log.write([record(b"{", key=None)])
    part = Range(reader.log_id, 0, reader.first(0), reader.end(0))

    def outcomes(oldest: int) -> tuple[int, int, int]:
        report = audit(store, records_of(log.path), part, SOURCES, adapters, Oldest(0, oldest), lambda _: None)
        return report.dead_lettered, report.missing, report.expired

    Installed(tmp_path).consume(store, 10)
    assert outcomes(NOON + 1) == (1, 0, 0)
    for server in store.each():
        table = f"{server.servers.local}.dead_letters"
        server.command(f"DELETE FROM {table} WHERE log = {{log:UUID}}", {"log": reader.log_id})
    assert outcomes(NOON) == (0, 1, 0)
    assert outcomes(NOON + 1) == (0, 0, 1)
