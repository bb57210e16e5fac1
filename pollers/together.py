"""Running things side by side, where one that fails ends them all."""

import asyncio
from collections.abc import Awaitable, Iterable


async def side_by_side(runs: Iterable[Awaitable[None]]) -> None:
    """Return when all have ended. The first exception is raised, once the others were cancelled."""
    tasks = [asyncio.ensure_future(run) for run in runs]
    if not tasks:
        return
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
