"""Taking away what the consumer is done with, in steps that appends hardly notice."""

import asyncio
from pathlib import Path

import structlog

from pipeline.clock import Clock
from pipeline.log import LogFull, LogUnavailable
from pipeline.settings import LogSettings
from pipeline.sqlite_log import GroupCommit, LogUnusable, SqliteWriter, read_state

INTERVAL_SECONDS = 60.0

_DAY_MS = 86_400_000
_PAUSE_SECONDS = 0.01
_KEEP_EMPTY_BYTES = 64 * 1024 * 1024
_log = structlog.get_logger()


async def prune_forever(appender: GroupCommit, state: Path, settings: LogSettings, clock: Clock) -> None:
    """Prune now and then until cancelled. A failure is logged; the next turn tries again."""
    while True:
        try:
            await prune(appender, state, settings, clock)
        except (LogFull, LogUnavailable, LogUnusable, OSError) as error:
            _log.warning("pruning_failed", error=str(error))
        await asyncio.sleep(INTERVAL_SECONDS)


async def prune(appender: GroupCommit, state: Path, settings: LogSettings, clock: Clock) -> int:
    """Remove consumed records that are too old or too many, and give their room back. How many went."""
    log_id = await appender.run(lambda writer: writer.log_id)
    consumed = (await asyncio.to_thread(read_state, state, log_id)).offset
    oldest = clock() - settings.keep_days * _DAY_MS

    def step(writer: SqliteWriter) -> int:
        return writer.prune(consumed, oldest, settings.max_bytes)

    pruned = 0
    while gone := await appender.run(step):
        pruned += gone
        await asyncio.sleep(_PAUSE_SECONDS)
    more = True
    while more:
        await asyncio.sleep(_PAUSE_SECONDS)
        more = await appender.run(lambda writer: writer.give_back(_KEEP_EMPTY_BYTES))
    return pruned
