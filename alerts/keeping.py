"""Alarms and what was told of them, in the warehouse."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from alerts.alarms import Change
from alerts.kinds import Kind, Severity
from alerts.scope import Scope
from alerts.told import Telling
from pipeline.clock import MINUTE_MS
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse


class NoteState(StrEnum):
    """How far the telling of a change came. What is `sending` was begun, and is never begun again."""

    FAILED = "failed"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given up"


class Note(NamedTuple):
    """One target told of one change, or not; `at` is UTC milliseconds. `holder` is the alerter that does it."""

    id: str
    number: int
    reminder: int
    target: str
    state: NoteState
    tries: int
    at: int
    problem: str
    holder: str = ""


def keep(store: Warehouse, told: Iterable[Telling], minute: int, why: str = "judged") -> None:
    """The changes of a minute. Of those that are kept twice the first ones count. Raises Retry, Refused, Setup."""
    rows = [_row(one) for one in told]
    if rows:
        store.insert("alerts", {name: [row[name] for row in rows] for name in rows[0]}, f"alerts {why} {minute}")


def changes(store: Warehouse, since: int) -> list[Telling]:
    """All changes of the alarms that were open at the minute `since` or opened after it, in their order."""
    return [_telling(row) for row in store.query(load_sql("alerts/changes"), {"since": since * MINUTE_MS})]


def keep_note(store: Warehouse, note: Note) -> None:
    """The last word on one telling. Raises Retry, Refused, Setup."""
    _keep_note(store, note, str(note.at))


def begin_note(store: Warehouse, note: Note) -> bool:
    """Note that the telling begins. False where another alerter has begun it before. Raises Retry, Refused, Setup.

    All who try insert with the same token, of which the table takes the first, whoever leads.
    """
    _keep_note(store, note, f"try {note.tries}")
    same = (note.number, note.reminder, note.target)
    [stands] = [one for one in notes(store, [note.id]) if (one.number, one.reminder, one.target) == same]
    return stands == note


def _keep_note(store: Warehouse, note: Note, token: str) -> None:
    columns = {name: [value] for name, value in note._asdict().items()}
    name = f"note {note.id} {note.number} {note.reminder} {note.target} {note.state} {token}"
    store.insert("alert_notes", columns, name)


def notes(store: Warehouse, ids: Iterable[str]) -> list[Note]:
    """What was told of these alarms. Raises Retry, Setup."""
    found = store.query(load_sql("alerts/notes"), {"ids": list(ids)})
    return [Note(row[0], row[1], row[2], row[3], NoteState(row[4]), row[5], row[6], row[7], row[8]) for row in found]


def last_words(store: Warehouse, since: int) -> list[tuple[str, Note]]:
    """The last word on each target since a moment (UTC ms). Raises Retry, Setup."""
    return [
        (target, Note(name, 0, 0, target, NoteState(state), tries, at, problem))
        for target, (name, state, tries, problem), at in store.query(load_sql("alerts/last_words"), {"since": since})
    ]


def _row(one: Telling) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "change": one.change,
        "changed_at": one.minute * MINUTE_MS,
        "kind": one.kind,
        "severity": one.severity,
        **one.scope._asdict(),
        "onset_at": one.onset * MINUTE_MS,
        "opened_at": one.opened * MINUTE_MS,
        "ended_at": None if one.ended is None else one.ended * MINUTE_MS,
        "bad": one.k,
        "messages": one.n,
        "usual": one.usual,
        "worst_normal": one.worst_normal,
        "score": one.score,
        "also": list(one.also),
    }


def _telling(row: tuple[Any, ...]) -> Telling:
    name, number, change, changed, kind, severity, source, country, carrier, onset, opened, ended, *figures, also = row
    bad, messages, usual, worst_normal, score = figures
    return Telling(
        id=name,
        number=number,
        change=Change(change),
        minute=changed // MINUTE_MS,
        kind=Kind(kind),
        severity=Severity(severity),
        scope=Scope(source, country, carrier),
        onset=onset // MINUTE_MS,
        opened=opened // MINUTE_MS,
        ended=None if ended is None else ended // MINUTE_MS,
        k=bad,
        n=messages,
        usual=usual,
        worst_normal=worst_normal,
        score=score,
        also=tuple(Kind(one) for one in also),
    )


def progress(store: Warehouse) -> int:
    """The first minute that was not judged yet; 0 where none was. Raises Retry, Setup."""
    [(minute,)] = store.query(load_sql("alerts/progress"))
    return int(minute)


def keep_progress(store: Warehouse, minute: int) -> None:
    """All minutes before this one are judged. Raises Retry, Refused, Setup."""
    store.insert("alert_progress", {"name": ["alerter"], "judged_at": [minute * MINUTE_MS]}, f"judged {minute}")
