"""Aatrox (Australia): sends, and answers for each message by its id; no webhooks.

Source: the provider's guide to its API V2, which prints few answers. Printed: `GET /sms/{id}` with `delivered`,
without the id; the response codes 200, 400, 401, 500. Chosen here, as a client should be ready for any of it: the
other words, the form of `status_at`, where the answer to a send holds the id, the shape of received messages, and
404 for an unknown id.
"""

from functools import partial
from typing import Any

import msgspec
from litestar import Litestar

from schemas.status import Status
from simulators.carriers import Step
from simulators.dice import draw, pick
from simulators.front import when_told
from simulators.shapes import iso, local, number_digits
from simulators.stand import Stand
from simulators.truth import How, Message, Received
from simulators.web import Asking, Refusal, application, json_object

_WORDS = {
    Status.QUEUED: ("queued", Status.QUEUED),
    Status.SENT: ("sent", Status.SENT),
    Status.DELIVERED: ("delivered", Status.DELIVERED),
    Status.UNDELIVERABLE: ("undelivered", Status.UNDELIVERABLE),
    Status.EXPIRED: ("expired", Status.EXPIRED),
    Status.REJECTED: ("rejected", Status.REJECTED),
    Status.FAILED: ("failed", Status.FAILED),
}
UNDOCUMENTED = "parked"
_SEGMENT = 160
_DISCLAIMER = "\nReply STOP to opt out."
_WRAPPED = ("data", "messages", "results")


class Account(msgspec.Struct, frozen=True):
    """An account. Of `ids`, `times`, `lists` and `items`, one is used for each message or answer.

    `ids`: the field of the answer to a send, `data.` before it for one below `data`. `times`: `iso`, `naive` (in
    `timezone`), `seconds`, `milliseconds`. `lists`: what received messages stand under, empty for a bare list.
    `items`: the names of a received message's fields (id, from, to, text, time); an empty name: it is left out.
    `consumes`: a received message is told once.
    """

    token: str
    timezone: str = "UTC"
    ids: tuple[str, ...] = ("id", "message_id", "sms_id", "data.id")
    times: tuple[str, ...] = ("iso", "naive", "seconds", "milliseconds")
    lists: tuple[str, ...] = ("", *_WRAPPED)
    items: tuple[tuple[str, str, str, str, str], ...] = (
        ("id", "from_addr", "to_addr", "text", "received_at"),
        ("message_id", "from", "to", "message", "timestamp"),
    )
    consumes: bool = False


