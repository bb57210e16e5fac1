from simulators.clock import Clock
from simulators.limit import Limit, Room


def test_a_window_opens_with_its_first_request_and_is_new_after_a_minute() -> None:
    seconds = [0.0]
    limit = Limit(Clock(start=0, seconds=lambda: seconds[0]), 2)
    seconds[0] = 10
    assert [limit.hit("a"), limit.hit("a")] == [Room(1, 0), Room(0, 0)]
    seconds[0] = 30.5
    assert limit.hit("a") == Room(0, 40)
    assert limit.hit("b") == Room(1, 0)
    seconds[0] = 70
    assert limit.hit("a") == Room(1, 0)


def test_where_the_calendar_is_the_machines_the_wait_is_too() -> None:
    seconds = [0.0]
    limit = Limit(Clock(60, seconds=lambda: seconds[0]), 1)
    limit.hit("a")
    assert limit.hit("a") == Room(0, 1)
    seconds[0] = 1
    assert limit.hit("a") == Room(0, 0)
