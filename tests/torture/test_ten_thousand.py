"""Ten thousand open messages at Aatrox in real time, over HTTP: the long form of `tests/pollers/test_schedule.py`."""

import asyncio
import time
from itertools import pairwise

import pytest

from pipeline.clock import now_ms
from pollers.schedule import Open, Policy
from pollers.source import AHEAD_MS
from tests.pollers.conftest import Wire, answer, wire
from tests.pollers.test_source import Asking, asking, until

__all__ = ["asking", "wire"]

pytestmark = [pytest.mark.torture, pytest.mark.timeout(900)]

OPEN = 10_000
PER_MINUTE = 6_000
PATIENCE_SECONDS = 800
"""Twice ten thousand questions take 200 s where nothing else is done."""
SLACK_SECONDS = 10
"""What the machine may take of its own, in which nothing is asked late by the schedule."""


async def test_within_the_rate_none_is_starved_and_no_new_one_is_late(wire: Wire, asking: Asking) -> None:
    asked: dict[str, list[float]] = {}

    async def handle(request: bytes) -> bytes:
        asked.setdefault(request.split(b" ")[1].rpartition(b"/")[2].decode(), []).append(time.monotonic())
        return answer(b'{"status": "queued", "to": "61480000000"}')

    wire.handle = handle
    hour_ago = now_ms() - 3_600_000
    asking.ledger.messages = [Open(f"old-{number}", hour_ago + number) for number in range(OPEN)]
    handed_in: dict[str, float] = {}

    async def hand_in() -> None:
        while True:
            name = f"new-{len(handed_in)}"
            handed_in[name] = time.monotonic()
            asking.ledger.messages = [*asking.ledger.messages, Open(name, now_ms())]
            await asyncio.sleep(2)

    began = time.monotonic()
    settings = {"per_minute": PER_MINUTE, "concurrent": 8, "timeout": "60s"}
    async with asking.poll("aatrox", wire.url, token="a-token-of-the-test", poll=settings):
        sender = asyncio.create_task(hand_in())
        await until(lambda: sum(name.startswith("old") for name in asked) == OPEN, PATIENCE_SECONDS)
        sender.cancel()
    times = sorted(at for each in asked.values() for at in each)
    # Every other question is about the one that has waited longest.
    assert len(times) <= 2 * (OPEN + len(handed_in)), "somebody was starved"
    assert len(times) <= 1 + (times[-1] - times[0]) * PER_MINUTE / 60
    late = Policy().first / 1000 + AHEAD_MS / 1000 + SLACK_SECONDS
    old_enough = [name for name, at in handed_in.items() if at < time.monotonic() - late]
    assert max(asked[name][0] - handed_in[name] for name in old_enough) <= late
    again = [later - sooner for each in asked.values() for sooner, later in pairwise(each)]
    assert min(again, default=late) > Policy().first / 1000 - 1
    print(f"{len(times)} questions in {time.monotonic() - began:.0f} s, {len(old_enough)} new ones")  # noqa: T201
