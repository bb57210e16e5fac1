"""The data folder's locks: of those who must not work at the same time.

A lock goes with the process that holds it, so that a command which is killed leaves nobody waiting.
"""

import contextlib
from contextlib import AbstractContextManager
from pathlib import Path

from pipeline.filesystem import locked
from pipeline.settings import Settings


def lock(settings: Settings, path: Path, *, shared: bool = False) -> AbstractContextManager[None]:
    """Holds one of the data folder's locks. On a cluster there is no such place, and nothing is locked."""
    return contextlib.nullcontext() if settings.on_cluster else locked(path, shared=shared)


def alone(settings: Settings) -> AbstractContextManager[None]:
    """Within the block nobody else is in it on this data folder."""
    return lock(settings, settings.folder.pause)


def exchanging(settings: Settings) -> AbstractContextManager[None]:
    """Within the block the rows of tables may be exchanged, which others must not see half done.

    It is entered before one is alone, or others stand still: it may have to be waited for.
    """
    return lock(settings, settings.folder.exchange)


def unexchanged(settings: Settings) -> AbstractContextManager[None]:
    """Within the block nobody exchanges the rows of tables."""
    return lock(settings, settings.folder.exchange, shared=True)
