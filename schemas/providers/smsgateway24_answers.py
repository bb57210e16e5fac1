"""What SmsGateway24 answers: to `getallsms`, `getsmsstatus`, `getalldevices`, `getdevicestatus`, and to a send.

Two samples of the list differ: the newer lacks `count`, `error`, `message` and `sim`. The form of an empty one is not
documented, so all are read. `senttime` is null even when a message was delivered: the time of arrival stands in.
Errors are `error: 1` in the body. Of a phone, `battery` and an end of the subscription are read where they are given;
the documentation has `subscription` as true or false.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from schemas.adapter import Unreadable
from schemas.event import Kind
from schemas.fields import amount, flag, identifier, message_text, note, text
from schemas.json_body import decode, elements_of
from schemas.provider import Pair
from schemas.sent import ACCEPTED, REJECTED
from schemas.status import Family
from schemas.told import Device, Inbound, Report, Sim, Told

INCOMING = "5"
"""The status of an incoming message, which the list holds; to a webhook it comes in a body of its own."""

_CHANNELS = {"0": "sms", "1": "sms", "2": "whatsapp", "3": "whatsapp", "4": "rcs", "5": "rcs"}
"""`sim` as the vendor documents it. `channel_id` is not documented, so nothing is read from it."""

_LISTS = {"getallsms": "smss", "getalldevices": "device"}
_ENVELOPE = frozenset({"error", "count", "message"})
"""What an answer without its list may hold."""


class _Item(msgspec.Struct, gc=False):
    """Of a message or a phone, in a list or alone."""

    error: object = None
    id: object = None
    sms_id: object = None
    sendto: object = None
    body: object = None
    customerid: object = None
    status: object = None
    statustitle: object = None
    status_description: object = None
    deviceid: object = None
    created: object = None
    senttime: object = None
    sim: object = None
    device_id: object = None
    title: object = None
    online: object = None
    lastseen: object = None
    battery: object = None
    siminfo: object = None
    subscription: object = None
    appversion: object = None
    isappversionactual: object = None


_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_item = msgspec.json.Decoder(_Item)


def channel_of(sim: object) -> str:
    """The channel of a SIM slot."""
    return _CHANNELS.get(note(sim), "unknown")


def is_error(value: object) -> bool:
    """Whether an answer's `error` says that it is one; PHP has several forms of none."""
    return bool(value) and value != "0"


def answered(body: bytes, asked: Mapping[str, str]) -> Sequence[bytes]:
    """As `Provider.answered`."""
    field = _LISTS.get(asked.get("question", ""))
    if field is None:
        return [body]
    found = decode(body, _raw)
    if found is None:
        return []
    if field in found and "id" not in found:  # else it is one of them, with a field of that name
        return elements_of(body, found[field])
    return [] if found.keys() <= _ENVELOPE else [body]


def tell(body: bytes, asked: Mapping[str, str]) -> Told | None:
    """As `Provider.tell_answer`."""
    found = decode(body, _item)
    if found is None or is_error(found.error):
        return None
    match asked.get("question"):
        case "getallsms":
            return _message(found)
        case "getsmsstatus":
            return _status(found)
        case "getalldevices":
            return _device(found, identifier(found.id, "id"))
        case "getdevicestatus":
            return _device(found, identifier(found.device_id, "device_id"))
        case _:
            raise Unreadable("unknown_shape", "the question that this answers is not known")


def pairs(pair: Pair) -> Sequence[Pair]:
    """As `Provider.pairs`."""
    if not is_error(pair.fields().get("error")):
        return [pair]
    numbers = _numbers(pair.request)
    kept = {name: value for name, value in pair.request.items() if name not in ("smsdata", "datajson")}
    return [pair._replace(request={**kept, "sendto": number}) for number in numbers] if len(numbers) > 1 else [pair]


def tell_sent(pair: Pair) -> Report | None:
    """As `Provider.tell_sent`."""
    request, answer = pair.request, pair.fields()
    rejected = is_error(answer.get("error"))
    if not rejected and "error" not in answer and "sms_id" not in answer:
        raise Unreadable("unknown_shape", "the answer is not one that is known of SmsGateway24")
    if not rejected and answer.get("sms_id") is None:
        return None
    numbers = _numbers(request)
    return Report(
        kind=Kind.SUBMISSION,
        message_id="" if rejected else identifier(answer.get("sms_id"), "sms_id"),
        message_key="",
        status=REJECTED if rejected else ACCEPTED,
        # Of several recipients, it is not told whose the one id is.
        recipient=numbers[0] if len(numbers) == 1 else "",
        time=None,
        error_text=note(answer.get("message")) if rejected else "",
        family=Family.UNKNOWN if rejected else Family.NONE,
        channel=channel_of(request.get("sim")),
        device_id=note(request.get("device_id")),
        customer_ref=_reference(request.get("customerid")),
    )


def _message(found: _Item) -> Told | None:
    message_id = identifier(found.id, "id")
    status = text(found.status, "status")
    if not status:
        raise Unreadable("unknown_shape", "a message without its `status`")
    recipient, device = text(found.sendto, "sendto"), note(found.deviceid)
    if status == INCOMING:
        return Inbound(
            message_id=message_id,
            sender=recipient,
            recipient="",
            text=message_text(found.body, "body"),
            time=found.created,
            channel=channel_of(found.sim),
            device_id=device,
        )
    return Report(
        message_id=message_id,
        message_key=message_id,
        status=status,
        recipient=recipient,
        time=found.senttime,
        error_text=note(found.statustitle),
        channel=channel_of(found.sim),
        device_id=device,
        customer_ref=_reference(found.customerid),
    )


def _status(found: _Item) -> Report | None:
    message_id = identifier(found.sms_id, "sms_id")
    status = text(found.status, "status")
    if not status:
        raise Unreadable("unknown_shape", "a message without its `status`")
    if status == INCOMING:
        return None
    return Report(
        message_id=message_id,
        message_key=message_id,
        status=status,
        recipient="",
        time=None,
        error_text=note(found.status_description),
    )


def _device(found: _Item, device_id: str) -> Device:
    return Device(
        device_id=device_id,
        title=note(found.title),
        online=flag(found.online),
        seen_at=found.lastseen,
        battery=amount(found.battery),
        sims=tuple(_sim(one) for one in found.siminfo if isinstance(one, dict)) if type(found.siminfo) is list else (),
        subscription=flag(found.subscription),
        subscription_ends_at=found.subscription if flag(found.subscription) is None else None,
        app_version=note(found.appversion),
        app_is_current=flag(found.isappversionactual),
    )


def _sim(given: Mapping[str, Any]) -> Sim:
    return Sim(
        slot=note(given.get("Slot")),
        number=note(given.get("Number")).strip(),
        country=note(given.get("CountryIso")).upper(),
        carrier=note(given.get("CarrierName")),
        roaming=flag(given.get("Roaming")) or False,
    )


def _numbers(request: Mapping[str, Any]) -> list[str]:
    """The recipients of `addsms` (commas between them), or of `addalotofsms`."""
    if request.get("sendto") is not None:
        return [number.strip() for number in text(request["sendto"], "sendto").split(",") if number.strip()]
    told = request.get("datajson", request)
    try:
        told = msgspec.json.decode(told) if isinstance(told, str) else told
    except (msgspec.DecodeError, RecursionError):
        return []
    messages = told.get("smsdata") if isinstance(told, dict) else None
    return [note(one.get("sendto")) for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []


def _reference(customer: object) -> str:
    found = note(customer)
    return "" if found == "0" else found
