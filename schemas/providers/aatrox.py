"""Aatrox (Australia): is asked for each message (`sms`, by its id) and for what came in (`receive`, by own number).

Its guide prints one answer, with the status `delivered` and without the id, which is taken from what was asked. Not
documented, hence read in every usual form: the time, the shape of received messages, where the answer to a send holds
the id. The other words below leave no doubt; a source's `statuses` adds more.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from schemas.adapter import Unreadable
from schemas.event import Kind
from schemas.fields import identifier, message_text, note, optional_identifier, text, whole
from schemas.json_adapter import JsonAdapter
from schemas.json_body import decode, elements, elements_of
from schemas.provider import Pair
from schemas.reading import Tables
from schemas.sent import ACCEPTED, MOST_SEGMENTS, REJECTED, WORDS
from schemas.status import Family, Status
from schemas.told import Inbound, Report, Told, content_id

STATUSES = {
    "delivered": Status.DELIVERED,
    "queued": Status.QUEUED,
    "pending": Status.QUEUED,
    "accepted": Status.ACCEPTED,
    "sending": Status.SENDING,
    "sent": Status.SENT,
    "undelivered": Status.UNDELIVERABLE,
    "expired": Status.EXPIRED,
    "rejected": Status.REJECTED,
    "failed": Status.FAILED,
}
_LISTS = ("data", "messages", "results")
_IDS = ("id", "message_id", "sms_id")
_SENDER = ("from", "from_addr")
_WRITTEN = ("text", "message", "body")


class _Details(msgspec.Struct, gc=False):
    to_addr: object = None
    from_addr: object = None
    status: object = None
    status_at: object = None
    segment_count: object = None


_details = msgspec.json.Decoder(_Details)
_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_item = msgspec.json.Decoder(dict[str, Any])


class Aatrox(JsonAdapter):
    """Reads records of Aatrox."""

    name = "aatrox"
    tables = Tables(STATUSES, {}, WORDS)

    def answered(self, body: bytes, asked: Mapping[str, str]) -> Sequence[bytes]:
        """The received messages: a list, or one under `data`, `messages` or `results`; or one message alone."""
        if asked.get("question") != "receive":
            return [body]
        found = elements(body)
        if found != [body]:
            return found
        answer = decode(body, _raw)
        if answer is None:
            return []
        known = [answer[name] for name in _LISTS if name in answer]
        if not known or _is_message(answer):
            return [body]
        return [one for value in known for one in elements_of(body, value, _is_message)]

    def tell_answer(self, body: bytes, asked: Mapping[str, str]) -> Told | None:
        """The state of the message that was asked for, or one that came in."""
        match asked.get("question"):
            case "sms":
                return _state(body, identifier(asked.get("id"), "id"))
            case "receive":
                return _incoming(body, asked.get("number", ""))
            case _:
                raise Unreadable("unknown_shape", "the question that this answers is not known")

    def pairs(self, pair: Pair) -> Sequence[Pair]:
        """A list of as many answers as recipients is one for each."""
        numbers, told = pair.request.get("to"), _listed(pair.answer)
        if not isinstance(numbers, list) or len(numbers) != len(told) or len(told) < 2:
            return [pair]
        return [
            pair._replace(request={**pair.request, "to": [number]}, answer=one)
            for number, one in zip(numbers, told, strict=True)
        ]

    def tell_sent(self, pair: Pair) -> Report | None:
        """The answer to a send; one with a response code of 400 to 499 is a rejection."""
        rejected = 400 <= pair.http_status < 500
        told = _listed(pair.answer)
        numbers = pair.request.get("to")
        numbers = numbers if isinstance(numbers, list) else [numbers]
        if told and len(told) != len(numbers) and not rejected:
            raise Unreadable("unknown_shape", "the answer lists more or fewer messages than `to` has recipients")
        answer = pair.data() or (told or [pair.answer])[0]
        given = next((answer[name] for name in _IDS if answer.get(name)), None) if isinstance(answer, dict) else None
        return Report(
            kind=Kind.SUBMISSION,
            message_id="" if rejected else optional_identifier(given, "id"),
            message_key="",
            status=REJECTED if rejected else ACCEPTED,
            recipient=text(numbers[0], "to") if len(numbers) == 1 else "",
            time=None,
            sender=note(pair.request.get("from")),
            error_code=str(pair.http_status) if rejected else "",
            error_text=note(pair.fields().get("message")) if rejected else "",
            family=_REJECTIONS.get(pair.http_status, Family.UNKNOWN) if rejected else Family.NONE,
        )


_REJECTIONS = {400: Family.MESSAGE, 401: Family.GATEWAY}


def _state(body: bytes, message_id: str) -> Report:
    found = decode(body, _details) or _Details()
    status = text(found.status, "status")
    if not status:
        raise Unreadable("unknown_shape", "a message's details without its `status`")
    return Report(
        message_id=message_id,
        message_key=message_id,
        status=status,
        recipient=text(found.to_addr, "to_addr"),
        time=found.status_at,
        sender=text(found.from_addr, "from_addr"),
        segments=whole(found.segment_count, MOST_SEGMENTS),
    )


def _incoming(body: bytes, number: str) -> Inbound | None:
    item = decode(body, _item)
    if item is None or not any(value for value in item.values()):
        return None
    sender = text(_first(item, *_SENDER), "from")
    recipient = text(_first(item, "to", "to_addr"), "to") or number
    written = _first(item, *_WRITTEN)
    if not sender or written is None:
        raise Unreadable("unknown_shape", "no received message: `from` and `text` are missing")
    message = message_text(written, "text")
    time = _first(item, "received_at", "timestamp", "time", "date", "created_at", "sent_at", "status_at")
    return Inbound(
        message_id=optional_identifier(_first(item, *_IDS), "id") or content_id(sender, recipient, message, time),
        sender=sender,
        recipient=recipient,
        text=message,
        time=time,
        channel="sms",
    )


def _is_message(fields: Mapping[str, object]) -> bool:
    """Whether it is a received message itself, rather than what holds them (pages of a list have a `from`, too)."""
    return any(name in fields for name in _SENDER) and any(name in fields for name in _WRITTEN)


def _first(item: Mapping[str, Any], *names: str) -> Any:
    return next((item[name] for name in names if item.get(name) is not None), None)


def _listed(answer: Any) -> list[Any]:
    if isinstance(answer, dict):
        answer = next((answer[name] for name in _LISTS if isinstance(answer.get(name), list)), None)
    return answer if isinstance(answer, list) else []
