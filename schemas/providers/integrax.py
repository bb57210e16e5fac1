"""Integrax (Brazil, Latin America): pushes delivery reports and inbound messages to a webhook.

Two report bodies are documented, and both are read: `messageId`, `phone`, `timestamp` (the provider's own
text) and `message_id`, `number`, no time (the README of its Python SDK 1.0.0). For inbound messages none is
documented; they are read in the same style. All four statuses are final; why a message failed is not told.

One id may stand for several recipients, so a message is named by its id and the recipient's digits.
"""

import re

import msgspec

from schemas import reading
from schemas.adapter import Element, Source, Unreadable
from schemas.event import Event
from schemas.fields import identifier, message_text, optional_identifier, text
from schemas.json_body import decode
from schemas.record import Record
from schemas.status import Family, Status
from schemas.told import Inbound, Report, Told, content_id

STATUSES = {
    "DELIVRD": Status.DELIVERED,
    "EXPIRED": Status.EXPIRED,
    "REJECTD": Status.REJECTED,
    "UNDELIV": Status.UNDELIVERABLE,
}
FAMILIES = {"EXPIRED": Family.EXPIRED}


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
_NOT_DIGIT = re.compile(r"[^0-9]+")


class Integrax:
    """Reads records of Integrax."""

    name = "integrax"

    def split(self, body: bytes, source: Source) -> list[Element]:
        """As `Adapter.split`."""
        return reading.split(body, source, _tell, STATUSES)

    def read(self, record: Record, source: Source) -> Event | None:
        """As `Adapter.read`."""
        return reading.read(record, source, self.name, _tell, STATUSES, FAMILIES)


def _tell(body: bytes) -> Told | None:
    """A body with a status is a report; else one with a sender and a text is an inbound message."""
    found = decode(body, _decoder)
    if found is None:
        return None
    message_id = found.message_id if found.messageId is None else found.messageId
    if found.status is not None:
        return _report(found, identifier(message_id, "messageId"))
    message = found.text if found.message is None else found.message
    sender = found.phone if found.from_ is None else found.from_
    if message is None or sender is None:
        raise Unreadable(
            "unknown_shape",
            "neither a report (`status`) nor an inbound message (`from` or `phone`, and `message` or `text`)",
        )
    return _inbound(found, message_id, sender, message)


def _report(found: _Body, message_id: str) -> Report:
    recipient = text(found.number if found.phone is None else found.phone, "phone")
    digits = recipient if recipient.isdecimal() and recipient.isascii() else _NOT_DIGIT.sub("", recipient)
    if not digits:
        raise Unreadable("missing_recipient", "`phone` (or `number`) is missing or holds no digits")
    return Report(
        message_id=message_id,
        message_key=f"{message_id}/{digits}",
        status=text(found.status, "status"),
        recipient=recipient,
        time=found.timestamp,
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
