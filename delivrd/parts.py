"""The pieces that several commands put together from the settings."""

import contextlib
from collections.abc import Iterator, Mapping

from delivrd.locks import alone, exchanging
from pipeline.archive.archive import Archive
from pipeline.archive.target import open_target
from pipeline.event_log import EventLog, LogPlace, open_event_log
from pipeline.servers import STORE
from pipeline.settings import Settings
from pipeline.spool.place import spool_place, spool_stats
from pipeline.sqlite_log.access import SqliteFiles
from pipeline.warehouse import Setup, Warehouse
from pipeline.warehouse.beside import begun, finish
from pipeline.warehouse.retention import Retention, apply_retention
from schemas.adapter import Source
from schemas.forgotten import Forgotten


@contextlib.contextmanager
def archive_of(settings: Settings) -> Iterator[Archive | None]:
    """The archive, closed at the end; None where the settings name none."""
    place = settings.archive_place
    if place is None:
        yield None
        return
    with store_client(settings) as client:
        yield Archive(open_target(place), client)


def store(settings: Settings) -> Warehouse:
    """A client of the store, as the writer."""
    warehouse = settings.warehouse
    return Warehouse(warehouse.servers, warehouse.writer_user, warehouse.writer_password, STORE)


def reader(settings: Settings) -> Warehouse:
    """A client for people: the public views, read only."""
    warehouse = settings.warehouse
    return Warehouse(warehouse.servers, warehouse.reader_user, warehouse.reader_password)


@contextlib.contextmanager
def store_client(settings: Settings) -> Iterator[Warehouse]:
    """The store's client, closed at the end."""
    client = store(settings)
    try:
        yield client
    finally:
        client.close()


def check(settings: Settings) -> None:
    """Raises Setup where the tables are not those that this version wants, and Retry."""
    # It takes longer to load than all else of a command; few need it.
    from pipeline.warehouse.migrations import check_current

    with store_client(settings) as client:
        check_current(client)
        work = begun(client)
        if work and work.state == "decided":
            raise Setup("a rebuild was cut off while rows were exchanged; run `delivrd migrate` to finish it")


def prepare(settings: Settings) -> list[int]:
    """Bring the tables up to date; the migrations that were applied. Raises Retry, Setup."""
    from pipeline.warehouse.migrations import migrate

    with store_client(settings) as client:
        work = begun(client)
        if work and work.state != "begun":
            with exchanging(settings), alone(settings):
                finish(client)
        applied = migrate(client)
        apply_retention(client, retention(settings))
    return applied


@contextlib.contextmanager
def event_log(settings: Settings) -> Iterator[EventLog]:
    """The event log, whichever it is; closed at the end."""
    with contextlib.closing(open_event_log(_place(settings))) as log:
        yield log


def _place(settings: Settings) -> LogPlace:
    folder = settings.folder
    files = SqliteFiles(log=folder.log, state=folder.state, reserve_bytes=settings.log.reserve_bytes)
    return settings.log.kafka or files


def spooled(settings: Settings) -> int:
    """How many records wait in the spool of this data folder. Raises LogUnavailable, LogUnusable."""
    return spool_stats(spool_place(settings)).records if settings.on_cluster else 0


def sources_of(settings: Settings) -> Mapping[str, Source]:
    """The configured sources, as reading records needs them."""
    return {name: source.source for name, source in settings.sources.items()}


def forgotten_of(settings: Settings) -> Forgotten:
    """Who is to be forgotten. Raises Retry, Setup."""
    # It loads what reads records; who only asks does without.
    from consumers.forgetting import listed

    with store_client(settings) as client:
        return listed(client, settings.forget.key or "")


def retention(settings: Settings) -> Retention:
    """How long the warehouse keeps what."""
    warehouse = settings.warehouse
    return Retention(
        messages=warehouse.keep_days,
        texts=warehouse.keep_texts_days,
        dead_letters=warehouse.keep_dead_letters_days,
        figures=warehouse.keep_figures_days,
    )
