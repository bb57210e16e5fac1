"""One source: its jobs side by side, until its provider refuses our credentials or it is cancelled."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import structlog

from pipeline.clock import MINUTE_MS
from pipeline.log import LogUnusable
from pipeline.settings import SourceSettings
from pollers.answers import LoginRefused, Question
from pollers.desk import Desk, Tools
from pollers.http import Http, Limits
from pollers.jobs import Job
from pollers.messages import Messages
from pollers.open_messages import OpenMessages
from pollers.providers import providers
from pollers.schedule import Policy
from pollers.state import StateUnusable
from pollers.timeouts import TimeOuts
from pollers.together import side_by_side
from schemas.adapter import Adapter

AHEAD_MS = 5_000
"""At most so much of what the rate allows is chosen at a time, and few for each request that may be open: what
becomes due meanwhile must not wait for long.
"""
QUEUED = 4
IDLE_MS = 1_000
MISTAKE_SECONDS = 60.0

log = structlog.get_logger(__name__)


async def poll(settings: SourceSettings, adapter: Adapter, tools: Tools) -> None:
    """Ask for ever. Returns where there is nothing (more) to be asked. Raises LogUnusable, StateUnusable."""
    try:
        await side_by_side([_ask(settings, adapter, tools), _time_out(settings, tools)])
    finally:
        await tools.keeper.settled()


async def poll_once(settings: SourceSettings, adapter: Adapter, tools: Tools) -> None:
    """One round of each job. Raises NotAnswered, LoginRefused, and what `poll` raises."""
    try:
        async with _jobs(settings, adapter, tools) as jobs:
            for job in jobs:
                await job.round()
    finally:
        await tools.keeper.settled()


async def _ask(settings: SourceSettings, adapter: Adapter, tools: Tools) -> None:
    name = settings.source.name
    tools.state.note_begun(name)
    try:
        async with _jobs(settings, adapter, tools) as jobs:
            await side_by_side(_for_ever(job, name) for job in jobs)
    except LoginRefused as refused:
        tools.state.note_stopped(name, str(refused))
        log.error("stopped", source=name, reason=str(refused), hint="mend it in secrets.toml, then `delivrd reload`")


async def _time_out(settings: SourceSettings, tools: Tools) -> None:
    """These need no credentials, so they go on where the asking has stopped."""
    name, after = settings.source.name, settings.poll and settings.poll.unknown_after
    if after:
        look = partial(tools.ledger.silent, name)
        await _for_ever(TimeOuts(name, look, tools.keeper, tools.clock, after).job, name)


async def _for_ever(job: Job, source: str) -> None:
    while True:
        try:
            more = await job.round()
        except (LoginRefused, LogUnusable, StateUnusable):
            raise
        except Exception as error:
            log.error("poll_failed", source=source, job=job.name, exc_info=error)
            await asyncio.sleep(MISTAKE_SECONDS)
        else:
            await asyncio.sleep(0 if more else job.every / 1000)


@contextlib.asynccontextmanager
async def _jobs(settings: SourceSettings, adapter: Adapter, tools: Tools) -> AsyncIterator[Sequence[Job]]:
    """What is to be done for a source; nothing where its provider has nothing to be asked.

    Raises LoginRefused where a credential is missing.
    """
    poll = settings.poll
    if poll is None or settings.provider not in providers:
        yield []
        return
    source, provider = settings.source, providers[settings.provider](settings, poll)
    missing = ", ".join(f"sources.{source.name}.{key}" for key in provider.missing())
    if missing:
        raise LoginRefused(f"{missing} is missing in secrets.toml")

    def messages(question: Callable[[str], Question], policy: Policy) -> Job:
        found = OpenMessages(source.name, lambda: tools.ledger.open(source.name, tools.clock() - policy.give_up))
        room = min(poll.per_minute * AHEAD_MS // MINUTE_MS, poll.concurrent * QUEUED)
        return Job("messages", IDLE_MS, Messages(desk, question, found, policy, room).round)

    base_url, limits = poll.base_url or provider.base_url, Limits(poll.timeout / 1000, poll.concurrent)
    async with Http(base_url, tools.paces.of(source.name, base_url, poll.per_minute), limits) as http:
        desk = Desk(source, adapter, provider, http, tools)
        yield provider.jobs(desk, messages)
