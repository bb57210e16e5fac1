"""The consuming process, wired: the consumer in its thread, the private port in the main one."""

import gc
from collections.abc import Callable
from functools import partial

import structlog

from console.serve import serve
from consumers.worker import Parts, Worker
from delivrd.acts import Present
from delivrd.pages import site
from delivrd.parts import check, event_log, prepare, reader, retention, sources_of, store
from delivrd.pausing import Pausing
from delivrd.private import private_app
from delivrd.probes import take_measures, warehouse_probe
from delivrd.serving import Load
from pipeline import metrics
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.settings import Folder, Settings, SettingsError
from schemas.providers import adapters

log = structlog.get_logger(__name__)


def work(settings: Settings, load: Load, drain_seconds: Callable[[], float]) -> None:
    """Consume and serve until SIGTERM; then drain for as long as `drain_seconds` says. SIGHUP calls `load`."""
    with event_log(settings) as events:
        worker = Worker(consumer_parts(settings, events), now_ms)
        pausing = Pausing(worker, settings)
        present = Present(settings)
        ask_warehouse = warehouse_probe(reader(settings))
        app = private_app(
            settings.console,
            partial(_problem, worker, ask_warehouse),
            # On a cluster log and pages are the console's, which is a process of its own there.
            metrics.exposition if settings.on_cluster else partial(_exposition, events, settings.folder),
            None if settings.on_cluster else site(settings, events, present, now_ms),
        )
        _spare_the_collector()
        pausing.start()
        serve(
            app,
            settings.console,
            partial(_reload, worker, pausing, load, present),
            lambda: worker.stop(drain_seconds()),
        )


def _spare_the_collector() -> None:
    """What is remembered of messages is large and never part of a cycle: going through it took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)


def consumer_parts(settings: Settings, events: EventLog) -> Parts:
    """What the consumer is made of."""

    def bring_up_to_date() -> None:
        prepare(settings)

    return Parts(
        connect=partial(store, settings),
        # The consumers of a cluster start at any time, and only one process at a time may migrate.
        prepare=partial(check, settings) if settings.on_cluster else bring_up_to_date,
        open_reader=events.open_reader,
        sources=sources_of(settings),
        adapters=adapters,
        oldest=retention(settings).oldest,
        forget_key=settings.forget.key or "",
    )


def _problem(worker: Worker, ask_warehouse: Callable[[], str]) -> str:
    """Why the consumer is not ready; empty where it is."""
    status = worker.status()
    return ask_warehouse() if status.running else f"the consumer does not run: {status.reason}"


def _exposition(events: EventLog, folder: Folder) -> bytes:
    """The figures of all processes of an installation, and those of its log."""
    take_measures(events, folder)
    return metrics.exposition(folder.metrics)


def _reload(worker: Worker, pausing: Pausing, load: Load, present: Present) -> None:
    def take_over(settings: Settings) -> None:
        worker.reload(sources_of(settings))

    pausing.look()  # before all else: it is asked for whether or not the settings can be used
    try:
        settings = load(take_over)
    except SettingsError as error:
        log.error("settings_not_reloaded", mistakes=[str(problem) for problem in error.problems])
        return
    present.settings = settings
    log.info("settings_reloaded", sources=len(settings.sources))
