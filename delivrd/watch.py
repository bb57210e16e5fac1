"""The console of a cluster, wired: the pages, and how log and warehouse stand, seen from outside."""

from collections.abc import Callable
from functools import partial

import structlog

from console.serve import serve
from delivrd.acts import Present
from delivrd.pages import site
from delivrd.parts import event_log, reader
from delivrd.private import private_app
from delivrd.probes import take_measures, warehouse_probe
from delivrd.serving import Load
from pipeline import metrics
from pipeline.clock import now_ms
from pipeline.ending import end_by_force
from pipeline.event_log import EventLog
from pipeline.settings import Folder, Settings, SettingsError

STOP_SECONDS = 5.0

log = structlog.get_logger(__name__)


def watch(settings: Settings, load: Load) -> None:
    """Serve until SIGTERM or SIGINT. SIGHUP calls `load`."""
    present = Present(settings)
    with event_log(settings) as events:
        app = private_app(
            settings.console,
            partial(_problem, events, settings.folder, warehouse_probe(reader(settings))),
            partial(_exposition, events, settings.folder),
            site(settings, events, present, now_ms),
        )
        serve(app, settings.console, partial(_reload, load, present), partial(end_by_force, STOP_SECONDS))


def _problem(events: EventLog, folder: Folder, ask_warehouse: Callable[[], str]) -> str:
    return take_measures(events, folder) or ask_warehouse()


def _exposition(events: EventLog, folder: Folder) -> bytes:
    take_measures(events, folder)
    return metrics.exposition()


def _reload(load: Load, present: Present) -> None:
    try:
        present.settings = load()
    except SettingsError as error:
        log.error("settings_not_reloaded", mistakes=[str(problem) for problem in error.problems])
