"""The audit of an installation's log, as commands want it."""

from collections.abc import Callable, Sequence

from consumers.audit import Range, Report, audit, total
from consumers.known import known_sources
from delivrd.parts import forgotten_of, retention, sources_of, store_client
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.log_stats import PartitionStats
from pipeline.settings import Settings
from schemas.providers import adapters


def audited(
    settings: Settings,
    log: EventLog,
    parts: Sequence[PartitionStats],
    since_ms: int | None,
    advance: Callable[[int], None],
) -> Report:
    """The outcomes of all records of `parts`, or of those received since a time (UTC, ms). Raises Retry, Setup.

    `advance` is told how many were read.
    """
    oldest = retention(settings).oldest(now_ms())
    forgotten = forgotten_of(settings)
    reports = []
    with store_client(settings) as store:
        sources = known_sources(store, sources_of(settings))
        for part in parts:
            entries = log.records(part.partition, last=part.end - 1, since_ms=since_ms)
            range_ = Range(part.log_id, part.partition, part.first, part.committed, whole=since_ms is None)
            reports.append(audit(store, entries, range_, sources, adapters, oldest, advance, forgotten))
    return total(reports)
