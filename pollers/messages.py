"""Asking about each message that is open, when the schedule says so."""

import contextlib
from collections.abc import Callable

from pipeline import metrics
from pollers.answers import NotAnswered, Question
from pollers.desk import Desk
from pollers.open_messages import OpenMessages
from pollers.schedule import Policy, choose, waiting
from pollers.together import side_by_side


class Messages:
    """One source's messages. `room` is how many are asked about before the schedule is looked at again."""

    def __init__(
        self, desk: Desk, question: Callable[[str], Question], found: OpenMessages, policy: Policy, room: int
    ) -> None:
        self._desk = desk
        self._question = question
        self._open = found
        self._policy = policy
        self._room = max(2, room)
        self._asked = desk.state.asked(desk.source.name)

    async def round(self) -> bool:
        """Ask about those whose turn it is; whether there were any."""
        now, name = self._desk.clock(), self._desk.source.name
        due = waiting(await self._open.now(), self._asked, now, self._policy)
        metrics.poll_lag.labels(name, "messages").set((now - min((one[0] for one in due), default=now)) / 1000)
        await side_by_side(self._ask(message_id) for message_id in choose(due, self._room))
        self._forget(now)
        return bool(due)

    async def _ask(self, message_id: str) -> None:
        """Without an answer, the schedule's next time will do: what fails again and again must not be in the way."""
        with contextlib.suppress(NotAnswered):
            await self._desk.ask(self._question(message_id))
        now = self._desk.clock()
        self._asked[message_id] = now
        self._desk.state.note_asked(self._desk.source.name, message_id, now)

    def _forget(self, now: int) -> None:
        """What is too old to be asked again."""
        before = now - self._policy.give_up
        gone = [message_id for message_id, at in self._asked.items() if at < before]
        for message_id in gone:
            del self._asked[message_id]
        if gone:
            self._desk.state.forget(self._desk.source.name, before)
