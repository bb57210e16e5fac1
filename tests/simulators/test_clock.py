import pytest

from simulators.clock import Clock


class Machine:
    """The machine's clocks, moved by hand; sleeping moves them."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def read(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return 1_000_000_000 + self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def clock(machine: Machine, speed: float, start: int | None = None) -> Clock:
    return Clock(speed, start, seconds=machine.read, wall=machine.wall, sleep=machine.sleep)


async def test_waits_are_shorter_and_the_calendar_stays_the_machines() -> None:
    machine = Machine()
    here = clock(machine, 60)
    await here.sleep(60_000)
    assert machine.seconds == 101
    assert here.elapsed() == 60_000
    assert here.now() == 1_000_000_101_000
    assert here.shown(60_000) == 1_000


async def test_with_a_start_the_calendar_runs_as_fast() -> None:
    machine = Machine()
    here = clock(machine, 60, start=5_000)
    await here.sleep(60_000)
    assert here.now() == 65_000
    assert here.shown(60_000) == 60_000


async def test_what_is_past_is_not_waited_for() -> None:
    machine = Machine()
    await clock(machine, 60).sleep(-5)
    assert machine.seconds == 100


def test_time_does_not_stand_still() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Clock(0)
