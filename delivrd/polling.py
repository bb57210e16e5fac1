"""The poller process, wired: every polled source, the event log, the warehouse, a state file; settings read again."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Literal

import structlog

from delivrd.parts import event_log, store_client
from delivrd.serving import Load
from pipeline import metrics
from pipeline.clock import now_ms
from pipeline.ending import end_by_force
from pipeline.settings import Settings, SettingsError
from pollers.answers import NotAnswered, Question
from pollers.desk import Told, Tools
from pollers.keeping import Keeper, Kept
from pollers.open_messages import Ledger
from pollers.pace import Paces
from pollers.source import poll
from pollers.state import State
from pollers.together import side_by_side
from schemas.providers import adapters

STOP_SECONDS = 25.0

log = structlog.get_logger(__name__)


@contextlib.contextmanager
def tools(settings: Settings, told: Told, paces: Paces, attempts: int | None = None) -> Iterator[Tools]:
    """What asking needs, closed at the end. Raises StateUnusable."""
    with (
        event_log(settings) as events,
        store_client(settings) as store,
        contextlib.closing(State(settings.folder.polls)) as state,
    ):
        yield Tools(Keeper(events.append, now_ms), state, Ledger(store), told, now_ms, paces, attempts)


def count(source: str, question: Question, found: Kept | NotAnswered) -> None:
    """Count a question and what came of it."""
    metrics.poll_questions.labels(source, question.name).inc()
    if isinstance(found, NotAnswered):
        metrics.poll_errors.labels(source, found.kind).inc()
    else:
        metrics.poll_answers.labels(source, question.name).inc()


async def run(settings: Settings, load: Load) -> None:
    """Ask until SIGTERM or SIGINT, and end within STOP_SECONDS, whatever hangs. SIGHUP takes changed settings over.

    Every answer so far is in the log then.
    """
    stop, again = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        end_by_force(STOP_SECONDS)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    loop.add_signal_handler(signal.SIGHUP, again.set)
    async with _private_port(settings):
        await _until_stopped(settings, load, stop, again)


async def _until_stopped(settings: Settings, load: Load, stop: asyncio.Event, again: asyncio.Event) -> None:
    paces = Paces()
    while not stop.is_set():
        again.clear()
        asking = asyncio.create_task(_ask_all(settings, paces))
        told = [asyncio.create_task(event.wait()) for event in (stop, again)]
        try:
            # Where nothing is left to be asked, changed settings or the end are waited for all the same.
            await _first(asking, told)
        finally:
            for task in (asking, *told):
                task.cancel()
            await asyncio.gather(asking, *told, return_exceptions=True)
        if again.is_set() and not stop.is_set():
            try:
                settings = load()
            except SettingsError as error:
                log.error("settings_not_reloaded", mistakes=[str(problem) for problem in error.problems])


@contextlib.asynccontextmanager
async def _private_port(settings: Settings) -> AsyncIterator[None]:
    """On a cluster, where no other process shows our figures."""
    if not settings.on_cluster:
        yield
        return
    from console.serve import serving
    from delivrd.private import private_app

    async with serving(private_app(settings.console, lambda: "", metrics.exposition), settings.console):
        yield


async def _first(asking: "asyncio.Task[None]", told: "Sequence[asyncio.Task[Literal[True]]]") -> None:
    """Return when something was told. Raises what the asking failed on."""
    await asyncio.wait([asking, *told], return_when=asyncio.FIRST_COMPLETED)
    if asking.done():
        asking.result()
        await asyncio.wait(told, return_when=asyncio.FIRST_COMPLETED)


async def _ask_all(settings: Settings, paces: Paces) -> None:
    log.info("polling", sources=[source.source.name for source in settings.polled])
    with tools(settings, count, paces) as shared:
        await side_by_side(poll(source, adapters[source.provider], shared) for source in settings.polled)
