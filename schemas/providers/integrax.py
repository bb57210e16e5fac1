"""Integrax (Brazil, Latin America): pushes delivery reports and inbound messages to a webhook.

Two report bodies are documented, and both are read: `messageId`, `phone`, `timestamp` (the provider's own
text) and `message_id`, `number`, no time (the README of its Python SDK 1.0.0). For inbound messages none is
documented; they are read in the same style. All four statuses are final; why a message failed is not told.

One id may stand for several recipients, so a message is named by its id and the recipient's digits. In the answer to
a send `data` is an object (the provider's own text) or a list (the SDK); an `error` other than 0 is a rejection.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from schemas.adapter import Unreadable
from schemas.event import Kind
from schemas.fields import identifier, message_text, note, optional_identifier, text
from schemas.json_adapter import JsonAdapter
from schemas.json_body import decode
from schemas.provider import Pair
from schemas.reading import Tables
from schemas.sent import ACCEPTED, REJECTED, WORDS
from schemas.status import Family, Status
from schemas.told import Inbound, Report, Told, content_id

STATUSES = {
    "DELIVRD": Status.DELIVERED,
    "EXPIRED": Status.EXPIRED,
    "REJECTD": Status.REJECTED,
    "UNDELIV": Status.UNDELIVERABLE,
}
FAMILIES = {"EXPIRED": Family.EXPIRED}
ANSWERS = {"SENT_TO_OPERATOR": Status.ACCEPTED}
ERRORS = {"1": Family.MESSAGE, "2": Family.BALANCE, "3": Family.GATEWAY, "4": Family.GATEWAY}
"""`error` in the answer to a send: invalid parameters, balance, token, rate limited."""


class _Body(msgspec.Struct, gc=False, rename={"from_": "from"}):
    """The fields of all bodies. Of any type here: a field that cannot be read is named by the check that needs it."""

    messageId: object = None  # noqa: N815 (the name on the wire)
    message_id: object = None
    status: object = None
    phone: object = None
    number: object = None
    timestamp: object = None
    from_: object = None
    to: object = None
    message: object = None
    text: object = None


_decoder = msgspec.json.Decoder(_Body)


class Integrax(JsonAdapter):
    """Reads records of Integrax."""

    name = "integrax"
    tables = Tables(STATUSES, FAMILIES, {**WORDS, **ANSWERS})
    names_by_recipient = True

    def tell(self, body: bytes) -> Told | None:
        """A body with a status is a report; else one with a sender and a text is an inbound message."""
        found = decode(body, _decoder)
        if found is None:
            return None
        message_id = found.message_id if found.messageId is None else found.messageId
        if found.status is not None:
            return self._report(found, identifier(message_id, "messageId"))
        message = found.text if found.message is None else found.message
        sender = found.phone if found.from_ is None else found.from_
        if message is None or sender is None:
            raise Unreadable(
                "unknown_shape",
                "neither a report (`status`) nor an inbound message (`from` or `phone`, and `message` or `text`)",
            )
        return _inbound(found, message_id, sender, message)

    def pairs(self, pair: Pair) -> Sequence[Pair]:
        """The id is each recipient's; a list of as many answers is one for each."""
        numbers = _numbers(pair.request)
        told = pair.fields().get("data")
        answers = told if isinstance(told, list) and len(told) == len(numbers) else None
        return (
            [
                pair._replace(
                    request={**pair.request, "to": [number]},
                    answer={**pair.answer, "data": [answers[index]]} if answers else pair.answer,
                )
                for index, number in enumerate(numbers)
            ]
            if len(numbers) > 1
            else [pair]
        )

    def tell_sent(self, pair: Pair) -> Report | None:
        """An answer without `data` (to `send-otp`) names no message: that is left to the report, which has the id."""
        answer = pair.fields()
        error, code = note(answer.get("error")), note(answer.get("code"))
        if error not in ("", "0"):
            return _sent(
                pair,
                "",
                REJECTED,
                error_code=error,
                error_text=note(answer.get("message")) or code,
                family=ERRORS.get(error, Family.UNKNOWN),
            )
        told = answer.get("data")
        if told is None and code:
            return None
        if isinstance(told, list) and len(told) == 1:
            told = told[0]
        if not isinstance(told, dict):
            raise Unreadable("unknown_shape", "the answer is not one that is known of Integrax")
        message_id = identifier(told.get("messageId", told.get("message_id")), "messageId")
        return _sent(pair, message_id, text(told.get("status"), "status") or ACCEPTED)

    def _report(self, found: _Body, message_id: str) -> Report:
        recipient = text(found.number if found.phone is None else found.phone, "phone")
        return Report(
            message_id=message_id,
            message_key=self.key(message_id, recipient),
            status=text(found.status, "status"),
            recipient=recipient,
            time=found.timestamp,
        )


def _numbers(request: Mapping[str, Any]) -> list[Any]:
    to = request.get("to")
    return to if isinstance(to, list) else [to]


def _sent(pair: Pair, message_id: str, status: str, **more: Any) -> Report:
    return Report(
        kind=Kind.SUBMISSION,
        message_id=message_id,
        message_key="",
        status=status,
        recipient=text(next(iter(_numbers(pair.request)), None), "to"),
        time=None,
        sender=note(pair.request.get("from")),
        **more,
    )


def _inbound(found: _Body, given_id: object, given_sender: object, given_text: object) -> Inbound:
    sender, recipient = text(given_sender, "from"), text(found.to, "to")
    message = message_text(given_text, "message")
    return Inbound(
        message_id=optional_identifier(given_id, "messageId")
        or content_id(sender, recipient, message, found.timestamp),
        sender=sender,
        recipient=recipient,
        text=message,
        time=found.timestamp,
    )
