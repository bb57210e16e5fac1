"""How fast a source is asked, on a clock of its own."""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from pollers.pace import LONGEST_PAUSE_MS, Pace, Paces
from tests.pollers.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pace(clock: Clock, per_minute: int = 60, chance: float = 1.0) -> Pace:
    return Pace("a", per_minute, passing=clock, clock=clock, sleep=clock.sleep, chance=lambda: chance)


async def test_never_more_in_a_minute_than_allowed(clock: Clock) -> None:
    here = pace(clock)
    times = []
    for _ in range(200):
        await here.turn()
        times.append(clock())
    assert all(later - sooner >= 60_000 for sooner, later in zip(times, times[60:], strict=False))


async def test_who_comes_first_is_first(clock: Clock) -> None:
    here, order = pace(clock), list[int]()

    async def ask(number: int) -> None:
        await here.turn()
        order.append(number)

    await asyncio.gather(*(ask(number) for number in range(20)))
    assert order == list(range(20))


async def test_a_stricter_limit_in_an_answer_is_obeyed(clock: Clock) -> None:
    here = pace(clock, per_minute=6_000)
    await here.turn()
    here.answered({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "59"})
    await here.turn()
    began = clock()
    await here.turn()
    assert clock() - began == 1_000


async def test_a_looser_limit_changes_nothing(clock: Clock) -> None:
    here = pace(clock, per_minute=6)
    await here.turn()
    here.answered({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "59"})
    await here.turn()
    assert clock.slept == [10]


@pytest.mark.parametrize(("reset", "waits"), [(None, 60), ("7", 7), ("1790078430", 30)])
async def test_nothing_remaining_is_waited_for(clock: Clock, reset: str | None, waits: int) -> None:
    here = pace(clock)
    here.answered({"x-ratelimit-remaining": "0"} | ({"x-ratelimit-reset": reset} if reset else {}))
    await here.turn()
    assert clock.slept == [waits]


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        ("17", 17),
        (format_datetime(datetime.fromtimestamp(1_790_078_400 + 90, UTC), usegmt=True), 90),
        ("999999", 3_600),
    ],
)
async def test_retry_after_is_obeyed(clock: Clock, told: str, waits: float) -> None:
    here = pace(clock)
    here.failed(await here.turn(), {"retry-after": told})
    await here.turn()
    assert clock.slept == [pytest.approx(waits)]


@pytest.mark.parametrize("told", ["", "soon", "-5", "1e9", "٣"])
async def test_what_cannot_be_read_is_no_wait(clock: Clock, told: str) -> None:
    here = pace(clock, per_minute=60_000)
    here.failed(await here.turn(), {"retry-after": told})
    await here.turn()
    assert sum(clock.slept) < 0.01


async def test_failures_in_a_row_make_pauses_that_grow_to_a_limit(clock: Clock) -> None:
    here = pace(clock, per_minute=60_000)
    pauses = []
    for _ in range(20):
        turn = await here.turn()
        began = clock()
        here.failed(turn)
        await here.turn()
        pauses.append(clock() - began)
    assert pauses[0] <= 1
    assert pauses[1:5] == [500, 1_000, 2_000, 4_000]
    assert max(pauses) == LONGEST_PAUSE_MS


async def test_an_answer_ends_the_pauses(clock: Clock) -> None:
    here = pace(clock, per_minute=60_000)
    for _ in range(10):
        here.failed(await here.turn())
    here.answered({})
    here.failed(await here.turn())
    before = len(clock.slept)
    await here.turn()
    assert sum(clock.slept[before:]) < 0.01


async def test_what_was_asked_together_and_fails_together_is_one_failure(clock: Clock) -> None:
    here = pace(clock, per_minute=60_000)
    here.failed(await here.turn())
    turns = [await here.turn() for _ in range(4)]
    for turn in turns:
        here.failed(turn)
    began = clock()
    await here.turn()
    assert clock() - began == 500


async def test_jitter_is_at_most_half(clock: Clock) -> None:
    here = pace(clock, per_minute=60_000, chance=0.0)
    for _ in range(2):
        here.failed(await here.turn())
    began = clock()
    await here.turn()
    assert clock() - began == 250


async def test_what_a_provider_imposed_outlives_changed_settings(clock: Clock) -> None:
    paces = Paces(lambda _source, per_minute: pace(clock, per_minute))
    first = paces.of("a", "https://one.example", 600)
    first.failed(await first.turn(), {"retry-after": "120"})
    first.answered({"x-ratelimit-limit": "30"})
    again = paces.of("a", "https://one.example", 1_200)
    began = clock()
    await again.turn()
    assert clock() - began == 120_000
    await again.turn()
    assert clock() - began == 122_000
    slower = paces.of("a", "https://one.example", 6)
    await slower.turn()
    await slower.turn()
    assert clock.slept[-1] == 10
    # Another provider, or another of its accounts.
    assert len({id(one) for one in (first, paces.of("a", "https://two.example", 6), paces.of("b", "", 6))}) == 3
