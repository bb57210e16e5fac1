"""The receiver of a cluster, wired: the public port, and a private one of its own beside it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from console.serve import serving
from delivrd.private import private_app
from delivrd.serving import Load
from pipeline import metrics
from pipeline.settings import Settings
from receiver.serve import run

LOOK_SECONDS = 5.0


def receive(settings: Settings, load: Load) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP calls `load`."""

    def beside(ready: Callable[[], Awaitable[bool]]) -> AbstractAsyncContextManager[None]:
        loop = asyncio.get_running_loop()

        async def look() -> bool:
            return await ready()

        def problem() -> str:
            found = asyncio.run_coroutine_threadsafe(look(), loop).result(LOOK_SECONDS)
            return "" if found else "neither Kafka nor the spool takes records"

        return serving(private_app(settings.console, problem, metrics.exposition), settings.console)

    run(settings, load, beside=beside)
