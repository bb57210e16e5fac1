"""A list without pages is read without a gap, whatever the provider does, and over restarts."""

import tempfile
from contextlib import closing
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pollers.answers import Answer, Question, TooMuch
from pollers.lists import List
from pollers.windows import Window
from tests.pollers.clock import Clock
from tests.pollers.desks import Installed

NOW = 1_790_078_400_000
BACK = 3_600_000
OVERLAP = 60_000
CAP = 5
"""So many elements the provider tells at most, without a word that there are more."""

FATES = ["whole", "whole", "whole", "timeout", "half", "restart"]


class Killed(Exception):
    """The process."""


def question(window: Window) -> Question:
    return Question("getallsms", {"from": str(window.begin), "to": str(window.end)})


def listed(moments: list[int], window: Question) -> bytes:
    """What the provider has of a window, but never more than CAP."""
    begin, end = int(window.parameters["from"]), int(window.parameters["to"])
    found = [number for number, at in enumerate(moments) if begin <= at // 1000 * 1000 <= end][:CAP]
    rows = {str(number + 1): {"id": number + 1, "sendto": "+4915752982212", "status": 7} for number in found}
    return msgspec.json.encode({"smss": rows or []})


@settings(max_examples=25, deadline=None)
@given(
    # No more in one second than the provider tells of one: there is no way to have the rest.
    moments=st.lists(st.integers(-BACK, 3 * BACK), max_size=40, unique_by=lambda moment: moment // 1000),
    fates=st.lists(st.sampled_from(FATES), max_size=30),
)
async def test_every_message_is_in_an_answer_that_was_taken_for_whole(moments: list[int], fates: list[str]) -> None:
    clock = Clock(NOW)
    moments = sorted(NOW + moment for moment in moments)
    known: set[str] = set()
    left = iter(fates)

    async def send(asked: Question) -> Answer:
        fate = next(left, "whole")
        if fate == "timeout":
            raise TooMuch("timeout", "no answer")
        if fate == "restart":
            raise Killed
        body = listed([at for at in moments if at <= clock()], asked)
        return Answer(200, body[: len(body) // 2] if fate == "half" else body, "application/json")

    with tempfile.TemporaryDirectory() as folder, closing(Installed(Path(folder), clock)) as installed:

        def reading() -> List:
            return List(installed.desk("smsgateway24", send), question, overlap=OVERLAP, back=BACK, too_large=CAP)

        here = reading()
        for _ in range(10):
            try:
                await here.round()
            except Killed:
                installed.restart()
                here = reading()
            clock.now += 30 * 60_000
        known = {record.key for record in installed.records() if record.key}
        assert known >= {f"smsgateway24/{number + 1}" for number, at in enumerate(moments)}


async def test_a_second_that_cannot_be_read_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    clock = Clock(NOW)
    bad = NOW - 500_000

    async def send(asked: Question) -> Answer:
        body = listed([NOW - 300_000], asked)
        if int(asked.parameters["from"]) <= bad <= int(asked.parameters["to"]):
            body = b'{"smss": {"7": {"body": "\xff"}}}'
        return Answer(200, body, "application/json")

    with closing(Installed(tmp_path, clock)) as installed:
        here = List(installed.desk("smsgateway24", send), question, overlap=OVERLAP, back=BACK, too_large=CAP)
        await here.round()
        assert installed.state.reached("smsgateway24").at == NOW  # type: ignore[union-attr]
        assert {record.key for record in installed.records()} == {None, "smsgateway24/1"}
        assert any(record.body.endswith(b'"\xff"}}}') for record in installed.records())


async def test_a_round_begins_before_where_the_last_one_ended(tmp_path: Path) -> None:
    clock = Clock(NOW)
    windows: list[tuple[int, int]] = []

    async def send(asked: Question) -> Answer:
        windows.append((int(asked.parameters["from"]), int(asked.parameters["to"])))
        return Answer(200, b'{"smss": []}', "application/json")

    with closing(Installed(tmp_path, clock)) as installed:
        here = List(installed.desk("smsgateway24", send), question, overlap=OVERLAP, back=BACK, too_large=CAP)
        await here.round()
        assert (windows[0][0], windows[-1][1]) == (NOW - BACK - OVERLAP, NOW)
        windows.clear()
        clock.now += 30_000
        await here.round()
        assert windows == [(NOW - OVERLAP, NOW + 30_000)]
        # After a night without the poller, nothing between is left out.
        installed.restart()
        clock.now += 8 * 3_600_000
        windows.clear()
        again = List(installed.desk("smsgateway24", send), question, overlap=OVERLAP, back=BACK, too_large=CAP)
        await again.round()
        assert windows[0][0] == NOW + 30_000 - OVERLAP
        assert windows[-1][1] == clock() // 1000 * 1000


async def test_a_provider_that_answers_something_else_is_waited_for(tmp_path: Path) -> None:
    """Long enough for windows of a second, and for each to be taken for unreadable."""
    clock = Clock(NOW)
    page = iter(range(16))
    good: list[int] = []

    async def send(asked: Question) -> Answer:
        if next(page, None) is not None:
            return Answer(200, b"<html>We are back soon</html>", "text/html")
        good.append(int(asked.parameters["from"]))
        return Answer(200, b'{"smss": []}', "application/json")

    with closing(Installed(tmp_path, clock)) as installed:
        await List(installed.desk("smsgateway24", send), question, overlap=OVERLAP, back=BACK, too_large=CAP).round()
    assert min(at for at in good if at >= NOW - BACK - OVERLAP) == NOW - BACK - OVERLAP


async def test_after_a_clock_that_was_ahead_nothing_is_left_out(tmp_path: Path) -> None:
    clock = Clock(NOW)
    begins: list[int] = []

    async def send(asked: Question) -> Answer:
        begins.append(int(asked.parameters["from"]))
        return Answer(200, b'{"smss": []}', "application/json")

    with closing(Installed(tmp_path, clock)) as installed:
        here = List(installed.desk("smsgateway24", send), question, overlap=OVERLAP, back=BACK, too_large=CAP)
        clock.now += 24 * 3_600_000
        await here.round()
        clock.now = NOW
        begins.clear()
        await here.round()
        clock.now += 3_600_000
        await here.round()
    assert begins[0] == NOW - OVERLAP
    assert NOW - OVERLAP in begins[1:]
