"""What a stand-in knows to be true: each message's history, and what it told of it, to whom and how often."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from schemas.status import RANK, Family, Status


class How(StrEnum):
    """The way a fact was told."""

    ANSWER = "answer"
    WEBHOOK = "webhook"
    POLL = "poll"


class Turn(msgspec.Struct, frozen=True):
    """A message took a state that the provider has a word or code for.

    `due` is in the stand-ins' time, `at` by the provider's calendar (UTC, milliseconds since 1970).
    """

    due: float
    at: int
    code: str
    status: Status
    family: Family = Family.NONE


class Fact(msgspec.Struct, frozen=True):
    """What was told. `occurred` is the time that was told with it (UTC, milliseconds,
    whole seconds), None where there was none.
    """

    how: How
    code: str
    status: Status
    occurred: int | None


class Telling(msgspec.Struct):
    """When a fact was first and last told (the provider's calendar), and how often."""

    fact: Fact
    first: int
    last: int
    times: int = 1


class Message(msgspec.Struct, kw_only=True):
    """An accepted (or refused) message to one recipient.

    `message_id` is empty where the provider gives none away. `number` is the recipient as the sender gave it,
    `recipient` in E.164 with `+`. `skew` is by how much the provider's clock is wrong about it, in milliseconds.
    """

    provider: str
    message_id: str
    number: str
    recipient: str
    country: str
    carrier: str
    text: str
    accepted: int
    skew: int
    turns: tuple[Turn, ...]
    told: dict[Fact, Telling] = {}

    def turn(self, elapsed: float) -> Turn:
        """The state it is in after so much of the stand-ins' time."""
        return [turn for turn in self.turns if turn.due <= elapsed or turn is self.turns[0]][-1]

    def state(self) -> Status:
        """What became of it in the end, as far as the provider has words for it."""
        return final(self.turns)

    def told_state(self) -> Status:
        """What follows from what was told. A telling counts when its answer was complete or its webhook got a 2xx."""
        return final(Turn(0, fact.occurred or 0, fact.code, fact.status) for fact in list(self.told))

    def tell(self, turn: Turn, how: How, now: int, *, timed: bool) -> None:
        """Note that this turn was told, with its time or without."""
        fact = Fact(how, turn.code, turn.status, (turn.at + self.skew) // 1000 * 1000 if timed else None)
        telling = self.told.get(fact)
        if telling is None:
            self.told[fact] = Telling(fact, now, now)
        else:
            telling.last = now
            telling.times += 1


class Received(msgspec.Struct, kw_only=True):
    """A message that somebody sent to the account. `told` counts the tellings by each way."""

    provider: str
    message_id: str
    sender: str
    recipient: str
    text: str
    at: int
    told: dict[How, int] = {}

    def tell(self, how: How) -> None:
        """Note that it was told."""
        self.told[how] = self.told.get(how, 0) + 1


class Truth:
    """Everything that one stand-in knows."""

    def __init__(self) -> None:
        self._messages: dict[str, list[Message]] = {}
        self._received: list[Received] = []

    def add(self, message: Message) -> None:
        """A message was accepted or refused."""
        self._messages.setdefault(message.message_id, []).append(message)

    def add_received(self, received: Received) -> None:
        """A message came in."""
        self._received.append(received)

    def messages(self) -> list[Message]:
        """All messages, in the order of their ids' first acceptance."""
        return [message for group in list(self._messages.values()) for message in list(group)]

    def received(self) -> list[Received]:
        """All messages that came in."""
        return list(self._received)

    def find(self, message_id: str) -> list[Message]:
        """The messages under this id: one for each recipient."""
        return self._messages.get(message_id, [])

    def as_json(self) -> bytes:
        """`messages` and `received`, each message with its `state` and the `told_state`."""
        return _encode(
            {
                "messages": [
                    {
                        **msgspec.structs.asdict(message),
                        "told": list(message.told.values()),
                        "state": message.state(),
                        "told_state": message.told_state(),
                    }
                    for message in self.messages()
                ],
                "received": self.received(),
            }
        )


def final(turns: Iterable[Turn]) -> Status:
    """The state of the highest rank; of two failures the later."""
    best = max(turns, key=lambda turn: (RANK[turn.status], turn.at), default=None)
    return Status.NONE if best is None else best.status


_encode = msgspec.json.Encoder().encode
