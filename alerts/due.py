"""Who is to be told of what: decided from what happened and what was told, so that a restart asks anew. Pure."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from alerts.alarms import Change
from alerts.keeping import Note, NoteState
from alerts.kinds import Severity
from alerts.rules import fits
from alerts.scope import Scope
from alerts.told import Telling
from pipeline.settings.alerts import AlertsSettings, AlertTarget

FIRST_PAUSE_MS = 10_000
LONGEST_PAUSE_MS = 300_000
MOST_TRIES = 20
"""More than an hour; then a change is given up, and the next one is told."""


class Due(NamedTuple):
    """A change that a target is to be told now, how often that has failed, and when (UTC ms) it last did."""

    target: str
    telling: Telling
    number: int
    reminder: int
    tries: int
    after: int = 0


def due(
    changes: Iterable[Telling],
    notes: Iterable[Note],
    settings: AlertsSettings,
    now: int,
    acknowledged: Collection[str] = (),
) -> Iterator[Due]:
    """At most one change for each alarm and target, in the order of the alarms. `now` is in UTC milliseconds.

    An alarm that was over before anybody was told of it is told to nobody; who was told of it is told of its end.
    Nobody is reminded of those that are `acknowledged` (ids).
    """
    told: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        told.setdefault((note.id, note.target), []).append(note)
    last: dict[str, Telling] = {}
    for change in changes:
        last[change.id] = change
    for telling in sorted(last.values(), key=lambda one: (one.opened, one.id)):
        for name, target in settings.targets.items():
            found = _due(telling, name, target, told.get((telling.id, name), []), settings, now)
            if found is not None and not (found.reminder and telling.id in acknowledged):
                yield found


def _due(
    telling: Telling, name: str, target: AlertTarget, notes: list[Note], settings: AlertsSettings, now: int
) -> Due | None:
    settled = [note for note in notes if note.state is not NoteState.FAILED]
    over = telling.change is Change.RESOLVED
    if not settled:
        if over or not _wants(target, telling) or is_muted(telling, settings, now):
            return None
        number, reminder = 1, 0
    elif telling.number > max(note.number for note in settled):
        number, reminder = telling.number, 0
    else:
        latest = max(settled, key=lambda note: note.at)
        page = telling.severity is Severity.PAGE
        if over or not page or now - latest.at < settings.remind_seconds * 1000 or is_muted(telling, settings, now):
            return None
        number, reminder = latest.number, latest.reminder + 1
    tries = next((note.tries for note in notes if (note.number, note.reminder) == (number, reminder)), 0)
    failed_at = max((note.at for note in notes if note.state is NoteState.FAILED), default=0)
    if tries and now - failed_at < min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)):
        return None
    return Due(name, telling, number, reminder, tries, failed_at)


def is_muted(telling: Telling, settings: AlertsSettings, now: int) -> bool:
    """Whether nobody is to be told now: muted, under maintenance, or a notice in the quiet hours."""
    if telling.severity is Severity.NOTICE and settings.is_quiet(now):
        return True
    for rule in settings.rules:
        if rule.mute_until and fits(rule, telling.kind, telling.scope) and now < settings.moment(rule.mute_until):
            return True
    return any(
        settings.moment(one.begins) <= now < settings.moment(one.ends)
        and Scope(one.source, one.country, one.carrier).contains(telling.scope)
        for one in settings.maintenance
    )


def _wants(target: AlertTarget, telling: Telling) -> bool:
    return target.least == "notice" or telling.severity is Severity.PAGE
