"""The archiver process, wired: it looks every few minutes what has come of age, until it is told to end."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import msgspec
import structlog

from consumers.forgetting import forget_record, listed
from consumers.known import known_sources
from delivrd.heeding import heeding
from delivrd.parts import archive_of, event_log, sources_of, store_client
from delivrd.restored import check_one_life
from pipeline.archive.archive import Archive
from pipeline.archive.files import ArchiveFile
from pipeline.archive.filling import fill
from pipeline.archive.listing import end_of
from pipeline.archive.progress import Progress, read_progress, write_progress
from pipeline.archive.target import ArchiveUnavailable, Place
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.log import Entry, LogUnavailable, LogUnusable
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse
from pipeline.warehouse.errors import WarehouseError
from schemas.adapter import Source
from schemas.forgotten import Forgotten
from schemas.providers import adapters

ROUND_SECONDS = 300.0
RETRY_SECONDS = 10.0
FULL_SHARE = 0.75
"""From this share of `log.max_size` on, whatever was consumed is archived, so that the log can shrink."""

log = structlog.get_logger(__name__)


def run(settings: Settings, place: Place) -> None:
    """Archive until SIGTERM or SIGINT; a file that was begun then is begun anew at the next start."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    seen: set[str] = set()
    while not ending.is_set():
        done = _round(settings, place, ending.is_set, seen)
        ending.wait(ROUND_SECONDS if done else RETRY_SECONDS)


def _round(settings: Settings, place: Place, told_to_end: Callable[[], bool], seen: set[str]) -> bool:
    """Whether it could be done."""
    try:
        with event_log(settings) as events, archive_of(settings) as archive:
            if archive is None:
                return True
            for file in archive_now(settings, events, archive, seen=seen):
                log.info("archived", file=file.name)
                if told_to_end():
                    break
    except (ArchiveUnavailable, WarehouseError, LogUnavailable, LogUnusable) as error:
        log.warning("not_archived", reason=str(error))
        _note(settings, msgspec.structs.replace(read_progress(settings.folder.archived, place.url), problem=str(error)))
        return False
    return True


def archive_now(
    settings: Settings,
    events: EventLog,
    archive: Archive,
    *,
    eager: bool = False,
    seen: set[str] | None = None,
) -> Iterator[ArchiveFile]:
    """What `fill` does, of what has come of age by the settings, with a word of how far it came.

    `seen` are the names of files that need not be looked through for who is forgotten; those that are, are added.
    """
    seen = set() if seen is None else seen
    archive.tidy()
    there = archive.files()
    until = {log_id: end_of(files) for (log_id, _), files in there.items()}
    assert settings.archive_place is not None
    check_one_life(settings.folder, settings.archive_place.url, until)
    _tell(settings, until)
    with store_client(settings) as store:
        if settings.on_cluster:
            for files in there.values():
                _make_up(settings, archive, store, files[-1], seen)
        write = partial(_write, settings, archive, store)
        for file in fill(events, there, _before(settings, events), write, eager=eager):
            seen.add(file.name)
            until[file.log_id] = file.last + 1
            _tell(settings, until)
            yield file


def _write(
    settings: Settings, archive: Archive, store: Warehouse, log_id: str, partition: int, entries: Sequence[Entry]
) -> ArchiveFile:
    """Without those who are forgotten by then."""
    sources = known_sources(store, sources_of(settings))
    with heeding(settings, store) as known:
        file = archive.write(log_id, partition, _cleared(entries, known, sources))
    _look_again(settings, archive, store, file, entries, known)
    return file


def _make_up(settings: Settings, archive: Archive, store: Warehouse, file: ArchiveFile, seen: set[str]) -> None:
    """Who wrote the newest file may have been killed before he looked again."""
    if file.name not in seen:
        nobody = Forgotten(settings.forget.key or "")
        if listed(store, settings.forget.key or ""):
            _look_again(settings, archive, store, file, archive.read(file), nobody)
        seen.add(file.name)


def _look_again(
    settings: Settings,
    archive: Archive,
    store: Warehouse,
    file: ArchiveFile,
    entries: Sequence[Entry],
    known: Forgotten,
) -> None:
    """Who was forgotten on another machine meanwhile may have been looked for before the file was there."""
    sources = known_sources(store, sources_of(settings))
    while len(now := listed(store, settings.forget.key or "")) > len(known):
        known = now
        archive.replace(file, _cleared(entries, known, sources))


def _cleared(entries: Sequence[Entry], forgotten: Forgotten, sources: Mapping[str, Source]) -> Sequence[Entry]:
    return [Entry(entry.offset, forget_record(entry.record, forgotten, sources, adapters)) for entry in entries]


def _before(settings: Settings, events: EventLog) -> int:
    now = now_ms()
    size = sum(part.disk_bytes or 0 for part in events.stats())
    return now + 1 if size > FULL_SHARE * settings.log.max_bytes else now - settings.archive.after_ms


def _tell(settings: Settings, until: Mapping[str, int]) -> None:
    place = settings.archive_place
    if place is not None and not settings.on_cluster:
        _note(settings, Progress(place.url, until))


def _note(settings: Settings, progress: Progress) -> None:
    try:
        write_progress(settings.folder.archived, progress)
    except OSError as error:  # what is in the archive stays in the log the longer
        log.warning("not_written_down", file=str(settings.folder.archived), cause=error.strerror)
