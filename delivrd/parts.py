"""The pieces that several commands put together from the settings."""

import contextlib
from collections.abc import Iterator, Mapping

from pipeline.event_log import EventLog, open_event_log
from pipeline.servers import STORE
from pipeline.settings import Settings
from pipeline.sqlite_log.access import SqliteFiles
from pipeline.warehouse import Warehouse
from schemas.adapter import Source

DAY_MS = 86_400_000


def store(settings: Settings) -> Warehouse:
    """A client of the store, as the writer."""
    warehouse = settings.warehouse
    return Warehouse(warehouse.servers, warehouse.writer_user, warehouse.writer_password, STORE)


@contextlib.contextmanager
def store_client(settings: Settings) -> Iterator[Warehouse]:
    """The same, closed at the end."""
    client = store(settings)
    try:
        yield client
    finally:
        client.close()


@contextlib.contextmanager
def event_log(settings: Settings) -> Iterator[EventLog]:
    """The event log, whichever it is; closed at the end."""
    folder = settings.folder
    place = SqliteFiles(log=folder.log, state=folder.state, reserve_bytes=settings.log.reserve_bytes)
    with contextlib.closing(open_event_log(place)) as log:
        yield log


def sources_of(settings: Settings) -> Mapping[str, Source]:
    """The configured sources, as reading records needs them."""
    return {name: source.source for name, source in settings.sources.items()}


def oldest_home(settings: Settings, now: int) -> int:
    """The home (ms) before which events are past their retention."""
    return now - settings.warehouse.keep_days * DAY_MS if settings.warehouse.keep_days else 0
