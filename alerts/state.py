"""The states of one kind at one node: ok, pending, firing, resolving, and when one becomes another."""

from enum import StrEnum

PENDING_MINUTES = 3
HEALED_MINUTES = 15
FLAPPING_MINUTES = 60
FLAPPING_OPENINGS = 3
DAY_MINUTES = 1440


class State(StrEnum):
    """`pending` waits so that a wider scope can explain it; `resolving` waits for the healing to last."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVING = "resolving"


def next_state(
    state: State, minutes: int, silent: int, *, rings: bool, gone: bool, healed: bool, openings: int
) -> State:
    """The state of the next minute.

    `minutes` in the present one, `silent` without any data; `rings`: the score is at 12; `gone`: it is back at
    zero; `healed`: the healing is complete; `openings` in the last day: three are flapping, which closes only
    after a healed hour.
    """
    if state is State.OK:
        return State.PENDING if rings else State.OK
    if silent >= DAY_MINUTES:
        return State.OK
    if state is State.PENDING:
        if gone or healed:
            return State.OK
        return State.FIRING if rings and minutes >= PENDING_MINUTES else State.PENDING
    if state is State.FIRING:
        return State.RESOLVING if healed else State.FIRING
    if not healed:
        return State.FIRING
    wait = FLAPPING_MINUTES if openings >= FLAPPING_OPENINGS else HEALED_MINUTES
    return State.OK if minutes >= wait else State.RESOLVING
