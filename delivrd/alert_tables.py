"""Alarms as rows for people and as JSON for programs."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from alerts.figures import Outcome
from alerts.keeping import Note
from alerts.reading import minutes
from alerts.told import Telling, as_json
from alerts.words import where
from delivrd.options import Place
from pipeline.clock import MINUTE_MS
from pipeline.warehouse import Warehouse

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
    until = place.local(end_of(alarm.ended))[:16] if alarm.ended else "firing"
    since = place.local(end_of(alarm.opened))[:16]
    return alarm.id, since, until, alarm.severity, alarm.kind, where(alarm.scope), alarm.figures, alarm.number


def json_line(alarm: Telling) -> str:
    """One alarm as documented in docs/alarms.md: times in seconds since 1970, null for any."""
    return msgspec.json.encode(as_json(alarm)).decode()


def history(changes: Iterable[Telling], place: Place) -> list[Sequence[object]]:
    """Each change of an alarm."""
    return [
        (place.local(end_of(one.minute))[:16], one.change, one.severity, one.kind, where(one.scope), one.figures)
        for one in changes
    ]


def told_rows(notes: Iterable[Note], place: Place) -> list[Sequence[object]]:
    """Who was told when."""
    ordered = sorted(notes, key=lambda note: (note.at, note.target))
    return [(note.target, place.local(note.at)[:19], note.state, note.problem) for note in ordered]


def ends_of(store: Warehouse, alarm: Telling) -> Iterator[tuple[int, int, int]]:
    """The ends of messages by five minutes around an alarm: the first minute, how many failed, of how many."""
    begin = (alarm.onset - BEFORE) // STEP * STEP
    end = min((alarm.ended or alarm.minute) + AFTER, begin + LONGEST)
    ends: dict[int, tuple[int, int]] = {}
    for figures in minutes(store, begin, end):
        for heard in figures.heard:
            if heard.outcome is not Outcome.SUBMITTED and alarm.scope.contains(heard.route):
                step = figures.minute // STEP * STEP
                failed, messages = ends.get(step, (0, 0))
                bad = heard.outcome is not Outcome.DELIVERED
                ends[step] = failed + heard.messages * bad, messages + heard.messages
    for minute in range(begin, end, STEP):
        yield minute, *ends.get(minute, (0, 0))


def chart(store: Warehouse, alarm: Telling, place: Place) -> Iterator[str]:
    """The same as lines, with the share that failed as a bar."""
    for minute, failed, messages in ends_of(store, alarm):
        bar = "█" * round(WIDTH * failed / messages) if messages else ""
        mark = " ◀ rang" if minute <= alarm.opened < minute + STEP else ""
        at = place.local(minute * MINUTE_MS)[11:16]
        yield f"{at}  {failed:>6} of {messages:>6} failed  {bar:<{WIDTH}}{mark}".rstrip()


def end_of(minute: int) -> int:
    """When a minute is over (UTC ms): what rings in it rings then."""
    return (minute + 1) * MINUTE_MS
