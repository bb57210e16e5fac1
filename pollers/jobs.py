"""What is done for a source again and again. Each job is a round, and a pause between rounds."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from pollers.answers import Question
from pollers.desk import Desk
from pollers.schedule import Policy


class Job(NamedTuple):
    """`round` returns whether there is more to be done at once; `every` is the pause (ms) where there is not."""

    name: str
    every: int
    round: Callable[[], Awaitable[bool]]


MessagesBy = Callable[[Callable[[str], Question], Policy], Job]
"""Makes the job that asks about each open message, by the question about one id, as the policy says."""


def regularly(desk: Desk, question: Question, every: int) -> Job:
    """One question, again and again."""

    async def ask() -> bool:
        await desk.insist(question)
        return False

    return Job(question.name, every, ask)
