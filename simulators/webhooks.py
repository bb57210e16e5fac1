"""The providers' side of webhooks: call until a 2xx comes, ever more seldom; misbehave when told to."""

import asyncio
from collections.abc import Callable, Sequence

import httpx
import msgspec

from simulators.clock import Clock
from simulators.dice import Dice
from simulators.misbehaviour import Misbehaviour

FIRST_PAUSE = 1_000
LONGEST_PAUSE = 300_000
PATIENCE = 5.0
"""Seconds of the machine's time that an answer to a webhook may take."""
_DUPLICATES = 3
_DUPLICATE_PAUSE = 2_000


class Call(msgspec.Struct, frozen=True):
    """One webhook to come: its body, when it is due (the stand-ins' time), and what to do at each 2xx."""

    due: float
    body: bytes
    on_told: Callable[[], None]


class WebhookCaller:
    """Calls webhooks of all stand-ins. Use it within one event loop, and close it there."""

    def __init__(self, clock: Clock, dice: Dice) -> None:
        self._clock = clock
        self._dice = dice
        self._client = httpx.AsyncClient(
            timeout=PATIENCE,
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=50),
            trust_env=False,
        )
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many webhooks (or rows of them) have not been told yet."""
        return len(self._tasks)

    def plan(self, name: str, url: Callable[[], str], calls: Sequence[Call], how: Misbehaviour) -> None:
        """Call the webhooks of one message, `name`. An empty URL when one is due: it is not called."""
        rows: list[Sequence[Call]] = [[call] for call in calls]
        if len(calls) > 1 and self._dice.happens(how.reversed, name, "reversed"):
            last = max(call.due for call in calls)
            rows = [[msgspec.structs.replace(call, due=last) for call in reversed(calls)]]
        for row in rows:
            task = asyncio.get_running_loop().create_task(self._call_all(name, url, row, how))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def quiet(self) -> None:
        """Return when nothing is left to be called."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Give up what was not told yet."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    async def _call_all(self, name: str, url: Callable[[], str], calls: Sequence[Call], how: Misbehaviour) -> None:
        for call in calls:
            await self._clock.sleep(call.due - self._clock.elapsed())
            if self._dice.happens(how.lost_webhook, name, "lost"):
                continue
            again = 1
            while self._dice.happens(how.duplicate, name, "duplicate") and again <= _DUPLICATES:
                again += 1
            for _ in range(again):
                if not await self._until_told(name, url, call):
                    return
                if again > 1:
                    await self._clock.sleep(_DUPLICATE_PAUSE * self._dice.throw(name, "pause"))

    async def _until_told(self, name: str, url: Callable[[], str], call: Call) -> bool:
        pause = FIRST_PAUSE
        while target := url():
            if await self._told(target, call.body):
                call.on_told()
                return True
            await self._clock.sleep(pause * (0.5 + self._dice.throw(name, "backoff")))
            pause = min(LONGEST_PAUSE, pause * 2)
        return False

    async def _told(self, url: str, body: bytes) -> bool:
        try:
            answer = await self._client.post(url, content=body, headers={"content-type": "application/json"})
        except httpx.HTTPError:
            return False
        return answer.is_success