class Aatrox:
    """The stand-in of Aatrox."""

    name = "aatrox"

    def __init__(self, stand: Stand, account: Account) -> None:
        self.stand = stand
        self.account = account
        self._count = 0
        self._unread: list[Received] = []
        self._senders: dict[str, str] = {}

    def app(self) -> Litestar:
        """Its HTTP."""
        return application(
            {
                "/api/v2/sms/send": (["POST"], self._send),
                "/api/v2/sms/send/disclaimer": (["POST"], self._send_disclaimer),
                "/api/v2/sms/send/bulk": (["POST"], self._send_bulk),
                "/api/v2/sms/receive": (["GET"], self._received),
                "/api/v2/sms/{id:str}": (["GET"], self._details),
            }
        )

    def receive(self, sender: str, recipient: str, text: str) -> Received:
        """Somebody sent a message to one of the account's numbers (both international digits)."""
        received = self.stand.receive(self._new_id(), sender, recipient, text)
        self._unread.append(received)
        return received

    async def _send(self, asking: Asking) -> object:
        return self._sent(await self._asked(asking), "", asking)

    async def _send_disclaimer(self, asking: Asking) -> object:
        return self._sent(await self._asked(asking), _DISCLAIMER, asking)

    async def _send_bulk(self, asking: Asking) -> object:
        asked = await self._asked(asking)
        numbers = asked.get("to")
        if not isinstance(numbers, list) or not numbers:
            raise _invalid()
        told = [self._accept({**asked, "to": number}, "", asking) for number in numbers]
        return {"data": [{"id": message.message_id, "to": message.number} for message in told]}

    async def _details(self, asking: Asking) -> object:
        self._check(asking)
        found = self.stand.truth.find(asking.path_params["id"])
        if not found:
            raise Refusal(404, {"message": "Not Found"})
        message = found[0]
        turn = message.turn(self.stand.clock.elapsed())
        when_told(asking, partial(message.tell, turn, How.POLL, self.stand.clock.now(), timed=True))
        return {
            "to_addr": message.number,
            "from_addr": self._senders[message.message_id],
            "status": turn.code,
            "status_at": self._time(turn.at + message.skew, message.message_id),
            "segment_count": -(-len(message.text) // _SEGMENT),
        }

    async def _received(self, asking: Asking) -> object:
        self._check(asking)
        to, sender = asking.query_params.get("to"), asking.query_params.get("from")
        if not to:
            raise _invalid()
        found = [
            each
            for each in self._unread
            if each.recipient == number_digits(to) and (not sender or each.sender == number_digits(sender))
        ]
        for each in found:
            when_told(asking, partial(each.tell, How.POLL))
            if self.account.consumes:
                self._unread.remove(each)
        how, dice = self.stand.misbehaviour, self.stand.dice
        items = [self._item(each) for each in found for _ in range(1 + dice.happens(how.duplicate, "item twice"))]
        if dice.happens(how.reversed, "list reversed"):
            items.reverse()
        under = dice.pick(self.account.lists, "list form")
        if items or not dice.happens(how.empty_list, "empty list"):
            return {under: items} if under else items
        under = under or dice.pick(_WRAPPED, "empty under")
        return dice.pick(({under: []}, {under: None}, {under: {}}, {}, []), "empty form")

    async def _asked(self, asking: Asking) -> dict[str, Any]:
        self._check(asking)
        return await json_object(asking)

    def _check(self, asking: Asking) -> None:
        if asking.headers.get("authorization") != f"Bearer {self.account.token}":
            raise Refusal(401, {"message": "Unauthorized"})

    def _sent(self, asked: dict[str, Any], disclaimer: str, asking: Asking) -> object:
        message = self._accept(asked, disclaimer, asking)
        field = pick(self.account.ids, self.stand.seed, "id field", message.message_id)
        told: dict[str, Any] = {field.removeprefix("data."): message.message_id}
        return {"data": told} if field.startswith("data.") else told

    def _accept(self, asked: dict[str, Any], disclaimer: str, asking: Asking) -> Message:
        to, sender, text = asked.get("to"), asked.get("from"), asked.get("text")
        if not (
            isinstance(to, str) and number_digits(to) and isinstance(sender, str) and isinstance(text, str) and text
        ):
            raise _invalid()
        international = number_digits(to)
        if international.startswith("0"):
            international = "61" + international.removeprefix("0")
        message_id = self._new_id()
        wording = partial(_wording, odd=self.stand.odd(message_id))
        message = self.stand.accept(message_id, to, international, text + disclaimer, wording)
        self._senders[message_id] = sender
        when_told(asking, partial(message.tell, message.turns[0], How.ANSWER, self.stand.clock.now(), timed=False))
        return message

    def _item(self, received: Received) -> dict[str, Any]:
        names = pick(self.account.items, self.stand.seed, "item", received.message_id)
        at = self._time(received.at, received.message_id)
        values = (received.message_id, received.sender, received.recipient, received.text, at)
        return {name: value for name, value in zip(names, values, strict=True) if name}

    def _time(self, at: int, message_id: str) -> str | int:
        form = pick(self.account.times, self.stand.seed, "time", message_id)
        if form == "iso":
            return iso(at)
        if form == "naive":
            return local(at, self.account.timezone)
        return at // 1000 if form == "seconds" else at // 1000 * 1000

    def _new_id(self) -> str:
        self._count += 1
        return f"{int(draw(self.stand.seed, 'aatrox id', self._count) * 2**64):016x}{self._count:08x}"


def _wording(step: Step, odd: bool) -> list[tuple[str, Status]]:
    words = [_WORDS[step.status]] if step.status in _WORDS else []
    return [*words, (UNDOCUMENTED, Status.UNKNOWN)] if odd and step.status is Status.SENT else words


def _invalid() -> Refusal:
    return Refusal(400, {"message": "Invalid parameters"})
