"""Integrax: sends over HTTP, delivery reports by webhook, no status query.

Source: the provider's own text and the README of its Python SDK 1.0.0, which disagree about the shapes of the
answer and of the webhook; `forms` says which are used, all by default. Not documented, hence chosen here: the
HTTP status beside each `error` but the 404 for a wrong token (reported by a client), and all of inbound.
"""

from functools import partial
from typing import Any

import msgspec
from litestar import Litestar

from schemas.status import Status
from simulators.carriers import Step
from simulators.dice import digits, draw, pick
from simulators.front import when_told
from simulators.shapes import iso, number_digits
from simulators.stand import Stand
from simulators.truth import How, Message, Received, Turn
from simulators.web import Asking, Refusal, application, json_object
from simulators.webhooks import Call

_WORDS = {
    Status.QUEUED: ("SENT_TO_OPERATOR", Status.ACCEPTED),
    Status.DELIVERED: ("DELIVRD", Status.DELIVERED),
    Status.UNDELIVERABLE: ("UNDELIV", Status.UNDELIVERABLE),
    Status.EXPIRED: ("EXPIRED", Status.EXPIRED),
    Status.REJECTED: ("REJECTD", Status.REJECTED),
    Status.FAILED: ("UNDELIV", Status.UNDELIVERABLE),
}
_OPERATORS = ("Claro", "Vivo", "TIM")
_COST = 0.005
_PHONES = 20


class Account(msgspec.Struct, frozen=True):
    """An account. `forms`: `seed` (the provider's text) and `sdk` (the README), one of them for each message."""

    token: str
    forms: tuple[str, ...] = ("seed", "sdk")


class Integrax:
    """The stand-in of Integrax."""

    name = "integrax"

    def __init__(self, stand: Stand, account: Account) -> None:
        self.stand = stand
        self.account = account
        self._count = 0

    def app(self) -> Litestar:
        """Its HTTP."""
        here = "/v1/integration/{token:str}"
        return application(
            {
                f"{here}/send-sms": (["POST"], self._send_sms),
                f"{here}/send-otp": (["POST"], self._send_otp),
                f"{here}/consult-phone": (["POST"], self._consult_phone),
            }
        )

    def receive(self, sender: str, recipient: str, text: str) -> Received:
        """Somebody (international digits) sent a message to the account's number; the webhook is called."""
        received = self.stand.receive(self._new_id(), sender, recipient, text)
        body = {
            "messageId": received.message_id,
            "from": sender,
            "to": recipient,
            "message": text,
            "timestamp": iso(received.at),
        }
        call = self.stand.call(self.stand.clock.elapsed(), body, lambda: received.tell(How.WEBHOOK))
        self.stand.call_webhook(received.message_id, [call])
        return received

    async def _send_sms(self, asking: Asking) -> object:
        asked = await self._asked(asking)
        to, text = _numbers(asked.get("to")), asked.get("message")
        if not isinstance(text, str) or not text:
            raise _invalid()
        message_id = self._accept(to, text, asking)
        told: Any = {"messageId": message_id, "status": "SENT_TO_OPERATOR"}
        if self._form(message_id) == "sdk":
            told = [told]
        return {"error": 0, "code": "SMS_SENT", "message": "SMS sent successfully", "data": told}

    async def _send_otp(self, asking: Asking) -> object:
        """The answer has no id, but a report comes all the same."""
        asked = await self._asked(asking)
        self._accept(_numbers([asked.get("to")]), "Your verification code is: [code]", None)
        return {"error": 0, "code": "OTP_SENT", "message": "OTP sent successfully"}

    async def _consult_phone(self, asking: Asking) -> object:
        phones = _numbers((await self._asked(asking)).get("phones"))
        if len(phones) > _PHONES:
            raise _invalid()
        return {
            "error": 0,
            "code": "CONSULT_OK",
            "message": "Consult OK successfully",
            "cost_phone": _COST,
            "cost_total": round(_COST * len(phones), 6),
            "data": [self._consulted(phone) for phone in phones],
        }

    async def _asked(self, asking: Asking) -> dict[str, Any]:
        if asking.path_params["token"] != self.account.token:
            raise Refusal(404, {"error": 3, "code": "INTEGRATION_NOT_FOUND", "message": "Integration not found"})
        return await json_object(asking)

    def _accept(self, to: list[str], text: str, asking: Asking | None) -> str:
        """One id for all recipients. `asking` is the request whose answer tells the id, if it does."""
        message_id = self._new_id()
        for number in to:
            message = self.stand.accept(message_id, number, number_digits(number), text, _wording, revives=True)
            if asking is not None:
                when_told(asking, partial(self._tell, message, message.turns[0], How.ANSWER))
            calls = [self._call(message, turn) for turn in message.turns[1:]]
            self.stand.call_webhook(f"{message_id}/{number}", calls)
        return message_id

    def _call(self, message: Message, turn: Turn) -> Call:
        timed = self._form(message.message_id) == "seed"
        if timed:
            body = {
                "messageId": message.message_id,
                "status": turn.code,
                "phone": message.recipient.removeprefix("+"),
                "timestamp": iso(turn.at + message.skew),
            }
        else:
            # The SDK writes foreign numbers with their plus.
            number = message.recipient if message.country != "BR" else message.recipient.removeprefix("+")
            body = {"message_id": message.message_id, "status": turn.code, "number": number}
        return self.stand.call(turn.due, body, lambda: self._tell(message, turn, How.WEBHOOK, timed=timed))

    def _tell(self, message: Message, turn: Turn, how: How, *, timed: bool = False) -> None:
        message.tell(turn, how, self.stand.clock.now(), timed=timed)

    def _form(self, message_id: str) -> str:
        return pick(self.account.forms, self.stand.seed, "integrax form", message_id)

    def _new_id(self) -> str:
        """Eight or ten digits, some with a zero in front, which is lost where an id is taken for a number."""
        self._count += 1
        key = ("integrax id", self._count)
        if draw(self.stand.seed, *key) < 0.1:
            return f"0{self._count % 10**4:04d}{digits(5, self.stand.seed, *key)}"
        return f"{82_000_000 + self._count}"

    def _consulted(self, phone: str) -> dict[str, str]:
        luck = draw(self.stand.seed, "whatsapp", phone)
        return {
            "numero_requisitado": number_digits(phone).removeprefix("55"),
            "whatsapp": "Sim" if luck < 0.9 else "Não",
            "operadora": pick(_OPERATORS, self.stand.seed, "operadora", phone),
        }


def _wording(step: Step) -> list[tuple[str, Status]]:
    word = _WORDS.get(step.status)
    return [word] if word else []


def _numbers(value: Any) -> list[str]:
    if isinstance(value, list) and value and all(isinstance(n, str) and number_digits(n) for n in value):
        return value
    raise _invalid()


def _invalid() -> Refusal:
    return Refusal(400, {"error": 1, "code": "INVALID_PARAMETERS", "message": "Invalid parameters"})
