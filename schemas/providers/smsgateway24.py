"""SmsGateway24 (Android phones as gateways): pushes statuses and incoming messages to a webhook of each device.

Two pairs of bodies are read: those of the vendor's documentation (`sms_id`, `status_id`, `sendto` …, and
`address`, `body` …) and those of an article of the vendor (`event`, `message_id`, `phone` …). Times come as
text of an undocumented format and zone, or as dumps of PHP's DateTime; see `schemas.times`, also for the
hour that comes twice in autumn. The id alone names a message.
"""

import msgspec

from schemas import reading
from schemas.adapter import Element, Source, Unreadable
from schemas.event import Event
from schemas.fields import identifier, message_text, note, optional_identifier, text
from schemas.json_body import decode
from schemas.record import Record
from schemas.status import Family, Status
from schemas.told import Inbound, Report, Told, content_id

STATUSES = {
    # The documented codes. Their titles change by year and language, so nothing is read from them.
    "1": Status.QUEUED,
    "3": Status.QUEUED,
    "2": Status.SENDING,
    "6": Status.SENT,
    "7": Status.DELIVERED,
    "8": Status.UNDELIVERABLE,
    "9": Status.FAILED,
    "10": Status.FAILED,
    "11": Status.FAILED,
    "12": Status.FAILED,
    "100": Status.FAILED,
    "101": Status.FAILED,
    # The article's words. It prints `delivered` alone; the others leave no doubt. A source's `statuses` adds more.
    "delivered": Status.DELIVERED,
    "sent": Status.SENT,
    "undelivered": Status.UNDELIVERABLE,
    "failed": Status.FAILED,
}
FAMILIES = {
    "10": Family.NETWORK,
    "11": Family.MESSAGE,
    "12": Family.GATEWAY,
    "100": Family.GATEWAY,
    "101": Family.GATEWAY,
}
INCOMING = "5"
"""The status of an incoming message. The message itself comes in a webhook of its own."""

# `sim` as the vendor documents it for sending. `channel_id` is not documented, so nothing is read from it.
_CHANNELS = {0: "sms", 1: "sms", 2: "whatsapp", 3: "whatsapp", 4: "rcs", 5: "rcs"}


class _Body(msgspec.Struct, gc=False):
    """The fields of all bodies. Of any type here: a field that cannot be read is named by the check that needs it."""

    event: object = None
    message_id: object = None
    phone: object = None
    status: object = None
    message: object = None
    timestamp: object = None
    device_id: object = None
    sms_id: object = None
    status_id: object = None
    status_message: object = None
    sendto: object = None
    senttime: object = None
    address: object = None
    date: object = None
    date_sent: object = None
    body: object = None
    img_url: object = None
    sim: object = None


_decoder = msgspec.json.Decoder(_Body)


class SmsGateway24:
    """Reads records of SmsGateway24."""

    name = "smsgateway24"

    def split(self, body: bytes, source: Source) -> list[Element]:
        """As `Adapter.split`."""
        return reading.split(body, source, _tell, STATUSES)

    def read(self, record: Record, source: Source) -> Event | None:
        """As `Adapter.read`."""
        return reading.read(record, source, self.name, _tell, STATUSES, FAMILIES)


def _tell(body: bytes) -> Told | None:
    found = decode(body, _decoder)
    if found is None:
        return None
    if found.status_id is not None:
        return _status(found)
    if found.address is not None:
        return _incoming(found)
    if found.event == "delivery_status" and found.status is not None:
        return _article_status(found)
    if found.event == "incoming_sms" and found.phone is not None:
        return _article_incoming(found)
    raise Unreadable(
        "unknown_shape", "neither a status (`status_id`) nor an incoming message (`address`) nor a known `event`"
    )


def _status(found: _Body) -> Report | None:
    message_id = identifier(found.sms_id, "sms_id")
    status = text(found.status_id, "status_id")
    if status == INCOMING:
        return None
    return Report(
        message_id=message_id,
        message_key=message_id,
        status=status,
        recipient=text(found.sendto, "sendto"),
        time=found.senttime,
        error_text=note(found.status_message),
        device_id=note(found.device_id),
    )


def _incoming(found: _Body) -> Inbound:
    """An image has its address where a text message has its text."""
    sender = text(found.address, "address")
    message = message_text(found.body, "body") or message_text(found.img_url, "img_url")
    time = found.date_sent if found.date is None else found.date
    device = note(found.device_id)
    return Inbound(
        # The device is the recipient: nothing else tells two phones apart that got the same text.
        message_id=optional_identifier(found.sms_id, "sms_id") or content_id(sender, device, message, time),
        sender=sender,
        recipient="",
        text=message,
        time=time,
        channel=_CHANNELS.get(found.sim, "unknown") if type(found.sim) is int else "unknown",
        device_id=device,
    )


def _article_status(found: _Body) -> Report:
    message_id = identifier(found.message_id, "message_id")
    return Report(
        message_id=message_id,
        message_key=message_id,
        status=text(found.status, "status"),
        recipient=text(found.phone, "phone"),
        time=found.timestamp,
        device_id=note(found.device_id),
    )


def _article_incoming(found: _Body) -> Inbound:
    sender, message = text(found.phone, "phone"), message_text(found.message, "message")
    device = note(found.device_id)
    return Inbound(
        message_id=optional_identifier(found.message_id, "message_id")
        or content_id(sender, device, message, found.timestamp),
        sender=sender,
        recipient="",
        text=message,
        time=found.timestamp,
        channel="sms",
        device_id=device,
    )
