"""The alerter process, wired: it turns until it is told to end."""

import signal
import threading

import structlog

from alerts.alerter import Alerter
from delivrd.parts import event_log, store_client
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.log import LogUnavailable, LogUnusable
from pipeline.settings import Settings
from pipeline.warehouse.errors import Refused, Retry, Setup

TURN_SECONDS = 1.0
RETRY_SECONDS = 5.0

log = structlog.get_logger(__name__)


def run(settings: Settings) -> None:
    """Watch until SIGTERM or SIGINT."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with store_client(settings) as store, event_log(settings) as events:
        alerter = Alerter(store, settings.alerts, now_ms, lambda until: _is_stored(events, until))
        started = False
        while not ending.is_set():
            try:
                if not started:
                    alerter.start()
                    started = True
                alerter.turn()
            except (Retry, Refused, Setup) as error:
                # The tables may not be there yet, or the engine may be away.
                log.warning("alerter_waits", reason=str(error))
                ending.wait(RETRY_SECONDS)
            ending.wait(TURN_SECONDS)


def _is_stored(events: EventLog, until: int) -> bool:
    try:
        return all(one.oldest_pending is None or one.oldest_pending >= until for one in events.stats())
    except (LogUnavailable, LogUnusable):
        return False
