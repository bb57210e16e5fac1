"""UGSMS (Uganda): tells what it answers to a send, and the balance; there is no status query and no webhook.

So a message is accepted or rejected at once, and after a time that the user sets it is unknown (`schemas.timeout`).
Answers are read in the forms of the provider's pages (without an id; with one for all recipients) and, as third-party
clients have them, in those of v2 (`data.message_id`; of bulk, lists of what was taken and what was not, without ids).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from schemas.adapter import Unreadable
from schemas.event import Kind
from schemas.fields import amount, note, optional_identifier, text, whole
from schemas.json_adapter import JsonAdapter
from schemas.json_body import decode
from schemas.provider import Pair
from schemas.reading import Tables
from schemas.sent import ACCEPTED, MOST_SEGMENTS, REJECTED, WORDS
from schemas.status import Family
from schemas.told import Balance, Report, Told

FAMILIES = {
    "Invalid phone number format.": Family.UNKNOWN_NUMBER,
    "Unauthorized.": Family.GATEWAY,
    "API key is required": Family.GATEWAY,
}
"""By the `error` of a rejection."""

_CURRENCY = "UGX"


class _Balance(msgspec.Struct, gc=False):
    data: object = None
    balance: object = None
    currency: object = None


_balance = msgspec.json.Decoder(_Balance)


class UgSms(JsonAdapter):
    """Reads records of UGSMS."""

    name = "ugsms"
    tables = Tables(answers=WORDS)
    names_by_recipient = True
    gives_ids = False

    def tell_answer(self, body: bytes, asked: Mapping[str, str]) -> Told | None:
        """The balance, below `data` or at the top."""
        if asked.get("question") != "balance":
            raise Unreadable("unknown_shape", "the question that this answers is not known")
        found = decode(body, _balance) or _Balance()
        data = found.data if isinstance(found.data, dict) else {}
        left = amount(data.get("balance", found.balance))
        if left is None:
            raise Unreadable("unknown_shape", "the answer has no `balance`")
        return Balance(balance=left, currency=note(data.get("currency", found.currency)) or _CURRENCY)

    def pairs(self, pair: Pair) -> Sequence[Pair]:
        """Of bulk, each entry of the lists; else each of the numbers."""
        data = pair.data()
        if "successful_messages" in data or "failed_messages" in data:
            return _bulk(pair, data) or [pair]
        numbers = _numbers(pair.request)
        if len(numbers) < 2:
            return [pair]
        answer = {**pair.fields(), "data": {"recipients": len(numbers), **data}} if data else pair.answer
        return [pair._replace(request={**pair.request, "numbers": number}, answer=answer) for number in numbers]

    def tell_sent(self, pair: Pair) -> Report | None:
        """One message. The estimated cost is of all recipients of the id, in equal parts."""
        answer, data = pair.fields(), pair.data()
        taken, failed = (_entries(data, name) for name in ("successful_messages", "failed_messages"))
        [entry] = (taken + failed)[:1] or [{}]
        error = note(entry.get("error") or answer.get("error"))
        if not error and answer.get("success") is False:
            error = note(answer.get("message")) or "not successful"
        if not error and not answer.get("message") and not data:
            raise Unreadable("unknown_shape", "the answer is not one that is known of UGSMS")
        if not entry and ("successful_messages" in data or "failed_messages" in data):
            return None
        cost, count = amount(data.get("estimated_cost")), whole(data.get("recipients"), 1_000_000) or 1
        numbers = _numbers(pair.request)
        return Report(
            kind=Kind.SUBMISSION,
            message_id=optional_identifier(data.get("message_id"), "message_id"),
            message_key="",
            status=REJECTED if error or failed else ACCEPTED,
            recipient=note(entry.get("number")) or (numbers[0] if numbers else ""),
            time=None,
            sender=note(pair.request.get("sender_id")),
            error_text=error,
            family=FAMILIES.get(error, Family.NONE),
            segments=whole(entry.get("number_of_messages"), MOST_SEGMENTS),
            cost=None if cost is None else cost / count,
            currency="" if cost is None else _CURRENCY,
            balance=amount(data.get("remaining_balance")),
        )


def _bulk(pair: Pair, data: Mapping[str, Any]) -> list[Pair]:
    """Each entry with the message that it is of, where the request has it."""
    messages = pair.request.get("messages")
    found = []
    for name in ("successful_messages", "failed_messages"):
        for entry in _entries(data, name):
            index = entry.get("index")
            request = {name: value for name, value in pair.request.items() if name not in ("messages", "numbers")}
            if isinstance(messages, list) and type(index) is int and 0 <= index < len(messages):
                request["messages"] = [messages[index]]
            found.append(pair._replace(request=request, answer={"success": True, "data": {name: [entry]}}))
    return found


def _entries(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = data.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _numbers(request: Mapping[str, Any]) -> list[str]:
    given = request.get("numbers")
    listed = given if isinstance(given, list) else text(given, "numbers").split(",")
    return [note(number).strip() for number in listed if note(number).strip()]
