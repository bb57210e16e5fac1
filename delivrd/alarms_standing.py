"""How the watching for alarms stands, as rows of `delivrd status`."""

from collections.abc import Callable, Collection, Iterator

from alerts import keeping
from alerts.keeping import Note, NoteState
from delivrd.options import Place
from delivrd.parts import store_client
from pipeline.clock import MINUTE_MS
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse
from pipeline.warehouse.errors import Retry, Setup

BEHIND_MS = 10 * MINUTE_MS
SHOWN_MS = 2 * 24 * 60 * MINUTE_MS
SURE_MS = MINUTE_MS
"""What was begun longer ago has ended in one way or another."""

Row = tuple[str, str, bool]


def alarm_rows(place: Place, settings: Settings, now: int) -> Iterator[Row]:
    """How far was judged, and each target that was not told; nothing without targets or where nothing can be asked."""
    if not settings.alerts.targets:
        return
    try:
        with store_client(settings) as store:
            rows = list(standing_of(store, settings.alerts.targets, now, place.local))
    except (Retry, Setup):
        return
    yield from rows


def standing_of(store: Warehouse, targets: Collection[str], now: int, local: Callable[[int], str]) -> Iterator[Row]:
    """The same for these targets, with times as `local` writes them. Raises Retry, Setup."""
    judged = keeping.progress(store) * MINUTE_MS
    if not judged:
        yield "alarms", "nothing was judged yet", True
    else:
        behind = now - judged > BEHIND_MS
        why = ", as the alerter does not run, or records before that are still pending" * behind
        yield "alarms", f"judged until {local(judged)[:16]}{why}", not behind
    for name, note in keeping.last_words(store, now - SHOWN_MS):
        if name in targets:
            how, well = _said(note, local(note.at)[:19], now)
            yield f"target {name}", how, well


def _said(note: Note, at: str, now: int) -> tuple[str, bool]:
    if note.state is NoteState.SENT or (note.state is NoteState.SENDING and now - note.at < SURE_MS):
        return f"last told at {at}, of {note.id}", True
    if note.state is NoteState.SENDING:
        return f"the telling of {note.id} was cut off at {at}: it may not have come", False
    given_up = "given up after" if note.state is NoteState.GIVEN_UP else "tried"
    times = f"{note.tries} time{'s' * (note.tries != 1)}"
    return f"not told of {note.id}, {given_up} {times}, last at {at}: {note.problem}", False
