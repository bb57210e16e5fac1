"""The alerter process, wired: it turns until it is told to end, and takes changed settings over on SIGHUP."""

import contextlib
import signal
import threading
from collections.abc import Iterator

import structlog

from alerts.alerter import Alerter
from alerts.lead import Lead
from delivrd.addresses import base_url
from delivrd.parts import event_log, store_client
from delivrd.serving import Load
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.log import LogUnavailable, LogUnusable
from pipeline.settings import Settings, SettingsError
from pipeline.warehouse.errors import Refused, Retry, Setup, WarehouseError

TURN_SECONDS = 1.0
RETRY_SECONDS = 5.0

log = structlog.get_logger(__name__)


def run(load: Load) -> None:
    """Watch until SIGTERM or SIGINT."""
    ending, changed, awake = threading.Event(), threading.Event(), threading.Event()

    def told(number: int, _: object) -> None:
        (changed if number == signal.SIGHUP else ending).set()
        awake.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, told)
    settings = load()
    with store_client(settings) as store, event_log(settings) as events, _leading(Lead(store)) as lead:
        alerter = Alerter(
            store, settings.alerts, now_ms, lambda until: _is_stored(events, until), lead, console_url(settings)
        )
        while not ending.is_set():
            awake.clear()
            if changed.is_set():
                changed.clear()
                _take_over(alerter, load)
            pause = TURN_SECONDS
            try:
                alerter.turn()
            except (Retry, Refused, Setup) as error:
                # The tables may not be there yet, or the engine may be away.
                log.warning("alerter_waits", reason=str(error))
                pause = RETRY_SECONDS
            awake.wait(pause)


def console_url(settings: Settings) -> str:
    """Where people reach the console's pages."""
    return settings.console.address or base_url(settings.console.host, settings.console.port)


def _take_over(alerter: Alerter, load: Load) -> None:
    try:
        load(lambda settings: alerter.take_over(settings.alerts, console_url(settings)))
    except SettingsError as error:
        log.warning("settings_not_taken_over", reason=str(error))


@contextlib.contextmanager
def _leading(lead: Lead) -> Iterator[Lead]:
    try:
        yield lead
    finally:
        with contextlib.suppress(WarehouseError):  # the next one waits for the lease, then
            lead.let_go()


def _is_stored(events: EventLog, until: int) -> bool:
    try:
        return all(one.oldest_pending is None or one.oldest_pending >= until for one in events.stats())
    except (LogUnavailable, LogUnusable):
        return False
