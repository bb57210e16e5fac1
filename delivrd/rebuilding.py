"""A rebuild from the first record: read into tables beside those that serve, and their rows exchanged."""

import contextlib
from collections.abc import Callable, Iterator

from consumers.lane import Reading
from consumers.memory import Memory
from consumers.readings import digest_of, present_reading
from consumers.rebuilding import catch_up, ends_of, remaining
from consumers.store import Store
from delivrd.errors import Trouble
from delivrd.locks import alone, exchanging
from delivrd.options import Place
from delivrd.parts import archive_of, event_log, retention, sources_of, store_client
from delivrd.pausing import standing_still
from delivrd.progress import progress
from pipeline.archive.archive import Archive
from pipeline.archive.history import History
from pipeline.clock import now_ms
from pipeline.event_log import EventLog
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse
from pipeline.warehouse.beside import (
    Begun,
    Held,
    begin,
    begun,
    beside,
    drop,
    exchange,
    finish,
    is_heedful,
    lost,
    unknown_sources,
)
from pipeline.warehouse.retention import Oldest
from pipeline.warehouse.rollups import settle
from schemas.providers import adapters

HOUR_MS = 3_600_000
LAST = 2**63 - 1
NEARLY = 20_000
"""So many records may be left to be read while the consumer stands still."""


def rebuild(place: Place, settings: Settings, say: Callable[[str], None], *, lossy: bool) -> int:
    """Read everything anew, and have it serve; how many records were read. Raises Trouble, and what its parts raise.

    The old rows serve until the end, and stay if it does not come to it.
    """
    sources = sources_of(settings)
    with store_client(settings) as live, event_log(settings) as log, archive_of(settings) as archive:
        work = begun(live)
        if work and work.state == "decided":
            say("finishing the exchange of a rebuild that was cut off")
            with exchanging(settings), standing_still(place, settings, live, say):
                finish(live)
            return 0
        if work and work.state == "begun" and work.digest == digest_of(sources):
            say("going on with the rebuild that was interrupted")
        else:
            work = _begin(place, settings, live, History(log, archive), say, lossy=lossy)
        reading = Reading(present_reading(live, sources, now_ms), sources, adapters)
        with contextlib.closing(beside(live)) as new:
            oldest = Oldest(work.boundary, retention(settings).oldest(now_ms()).dead_letter)
            store = Store(new, Memory(new), now_ms, lambda _: oldest, settings.forget.key or "")
            records = 0
            while (read := _catch_up(log, archive, store, reading)) > NEARLY:
                records += read
            records += read
            with exchanging(settings):
                records += _catch_up(log, archive, store, reading)
                settle(new)
                with standing_still(place, settings, live, say):
                    records += _catch_up(log, archive, store, reading)
                    settle(new)
                    _check_heedful(live)
                    exchange(live)
    return records


def give_up(settings: Settings, live: Warehouse) -> bool:
    """Leave nothing of a rebuild that did not come to its end; whether there was one.

    One that still runs ends with an error. Raises Trouble where it is exchanging rows just now.
    """
    with alone(settings):
        work = begun(live)
        if work and work.state == "decided":
            raise Trouble("A rebuild is exchanging rows just now. Run the same again when it is done")
        if work:
            drop(live)
    return work is not None


def _begin(
    place: Place, settings: Settings, live: Warehouse, history: History, say: Callable[[str], None], *, lossy: bool
) -> Begun:
    """Make the tables beside. Raises Trouble where something would not be in them, and that is not wanted."""
    # Whole hours: figures of what is older are carried over, and an hour is of the one or the other.
    boundary = retention(settings).oldest(now_ms()).home // HOUR_MS * HOUR_MS
    held = [(*one, *offsets) for one in history.partitions for offsets in history.ranges(one)]
    # And what comes meanwhile.
    held += [(part.log_id, part.partition, part.end, LAST) for part in history.parts]
    for loss, instead in (*_unreadable(settings, live, boundary), *_not_held(place, live, held, boundary)):
        if not lossy:
            raise Trouble(f"{loss}. Nothing was changed. {instead}")
        say(loss)
    work = Begun(digest_of(sources_of(settings)), boundary)
    with alone(settings):  # somebody may be leaving nothing of an earlier one just now
        begin(live, work, held, retention(settings))
    return work


def _unreadable(settings: Settings, live: Warehouse, boundary: int) -> Iterator[tuple[str, str]]:
    """What came of a source that is not configured any more, which cannot be read, and what can be done instead."""
    unknown = unknown_sources(live, settings.sources, boundary)
    if unknown:
        loss = (
            f"The warehouse holds reports of sources that the settings do not name any more: {', '.join(unknown)}. "
            "Made anew, these are dead letters"
        )
        instead = f"Put them back in {settings.config} as they were (it needs no secret)"
        yield loss, f"{instead}; `delivrd rebuild --all --lossy` goes without them"


def _not_held(place: Place, live: Warehouse, held: Held, boundary: int) -> Iterator[tuple[str, str]]:
    """What neither log nor archive holds any more, which cannot be read either, and what can be done instead."""
    count, oldest = lost(live, held, boundary)
    if count:
        loss = (
            f"Log and archive do not reach back as far as the warehouse: of {count} facts, the oldest of "
            f"{place.local(oldest)}, the records are gone, and tables made anew lack them"
        )
        instead = "`delivrd replay` reads what is there and leaves the rest"
        yield loss, f"`delivrd rebuild --all --lossy` leaves them out; {instead}"


def _check_heedful(live: Warehouse) -> None:
    """Who was listed while it began would be back in the new tables, and `forget` may have found nothing to give up."""
    if not is_heedful(live):
        drop(live)
        raise Trouble(
            "Somebody was to be forgotten after the rebuild had begun, and the new tables were made without knowing "
            "it. They are dropped, and the old ones go on serving. Run `delivrd rebuild --all` again"
        )


def _catch_up(log: EventLog, archive: Archive | None, store: Store, reading: Reading) -> int:
    """Read all that has come so far; how many records that was."""
    history = History(log, archive)
    ends = ends_of(history)
    records = 0
    with progress("reading", remaining(history, store, ends)) as advance:
        for count in catch_up(history, store, ends, reading):
            advance(count)
            records += count
    return records
