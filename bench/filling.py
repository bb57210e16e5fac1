"""An event log that is full before anything runs."""

from bench.installation import Installation
from bench.reports import records
from consumers.copies import batches
from pipeline.clock import now_ms
from pipeline.sqlite_log import SqliteWriter

BATCH = 5_000


def fill(installation: Installation, count: int) -> None:
    """Append `count` reports to the log, as the intake would keep them."""
    writer = SqliteWriter(installation.folder.log, reserve_bytes=0)
    try:
        for batch in batches(records(count, 0, now_ms()), BATCH):
            writer.write(batch)
    finally:
        writer.close()
