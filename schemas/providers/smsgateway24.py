"""SmsGateway24 (Android phones as gateways): pushes statuses and incoming messages to a webhook of each device, and
can be asked (`smsgateway24_answers`).

Two pairs of bodies are read: those of the vendor's documentation (`sms_id`, `status_id`, `sendto` …, and
`address`, `body` …) and those of an article of the vendor (`event`, `message_id`, `phone` …). Times come as
text of an undocumented format and zone, or as dumps of PHP's DateTime; see `schemas.times`, also for the
hour that comes twice in autumn. The id alone names a message.
"""

from collections.abc import Mapping, Sequence

import msgspec

from schemas.adapter import Unreadable
from schemas.fields import identifier, message_text, note, optional_identifier, text
from schemas.json_adapter import JsonAdapter
from schemas.json_body import decode
from schemas.provider import Pair
from schemas.providers import smsgateway24_answers as answers
from schemas.providers.smsgateway24_answers import INCOMING, channel_of
from schemas.reading import Tables
from schemas.sent import WORDS
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


class SmsGateway24(JsonAdapter):
    """Reads records of SmsGateway24."""

    name = "smsgateway24"
    tables = Tables(STATUSES, FAMILIES, WORDS)

    def tell(self, body: bytes) -> Told | None:
        """A status or an incoming message, as documented or as in the article."""
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

    def answered(self, body: bytes, asked: Mapping[str, str]) -> Sequence[bytes]:
        """The messages of `getallsms`, the phones of `getalldevices`; else the answer as one."""
        return answers.answered(body, asked)

    def tell_answer(self, body: bytes, asked: Mapping[str, str]) -> Told | None:
        """One message, or one phone."""
        return answers.tell(body, asked)

    def pairs(self, pair: Pair) -> Sequence[Pair]:
        """A rejection is of each recipient. Where a send of several was accepted, one id alone is told."""
        return answers.pairs(pair)

    def tell_sent(self, pair: Pair) -> Report | None:
        """The answer to `addsms`. Those without an id (bulk) are left to `getallsms`, which tells the ids."""
        return answers.tell_sent(pair)


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
        channel=channel_of(found.sim),
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
