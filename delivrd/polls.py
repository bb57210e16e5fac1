"""How the asking of providers stands, for people."""

from collections.abc import Iterator

from delivrd.options import Place
from pipeline.clock import now_ms
from pipeline.settings import Settings
from pollers.state import StateUnusable, read_standings


def poll_rows(place: Place, settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """A line for each source that is polled, and for each of its questions that is not answered: what, how it stands,
    and whether that is well.
    """
    try:
        known = {one.source: one for one in read_standings(settings.folder.polls)}
    except StateUnusable as error:
        yield "polls", str(error), False
        return
    now = now_ms()
    for source in settings.polled:
        name = source.source.name
        found = known.get(name)
        if found is None or not (found.asked or found.stopped):
            yield f"poll {name}", "not asked yet", True
            continue
        asked, answered = (place.since(at, now) if at else "never" for at in (found.asked, found.answered))
        times = f"last asked {asked}, last answered {answered}"
        yield f"poll {name}", f"stopped: {found.stopped}; {times}" if found.stopped else times, not found.stopped
        for one in found.failing:
            yield f"poll {name}", f"no answer to {one.subject} since {place.since(one.since, now)}: {one.reason}", False
