"""Submissions: what the application that sends says of a message when it has handed it to a provider.

It posts objects of the fields of `_Posted`, or `{"request": …, "answer": …}`: what it asked of the provider, and what
the provider answered. The fields may stand beside such a pair, for what neither of the two says (the time above all).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from schemas.adapter import Unreadable
from schemas.event import Kind
from schemas.fields import amount, note, optional_identifier, text, whole
from schemas.identity import content_identity
from schemas.json_body import decode
from schemas.provider import Pair, Provider
from schemas.status import Status
from schemas.told import Report

ACCEPTED, REJECTED = "accepted", "rejected"
WORDS: Mapping[str, Status] = {status.value: status for status in Status if status}
"""What a submission may call its status by, whatever the provider: the canonical words."""

MOST_SEGMENTS = 255
_MOST_HTTP_STATUS = 599
_MOST_TOGETHER = 64 * 1024 * 1024
"""Bytes that one request may come to when it is told apart: what is common to all recipients stands with each."""

_CHANNELS = ("sms", "rcs", "whatsapp")
_CREDENTIALS = frozenset({"token", "pass", "password", "email", "username", "api_key", "x-api-key", "authorization"})


class _Posted(msgspec.Struct, gc=False):
    request: object = None
    answer: object = None
    http_status: object = None
    message_id: object = None
    recipient: object = None
    recipients: object = None
    status: object = None
    error_code: object = None
    error_text: object = None
    time: object = None
    sender: object = None
    customer_ref: object = None
    segments: object = None
    cost: object = None
    currency: object = None
    channel: object = None


FIELDS: Sequence[str] = _Posted.__struct_fields__
"""The names of what may be posted."""

_object = msgspec.json.Decoder(dict[str, Any])
_posted = msgspec.json.Decoder(_Posted)
_encode = msgspec.json.encode


def parts(body: bytes, provider: Provider) -> list[bytes]:
    """One object of the body as one for each message, without credentials; the body itself where nothing changes.

    Each is read as it stands. What cannot be read is left whole.
    """
    try:
        posted = decode(body, _object) or {}
    except Unreadable:
        return [body]
    if not isinstance(posted.get("request"), dict):
        numbers = posted.get("recipients")
        if provider.names_by_recipient and isinstance(numbers, list) and len(numbers) > 1:
            return [_encode({**posted, "recipients": [number]}) for number in numbers]
        return [body]
    pair = _pair(_without_credentials(posted["request"]), posted.get("answer"), posted.get("http_status"))
    if pair.request != posted["request"]:
        body = _encode({**posted, "request": pair.request})
    try:
        pairs = provider.pairs(pair)
    except Unreadable:
        return [body]
    if len(pairs) == 1:
        return [body]
    found: list[bytes] = []
    room = _MOST_TOGETHER
    for one in pairs:
        found.append(_encode({**posted, "request": one.request, "answer": one.answer}))
        room -= len(found[-1])
        if room < 0:
            return [body]
    return found


def tell(body: bytes, provider: Provider) -> Report | None:
    """One object of one message. Raises Unreadable."""
    posted = decode(body, _posted)
    if posted is None:
        return None
    if isinstance(posted.request, dict):
        pair = _pair(posted.request, posted.answer, posted.http_status)
        if len(provider.pairs(pair)) > 1:
            raise Unreadable("too_large", "a request of this size to so many recipients; post it in smaller parts")
        told = provider.tell_sent(pair)
    elif posted.answer is not None:
        raise Unreadable("unknown_shape", "an `answer` without the `request` does not say whom the message was for")
    else:
        told = _plain(posted)
    if told is None:
        return None
    message_id = told.message_id
    if not message_id:
        if provider.gives_ids and told.status != REJECTED:
            raise Unreadable("missing_id", "`message_id` is missing, empty or 0")
        # Nothing else is ever told about it: its content names it, so that the same posted again is the same message.
        message_id = f"{content_identity('sent', body.decode('latin-1')):032x}"
    return msgspec.structs.replace(
        told, message_id=message_id, message_key=provider.key(message_id, told.recipient), **_beside(posted)
    )


def _pair(request: Mapping[str, Any], answer: object, http_status: object) -> Pair:
    return Pair(request, answer, whole(http_status, _MOST_HTTP_STATUS))


def _plain(posted: _Posted) -> Report:
    numbers = posted.recipients if isinstance(posted.recipients, list) else [posted.recipients]
    recipient = numbers[0] if posted.recipient is None and len(numbers) == 1 else posted.recipient
    return Report(
        kind=Kind.SUBMISSION,
        message_id=optional_identifier(posted.message_id, "message_id"),
        message_key="",
        status=text(posted.status, "status") or ACCEPTED,
        recipient=text(recipient, "recipient"),
        time=None,
        error_code=text(posted.error_code, "error_code"),
        error_text=note(posted.error_text),
    )


def _beside(posted: _Posted) -> dict[str, Any]:
    """What stands beside a pair outranks what the pair says."""
    channel = note(posted.channel).lower()
    found = {
        "time": posted.time,
        "sender": text(posted.sender, "sender") or None,
        "customer_ref": text(posted.customer_ref, "customer_ref") or None,
        "segments": whole(posted.segments, MOST_SEGMENTS) or None,
        "cost": amount(posted.cost),
        "currency": note(posted.currency) or None,
        "channel": channel if channel in _CHANNELS else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _without_credentials(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_credentials(item) for name, item in value.items() if name.lower() not in _CREDENTIALS}
    if isinstance(value, list):
        return [_without_credentials(item) for item in value]
    if isinstance(value, str) and value.lstrip().startswith("{"):
        # A parameter may be JSON itself, and hold the token (SmsGateway24's `datajson`).
        try:
            return _encode(_without_credentials(msgspec.json.decode(value))).decode()
        except msgspec.DecodeError:
            return value
    return value
