"""What `delivrd status` says of alarms: how far was judged, and who could not be told."""

import pytest

from alerts import keeping
from alerts.keeping import Note, NoteState
from delivrd.alarms_standing import standing_of
from pipeline.warehouse import Warehouse

NOW = 1_767_700_800_000
MINUTE = 60_000


def rows(warehouse: Warehouse, now: int = NOW) -> list[tuple[str, str, bool]]:
    return list(standing_of(warehouse, ["oncall"], now, str))


def test_how_far_was_judged(warehouse: Warehouse) -> None:
    assert rows(warehouse) == [("alarms", "nothing was judged yet", True)]
    keeping.keep_progress(warehouse, NOW // MINUTE)
    assert [well for _, _, well in rows(warehouse)] == [True]
    [(_, how, well)] = rows(warehouse, NOW + 11 * MINUTE)
    assert "the alerter does not run" in how
    assert not well


@pytest.mark.parametrize(
    ("state", "at", "said", "well"),
    [
        (NoteState.SENT, NOW, "last told", True),
        (NoteState.SENDING, NOW, "last told", True),
        (NoteState.SENDING, NOW - 2 * MINUTE, "was cut off", False),
        (NoteState.FAILED, NOW, "not told of alarm, tried 3 times", False),
        (NoteState.GIVEN_UP, NOW, "given up after 3 times", False),
    ],
)
def test_who_could_not_be_told_is_seen(warehouse: Warehouse, state: NoteState, at: int, said: str, well: bool) -> None:
    for number, target in enumerate(("oncall", "gone")):
        keeping.keep_note(warehouse, Note("before", 1, 0, target, NoteState.FAILED, 1, at - 1, "it answered 500"))
        keeping.keep_note(warehouse, Note("alarm", number, 0, target, state, 3, at, "it answered 503"))
    [_, (what, how, is_well)] = rows(warehouse)
    assert (what, is_well) == ("target oncall", well)
    assert said in how
    assert ("503" in how) is (state in (NoteState.FAILED, NoteState.GIVEN_UP))
