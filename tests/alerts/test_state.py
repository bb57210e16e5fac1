"""Each change of state, and that what flaps is told a bounded number of times."""

import pytest

from alerts.state import DAY_MINUTES, State, next_state

OK, PENDING, FIRING, RESOLVING = State


@pytest.mark.parametrize(
    ("state", "minutes", "silent", "rings", "gone", "healed", "openings", "expected"),
    [
        (OK, 500, 0, False, True, False, 0, OK),
        (OK, 0, 0, True, False, False, 0, PENDING),
        (PENDING, 2, 0, True, False, False, 0, PENDING),
        (PENDING, 3, 0, True, False, False, 0, FIRING),
        (PENDING, 30, 0, False, False, False, 0, PENDING),
        (PENDING, 1, 0, False, True, False, 0, OK),
        (PENDING, 3, 0, True, False, True, 0, OK),
        (FIRING, 600, 0, True, False, False, 1, FIRING),
        (FIRING, 5, 0, False, False, False, 1, FIRING),
        (FIRING, 5, 0, True, False, True, 1, RESOLVING),
        (FIRING, 5, DAY_MINUTES, True, False, False, 1, OK),
        (RESOLVING, 14, 0, False, False, True, 1, RESOLVING),
        (RESOLVING, 15, 0, False, False, True, 1, OK),
        (RESOLVING, 14, 0, True, False, False, 1, FIRING),
        (RESOLVING, 15, 0, False, False, True, 3, RESOLVING),
        (RESOLVING, 60, 0, False, False, True, 3, OK),
    ],
)
def test_a_change_of_state(
    state: State, minutes: int, silent: int, rings: bool, gone: bool, healed: bool, openings: int, expected: State
) -> None:
    found = next_state(state, minutes, silent, rings=rings, gone=gone, healed=healed, openings=openings)
    assert found is expected
