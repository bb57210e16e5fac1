"""Alarms as rows for people and as JSON for programs."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from alerts.figures import Outcome
from alerts.keeping import Note
from alerts.reading import minutes
from alerts.told import Telling, as_json
from alerts.words import where
from delivrd.options import Place
from pipeline.warehouse import Warehouse

MINUTE_MS = 60_000
BEFORE, AFTER, LONGEST, STEP = 30, 15, 360, 5
"""Minutes of the chart."""
WIDTH = 30
COLUMNS = ("id", "since", "until", "severity", "kind", "where", "figures", "changes")


def alarms_of(told: Iterable[Telling]) -> list[Telling]:
    """Each alarm that was opened among these changes, as it stood at its last one."""
    last: dict[str, Telling] = {}
    for one in told:
        if one.number == 1 or one.id in last:
            last[one.id] = one
    return list(last.values())


def row(alarm: Telling, place: Place) -> Sequence[object]:
    """One of COLUMNS."""
    until = place.local(_end(alarm.ended))[:16] if alarm.ended else "firing"
    since = place.local(_end(alarm.opened))[:16]
    return alarm.id, since, until, alarm.severity, alarm.kind, where(alarm.scope), alarm.figures, alarm.number


def json_line(alarm: Telling) -> str:
    """One alarm as documented in docs/alarms.md: times in seconds since 1970, null for any."""
    return msgspec.json.encode(as_json(alarm)).decode()


def history(changes: Iterable[Telling], place: Place) -> list[Sequence[object]]:
    """Each change of an alarm."""
    return [
        (place.local(_end(one.minute))[:16], one.change, one.severity, one.kind, where(one.scope), one.figures)
        for one in changes
    ]


def told_rows(notes: Iterable[Note], place: Place) -> list[Sequence[object]]:
    """Who was told when."""
    ordered = sorted(notes, key=lambda note: (note.at, note.target))
    return [(note.target, place.local(note.at)[:19], note.state, note.problem) for note in ordered]


def chart(store: Warehouse, alarm: Telling, place: Place) -> Iterator[str]:
    """The ends of messages by five minutes around an alarm: how many, and which share of them failed."""
    begin = (alarm.onset - BEFORE) // STEP * STEP
    end = min((alarm.ended or alarm.minute) + AFTER, begin + LONGEST)
    ends: dict[int, list[int]] = {}
    for figures in minutes(store, begin, end):
        for heard in figures.heard:
            if heard.outcome is not Outcome.SUBMITTED and alarm.scope.contains(heard.route):
                pair = ends.setdefault(figures.minute // STEP * STEP, [0, 0])
                pair[0] += heard.messages * (heard.outcome is not Outcome.DELIVERED)
                pair[1] += heard.messages
    for minute in range(begin, end, STEP):
        failed, messages = ends.get(minute, (0, 0))
        bar = "█" * round(WIDTH * failed / messages) if messages else ""
        mark = " ◀ rang" if minute <= alarm.opened < minute + STEP else ""
        at = place.local(minute * MINUTE_MS)[11:16]
        yield f"{at}  {failed:>6} of {messages:>6} failed  {bar:<{WIDTH}}{mark}".rstrip()


def _end(minute: int) -> int:
    return (minute + 1) * MINUTE_MS
