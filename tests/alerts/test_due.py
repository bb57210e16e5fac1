"""Who is told of what, from what happened and what was told."""

from typing import Any

import msgspec
import pytest

from alerts.alarms import Change
from alerts.due import due
from alerts.keeping import Note, NoteState
from alerts.kinds import Kind, Severity
from alerts.scope import Scope
from alerts.told import Telling
from pipeline.settings.alerts import AlertsSettings

NOW = 1_767_700_800_000
"""2026-01-06, 12:00 UTC."""
MINUTE = NOW // 60_000
OPENED = Telling(
    id="alarm", number=1, change=Change.OPENED, minute=MINUTE, kind=Kind.FAILURES, severity=Severity.PAGE,
    scope=Scope("a", "BR"), onset=MINUTE - 5, opened=MINUTE, ended=None, k=18, n=20, usual=0.05, worst_normal=0.2,
    score=14.0,
)  # fmt: skip
UPDATED = msgspec.structs.replace(OPENED, number=2, change=Change.UPDATED, scope=Scope("a"))
RESOLVED = msgspec.structs.replace(UPDATED, number=3, change=Change.RESOLVED, ended=MINUTE + 30)
HOUR = 3_600_000


def told(number: int = 1, state: NoteState = NoteState.SENT, at: int = NOW, tries: int = 1, reminder: int = 0) -> Note:
    return Note("alarm", number, reminder, "oncall", state, tries, at, "")


def settings(**changed: Any) -> AlertsSettings:
    return AlertsSettings.model_validate({"targets": {"oncall": {"url": "json://x"}}, **changed})


@pytest.mark.parametrize(
    ("changes", "notes", "now", "expected"),
    [
        ([OPENED], [], NOW, [(1, 0)]),
        ([OPENED], [told()], NOW, []),
        ([OPENED], [told(state=NoteState.SENDING)], NOW + HOUR, []),
        ([OPENED, UPDATED], [told()], NOW, [(2, 0)]),
        ([OPENED, UPDATED], [], NOW, [(1, 0)]),
        ([OPENED, UPDATED, RESOLVED], [], NOW, []),
        ([OPENED, UPDATED, RESOLVED], [told()], NOW, [(3, 0)]),
        ([OPENED, UPDATED, RESOLVED], [told(), told(3)], NOW + 9 * HOUR, []),
        ([OPENED], [told()], NOW + 4 * HOUR, [(1, 1)]),
        ([OPENED], [told(), told(at=NOW + 4 * HOUR, reminder=1)], NOW + 5 * HOUR, []),
        ([OPENED], [told(state=NoteState.FAILED)], NOW + 9_000, []),
        ([OPENED], [told(state=NoteState.FAILED)], NOW + 10_000, [(1, 0)]),
        ([OPENED], [told(state=NoteState.FAILED, tries=9)], NOW + 299_000, []),
        ([OPENED, UPDATED], [told(state=NoteState.GIVEN_UP)], NOW, [(2, 0)]),
    ],
)
def test_what_is_due(changes: list[Telling], notes: list[Note], now: int, expected: list[tuple[int, int]]) -> None:
    assert [(one.number, one.reminder) for one in due(changes, notes, settings(), now)] == expected


@pytest.mark.parametrize(
    ("changed", "severity", "expected"),
    [
        ({}, Severity.PAGE, True),
        ({"targets": {"oncall": {"url": "json://x", "least": "page"}}}, Severity.NOTICE, False),
        ({"targets": {"oncall": {"url": "json://x", "least": "page"}}}, Severity.PAGE, True),
        ({"quiet": "11:00-13:00"}, Severity.NOTICE, False),
        ({"quiet": "11:00-13:00"}, Severity.PAGE, True),
        ({"quiet": "22:00-11:00"}, Severity.NOTICE, True),
        ({"quiet": "06:00-09:00", "timezone": "America/New_York"}, Severity.NOTICE, False),
        ({"rules": [{"source": "a", "mute_until": "2026-01-06T13:00:00"}]}, Severity.PAGE, False),
        ({"rules": [{"source": "b", "mute_until": "2026-01-06T13:00:00"}]}, Severity.PAGE, True),
        ({"rules": [{"source": "a", "mute_until": "2026-01-06T11:00:00"}]}, Severity.PAGE, True),
        ({"maintenance": [{"begins": "2026-01-06T11:00:00", "ends": "2026-01-06T13:00:00"}]}, Severity.PAGE, False),
    ],
)
def test_who_wants_to_be_told_now(changed: dict[str, Any], severity: Severity, expected: bool) -> None:
    alarm = msgspec.structs.replace(OPENED, severity=severity)
    assert bool(list(due([alarm], [], settings(**changed), NOW))) is expected


def test_who_is_at_it_is_not_reminded_but_told_of_what_changes() -> None:
    later = NOW + 4 * HOUR
    assert [one.reminder for one in due([OPENED], [told()], settings(), later)] == [1]
    assert list(due([OPENED], [told()], settings(), later, {"alarm"})) == []
    assert [one.number for one in due([OPENED, UPDATED], [told()], settings(), later, {"alarm"})] == [2]
