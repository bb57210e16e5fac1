"""UGSMS (Uganda): sends and the balance. No status query and no webhook: what becomes of a message is never told.

Source: the provider's pages (v1 in both of its documented answers) and, for all of v2's answers, third-party clients.
Chosen here: the HTTP status of a spent balance, and the error texts of bulk.
"""

import re
import uuid
from functools import partial
from typing import Any

import msgspec
from litestar import Litestar

from schemas.status import Status
from simulators.carriers import Step
from simulators.dice import draw, pick
from simulators.front import when_told
from simulators.limit import Limit
from simulators.stand import Stand
from simulators.truth import How, Message
from simulators.web import Asking, Refusal, application, parameters

_NUMBER = re.compile(r"\+?(?:256|0)?(7[0-9]{8})")
_SEGMENT = 160
A_MINUTE = 60


class Account(msgspec.Struct, frozen=True):
    """An account. `answers` to v1 sends: `uuid` (the newer pages: one id for all) and `plain` (no id).
    `balances`: below `data`, or at the `top`. `cost` is of one segment to one number, in UGX.
    """

    username: str
    password: str
    api_key: str
    balance: float = 10_000_000.0
    cost: float = 10.0
    answers: tuple[str, ...] = ("uuid", "plain")
    balances: tuple[str, ...] = ("data", "top")


class UgSms:
    """The stand-in of UGSMS."""

    name = "ugsms"

    def __init__(self, stand: Stand, account: Account) -> None:
        self.stand = stand
        self.account = account
        self.balance = account.balance
        self._limit = Limit(stand.clock, A_MINUTE)
        self._count = 0

    def app(self) -> Litestar:
        """Its HTTP."""
        return application(
            {
                "/v1/sms/send": (["POST"], self._send_v1),
                "/api/v2/sms/send": (["GET", "POST"], self._send_v2),
                "/api/v2/sms/send/bulk": (["POST"], self._send_bulk),
                "/api/v2/account/balance": (["GET"], self._balance),
            },
            before=self._throttle,
        )

    async def _throttle(self, asking: Asking) -> dict[str, str]:
        asked = await parameters(asking)
        key = asking.headers.get("x-api-key") or str(asked.get("api_key") or asked.get("username") or "")
        room = self._limit.hit(key)
        headers = {"x-ratelimit-limit": str(A_MINUTE), "x-ratelimit-remaining": str(room.remaining)}
        if room.retry_after:
            raise Refusal(429, {"message": "Too Many Attempts."}, {**headers, "retry-after": str(room.retry_after)})
        return headers

    async def _send_v1(self, asking: Asking) -> object:
        asked = await parameters(asking)
        if (asked.get("username"), asked.get("password")) != (self.account.username, self.account.password):
            raise Refusal(401, {"error": "Unauthorized."})
        numbers, text = self._wanted(asked)
        message_id, cost = self._charged(numbers, text)
        if pick(self.account.answers, self.stand.seed, "answer", message_id) == "plain":
            message_id = ""
        self._accept(message_id, numbers, text, asking)
        if not message_id:
            return {"message": "Message sent successfully."}
        data = {
            "message_id": message_id,
            "recipients": len(numbers),
            "estimated_cost": cost,
            "remaining_balance": self.balance,
        }
        return {"success": True, "message": "Message sent successfully", "data": data}

    async def _send_v2(self, asking: Asking) -> object:
        numbers, text = self._wanted(await self._with_key(asking))
        message_id, cost = self._charged(numbers, text)
        self._accept(message_id, numbers, text, asking)
        data = {"message_id": message_id, "estimated_cost": int(cost), "remaining_balance": int(self.balance)}
        return {"success": True, "message": "SMS sent successfully", "data": data}

    async def _send_bulk(self, asking: Asking) -> object:
        """No ids; `failed_messages` is null where none failed."""
        asked = await self._with_key(asking)
        messages = asked.get("messages")
        if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
            raise Refusal(400, {"error": "The messages field is required."})
        successful, failed = [], []
        for index, each in enumerate(messages):
            number, text = str(each.get("number", "")), str(each.get("message_body", ""))
            try:
                self._charged(*self._wanted({"numbers": number, "message_body": text}))
            except Refusal as refusal:
                self._tell_in_answer(self._taken("", number, text, _rejected), asking)
                failed.append({"index": index, "number": number, "error": refusal.body["error"]})
            else:
                self._accept("", [number], text, asking)
                successful.append({"index": index, "number": number, "number_of_messages": _segments(text)})
        data = {"successful_messages": successful, "failed_messages": failed or None}
        return {"success": True, "message": "Messages processed", "data": data}

    async def _balance(self, asking: Asking) -> object:
        await self._with_key(asking)
        told = {"balance": self.balance, "currency": "UGX"}
        top = self.stand.dice.pick(self.account.balances, "balance") == "top"
        return {"success": True, **told} if top else {"success": True, "message": "OK", "data": told}

    async def _with_key(self, asking: Asking) -> dict[str, Any]:
        asked = await parameters(asking)
        key = asking.headers.get("x-api-key") or asked.get("api_key")
        if not key:
            help_text = "Provide X-API-Key header or api_key parameter"
            raise Refusal(401, {"error": "API key is required", "help": help_text})
        if key != self.account.api_key:
            raise Refusal(401, {"error": "Invalid API key"})
        return asked

    def _wanted(self, asked: dict[str, Any]) -> tuple[list[str], str]:
        numbers = [number.strip() for number in str(asked.get("numbers") or "").split(",")]
        if not all(_NUMBER.fullmatch(number) for number in numbers):
            raise Refusal(400, {"error": "Invalid phone number format."})
        text = str(asked.get("message_body") or "")
        if not text:
            raise Refusal(400, {"error": "The message body field is required."})
        return numbers, text

    def _charged(self, numbers: list[str], text: str) -> tuple[str, float]:
        cost = self.account.cost * len(numbers) * _segments(text)
        if cost > self.balance:
            raise Refusal(402, {"error": "Insufficient balance"})
        self.balance -= cost
        self._count += 1
        high, low = (int(draw(self.stand.seed, "uuid", half, self._count) * 2**64) for half in range(2))
        return str(uuid.UUID(int=high << 64 | low, version=4)), cost

    def _accept(self, message_id: str, numbers: list[str], text: str, asking: Asking) -> None:
        for number in numbers:
            self._tell_in_answer(self._taken(message_id, number, text, _accepted), asking)

    def _taken(self, message_id: str, number: str, text: str, wording: Any) -> Message:
        found = _NUMBER.fullmatch(number)
        return self.stand.accept(message_id, number, f"256{found[1]}" if found else number, text, wording)

    def _tell_in_answer(self, message: Message, asking: Asking) -> None:
        tell = partial(message.tell, message.turns[0], How.ANSWER, self.stand.clock.now(), timed=False)
        when_told(asking, tell)


def _accepted(step: Step) -> list[tuple[str, Status]]:
    """Whatever the carrier makes of it: the provider has one word, when it takes the message."""
    return [("accepted", Status.ACCEPTED)] if step.status is Status.QUEUED else []


def _rejected(step: Step) -> list[tuple[str, Status]]:
    return [("rejected", Status.REJECTED)] if step.status is Status.QUEUED else []


def _segments(text: str) -> int:
    return -(-len(text) // _SEGMENT)
