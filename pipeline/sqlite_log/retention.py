"""What of the consumed records is kept, and how they go without making an append wait."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog

from pipeline.log import LogFull, LogUnavailable, LogUnusable
from pipeline.sqlite_log.group_commit import GroupCommit
from pipeline.sqlite_log.state import read_state
from pipeline.sqlite_log.writer import SqliteWriter

_ROUND_SECONDS = 5.0
_PAUSE_SECONDS = 0.005
_SLACK_BYTES = 64 * 1024 * 1024
"""Room that pruning made and that the next records take again; shortening the file for it would be work in vain."""

_log = structlog.get_logger()


class Keep(NamedTuple):
    """How long consumed records are kept: this long (ms), and while the log has not more than this (bytes)."""

    age_ms: int
    max_bytes: int | None = None


def retain(writer: SqliteWriter, keep: Keep, consumed: int, now_ms: int, archived: int | None = None) -> bool:
    """One step of a few milliseconds; True if there is more to do. `consumed` is the consumer's next offset.

    Where there is an archive, `archived` is its next offset: what it does not have yet stays.

    Where the disk nears the writer's reserve (a quarter more than it), every consumed record may go and
    the file is shortened to what it needs, archived or not: an old report can be done without, a new one cannot.
    What was not consumed never goes.
    """
    scarce = writer.free_bytes() < writer.reserve_bytes + writer.reserve_bytes // 4
    upto = consumed if scarce or archived is None else min(consumed, archived)
    if writer.prune(upto, now_ms - keep.age_ms, 0 if scarce else keep.max_bytes):
        return True
    return writer.give_back(0 if scarce else _SLACK_BYTES)


async def keep_pruned(
    commit: GroupCommit,
    state_path: Path,
    keep: Keep,
    clock: Callable[[], int],
    archived: Callable[[str], int | None] = lambda _: None,
) -> None:
    """Prune for as long as it runs, in steps between the batches of `commit`. `clock` gives UTC in ms.

    `archived` says of a log id how far it is archived, None where there is no archive.
    """
    while True:
        try:
            log_id = await commit.run(lambda writer: writer.log_id)
            consumed, _ = await asyncio.to_thread(read_state, state_path, log_id)
            step = partial(retain, keep=keep, consumed=consumed, now_ms=clock(), archived=archived(log_id))
            while await commit.run(step):
                await asyncio.sleep(_PAUSE_SECONDS)
        except (LogFull, LogUnavailable, LogUnusable) as error:
            _log.warning("the log could not be pruned", reason=str(error))
        await asyncio.sleep(_ROUND_SECONDS)
