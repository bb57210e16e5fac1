"""What the private port of a process asks the others: the warehouse, and the event log."""

import threading
from collections.abc import Callable

import structlog

from delivrd.measures import measure
from pipeline import metrics
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.log import LogUnavailable, LogUnusable
from pipeline.settings import Folder
from pipeline.warehouse import Warehouse

PING_SECONDS = 2.0

log = structlog.get_logger(__name__)


def warehouse_probe(warehouse: Warehouse) -> Callable[[], str]:
    """Says why the warehouse does not serve; empty where it does.

    One asks it at a time, so that one that hangs does not hang every thread of the port.
    """
    asking = threading.Lock()

    def problem() -> str:
        if not asking.acquire(timeout=PING_SECONDS):
            return "the warehouse does not answer in time"
        try:
            return "" if warehouse.ping() else "the warehouse does not answer"
        finally:
            asking.release()

    return problem


def take_measures(events: EventLog, folder: Folder) -> str:
    """Have the metrics say how log and disk stand; why they cannot, empty where they can."""
    try:
        now = measure(events.stats(), folder, now_ms)
    except (LogUnavailable, LogUnusable) as error:
        # The other figures are wanted most just then.
        log.warning("log_not_measured", reason=str(error))
        return str(error)
    metrics.log_pending.set(now.pending)
    metrics.log_oldest_seconds.set(now.oldest_seconds)
    metrics.disk_free.set(now.disk_free)
    return ""
