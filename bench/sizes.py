"""Bytes on disk an event: in the event log, and in the warehouse once it has merged its parts."""

from pathlib import Path

from bench.figures import Figure
from bench.filling import fill
from bench.installation import Installation, await_that
from delivrd.parts import store_client
from pipeline.sqlite_log import log_stats

EVENTS = 200_000
SIZES = """
    SELECT table, sum(bytes_on_disk) FROM system.parts
    WHERE active AND database = 'delivrd_store' AND table IN ('events', 'messages', 'homes', 'recipients')
    GROUP BY table ORDER BY table
"""


def measure(folder: Path) -> list[Figure]:
    """Figures of one run: sizes hardly vary."""
    installation = Installation(folder / "sizes")
    fill(installation, EVENTS)
    log_bytes = installation.folder.log.stat().st_size
    with installation.up():
        await_that(lambda: not _pending(installation), "the consumer to take the whole log")
        with store_client(installation.settings) as store:
            tables = ("events", "messages", "homes", "recipients")
            for table in tables:
                store.command(f"OPTIMIZE TABLE {table} FINAL")
            rows = dict(store.query(SIZES))
    bytes_of = {"event log": log_bytes, "warehouse": sum(rows.values())} | {
        f"of it {name}": rows[name] for name in rows
    }
    method = (
        f"{EVENTS:,} different events, two a message; the log is its file before the consumer runs, the warehouse the "
        "active parts after merging each table to the end"
    )
    return [Figure("On disk", name, "B an event", (size / EVENTS,), method) for name, size in bytes_of.items()]


def _pending(installation: Installation) -> int:
    stats = log_stats(installation.folder.log, installation.folder.state)
    return stats.pending if stats else 0
