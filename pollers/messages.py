"""Asking about each message that is open, when the schedule says so."""

from collections.abc import Callable

from pipeline import metrics
from pollers.answers import NotAnswered, Question
from pollers.desk import Desk
from pollers.open_messages import OpenMessages
from pollers.schedule import Last, Policy, choose, waiting
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
        self._asked = {one: Last(at) for one, at in desk.state.asked(desk.source.name).items()}

    async def round(self) -> bool:
        """Ask about those whose turn it is; whether there were any."""
        now, name = self._desk.clock(), self._desk.source.name
        due = waiting(await self._open.now(), self._asked, now, self._policy)
        metrics.poll_lag.labels(name, "messages").set((now - min((one[0] for one in due), default=now)) / 1000)
        await side_by_side(self._ask(message_id) for message_id in choose(due, self._room))
        self._forget(now)
        return bool(due)

    async def _ask(self, message_id: str) -> None:
        question, last = self._question(message_id), self._asked.get(message_id)
        try:
            await self._desk.ask(question)
        except NotAnswered:
            self._asked[message_id] = Last(self._desk.clock(), (last.failures if last else 0) + 1)
            return
        now = self._desk.clock()
        self._asked[message_id] = Last(now)
        self._desk.state.note_asked(self._desk.source.name, message_id, now)

    def _forget(self, now: int) -> None:
        """What is too old to be asked again."""
        before = now - self._policy.give_up
        gone = [message_id for message_id, last in self._asked.items() if last.at < before]
        for message_id in gone:
            del self._asked[message_id]
        if gone:
            self._desk.state.forget(self._desk.source.name, before)
