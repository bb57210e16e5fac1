"""Alarms as rows for people and as JSON for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from alerts.told import Telling
from alerts.words import where
from delivrd.options import Place

MINUTE_MS = 60_000
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


def as_json(alarm: Telling) -> dict[str, Any]:
    """The same as an object. An alarm rings when its minute is over."""
    return {
        "id": alarm.id,
        "start": _end(alarm.opened) // 1000,
        "end": _end(alarm.ended) // 1000 if alarm.ended else None,
        "onset": alarm.onset * 60,
        "kind": alarm.kind,
        "severity": alarm.severity,
        "scope": alarm.scope._asdict(),
        "bad": alarm.k,
        "of": alarm.n,
        "usual": round(alarm.usual, 4),
        "worst_normal": round(alarm.worst_normal, 4),
        "score": alarm.score,
        "also": alarm.also,
        "changes": alarm.number,
    }


def _end(minute: int) -> int:
    return (minute + 1) * MINUTE_MS
