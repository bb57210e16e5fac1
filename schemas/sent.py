"""Submissions: what the application that sends says of a message when it has handed it to a provider.

It posts objects of the fields of `_Posted`, or `{"request": …, "answer": …}`: what it asked of the provider, and what
the provider answered. The fields may stand beside such a pair, for what neither of the two says (the time above all).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from schemas.adapter import Unreadable
from schemas.credentials import blanked, without_credentials
from schemas.event import Kind
from schemas.fields import amount, note, optional_identifier, text, whole
from schemas.identity import content_identity
from schemas.json_body import MAX_ELEMENTS, decode
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

    Each is read as it stands. What cannot be told apart is left whole.
    """
    try:
        posted = decode(body, _object) or {}
        request = without_credentials(posted.get("request"))
        if request != posted.get("request"):
            posted["request"] = request
            body = _encode(posted)
    except (Unreadable, RecursionError):
        return [blanked(body)]
    try:
        apart = _apart(posted, provider)
    except Unreadable:
        return [body]
    if not 1 < len(apart) <= MAX_ELEMENTS:
        return [body]
    found: list[bytes] = []
    room = _MOST_TOGETHER
    for one in apart:
        found.append(_encode({**posted, **one}))
        room -= len(found[-1])
        if room < 0:
            return [body]
    return found


def _apart(posted: Mapping[str, Any], provider: Provider) -> Sequence[Mapping[str, Any]]:
    """The fields that differ by message."""
    request, numbers = posted.get("request"), posted.get("recipients")
    if isinstance(request, dict):
        pairs = provider.pairs(_pair(request, posted.get("answer"), posted.get("http_status")))
        return [{"request": one.request, "answer": one.answer} for one in pairs]
    if provider.names_by_recipient and isinstance(numbers, list) and posted.get("recipient") is None:
        return [{"recipients": [number]} for number in numbers]
    return []


def tell(body: bytes, provider: Provider) -> Report | None:
    """One object of one message. Raises Unreadable."""
    posted = decode(body, _posted)
    if posted is None:
        return None
    if isinstance(posted.request, dict):
        pair = _pair(posted.request, posted.answer, posted.http_status)
        if len(provider.pairs(pair)) > 1:
            raise _too_many()
        told = provider.tell_sent(pair)
    elif posted.answer is not None:
        raise Unreadable("unknown_shape", "an `answer` without the `request` does not say whom the message was for")
    else:
        told = _plain(posted)
        if isinstance(posted.recipients, list) and len(posted.recipients) > 1 and provider.names_by_recipient:
            raise _too_many()
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


def _too_many() -> Unreadable:
    return Unreadable("too_large", "a request of this size to so many recipients; post it in smaller parts")


def _plain(posted: _Posted) -> Report:
    if posted.recipient is not None and posted.recipients:
        raise Unreadable("bad_field", "`recipient` and `recipients` are both given; give one of them")
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
