"""The worker process, wired: the consumer in its thread, the private port in the main one."""

import gc
import threading
from collections.abc import Callable
from functools import partial

import structlog

from console.app import create_app
from console.serve import serve
from consumers.worker import Parts, Worker
from delivrd.acts import Present
from delivrd.connect import prepare, reader
from delivrd.measures import measure
from delivrd.pages import site
from delivrd.parts import event_log, oldest_home, sources_of, store
from delivrd.serving import Load
from pipeline import metrics
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.log import LogUnavailable, LogUnusable
from pipeline.settings import Folder, Settings, SettingsError
from pipeline.warehouse import Warehouse
from schemas.providers import adapters

PING_SECONDS = 2.0

log = structlog.get_logger(__name__)


def work(settings: Settings, load: Load, drain_seconds: Callable[[], float]) -> None:
    """Consume and serve until SIGTERM; then drain for as long as `drain_seconds` says. SIGHUP calls `load`."""
    with event_log(settings) as events:
        worker = Worker(_parts(settings, events), now_ms)
        console, present = settings.console, Present(settings)
        app = create_app(
            partial(_problem, worker, reader(settings), threading.Lock()),
            partial(_exposition, events, settings.folder),
            metrics.CONTENT_TYPE,
            console.token if console.needs_token else None,
            site(settings, events, present, now_ms),
        )
        _spare_the_collector()
        worker.start()
        serve(
            app,
            console.host,
            console.port,
            partial(_reload, worker, load, present),
            lambda: worker.stop(drain_seconds()),
        )


def _spare_the_collector() -> None:
    """What is remembered of messages is large and never part of a cycle: going through it took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)


def _parts(settings: Settings, events: EventLog) -> Parts:
    def bring_up_to_date() -> None:
        prepare(settings)

    return Parts(
        connect=partial(store, settings),
        prepare=bring_up_to_date,
        open_reader=events.open_reader,
        sources=sources_of(settings),
        adapters=adapters,
        oldest_home=partial(oldest_home, settings),
    )


def _problem(worker: Worker, warehouse: Warehouse, asking: threading.Lock) -> str:
    """Why the worker is not ready; empty where it is.

    One asks the warehouse at a time, so that one that hangs does not hang every thread of the port.
    """
    status = worker.status()
    if not status.running:
        return f"the consumer does not run: {status.reason}"
    if not asking.acquire(timeout=PING_SECONDS):
        return "the warehouse does not answer in time"
    try:
        return "" if warehouse.ping() else "the warehouse does not answer"
    finally:
        asking.release()


def _exposition(events: EventLog, folder: Folder) -> bytes:
    try:
        now = measure(events, folder, now_ms)
    except (LogUnavailable, LogUnusable) as error:
        # The other figures are wanted most just then.
        log.warning("log_not_measured", reason=str(error))
    else:
        metrics.log_pending.set(now.pending)
        metrics.log_oldest_seconds.set(now.oldest_seconds)
        metrics.disk_free.set(now.disk_free)
    return metrics.exposition(folder.metrics)


def _reload(worker: Worker, load: Load, present: Present) -> None:
    try:
        settings = load(lambda settings: worker.reload(sources_of(settings)))
    except SettingsError as error:
        log.error("settings_not_reloaded", mistakes=[str(problem) for problem in error.problems])
        return
    present.settings = settings
    log.info("settings_reloaded", sources=len(settings.sources))
