"""The bodies of SmsGateway24, in each of their documented forms."""

from typing import Any

import msgspec

from simulators.shapes import iso, local, php_date
from simulators.smsgateway24_statuses import title
from simulators.truth import Message, Received, Turn

_IMAGES = "https://smsgateway24.s3.eu-central-1.amazonaws.com"


class Device(msgspec.Struct, frozen=True):
    """A phone. `away` is for how many milliseconds it had not been seen when the stand-in began; 0: it is online."""

    id: int
    title: str
    number: str
    country: str
    carrier: str
    away: int = 0
    subscription: bool = True


class Listed(msgspec.Struct, frozen=True):
    """A message as the account's list has it. `customerid` and `urgent` are as given, `created` is UTC in ms."""

    id: int
    of: Message | Received
    sendto: str
    body: str
    device: int
    sim: int
    created: int
    customerid: int | None = None
    urgent: bool | None = None
    timetosend: int | None = None


def item(listed: Listed, code: str, form: str, zone: str) -> dict[str, Any]:
    """One message of `getallsms`. `senttime` is null even when it was delivered."""
    kind = 3 if form == "2023" else 1
    timetosend = listed.timetosend
    if form == "2021" and timetosend is None:
        timetosend = listed.created
    told: dict[str, Any] = {
        "id": listed.id,
        "sendto": listed.sendto,
        "body": listed.body,
        "customerid": listed.customerid,
        "status": int(code),
        "statustitle": title(code, form),
        "deviceid": listed.device,
        "urgent": listed.urgent,
        "created": php_date(listed.created, zone, kind),
        "senttime": None,
        "timetosend": None if timetosend is None else php_date(timetosend, zone, kind),
    }
    if form == "2021":
        told["sim"] = listed.sim
    return {**told, "paketid": None, "pakettitle": None, "paketbody": None}


def device(phone: Device, now: int, began: int, zone: str) -> dict[str, Any]:
    """One phone of `getalldevices`."""
    seen, made = _seen(phone, now, began), began - 90 * 86_400_000
    return {
        "id": phone.id,
        "title": phone.title,
        "number": None,
        "imei": "358240051111110",
        "created": php_date(made, zone, 3),
        "createdhumanformat": _human(made, zone),
        "lastseen": php_date(seen, zone, 3),
        "lastseenhumanformat": _human(seen, zone),
        "serialnumber": "unknown",
        "siminfo": [
            {
                "Slot": "0",
                "IccId": "8949226172233934327",
                "Number": phone.number,
                "Roaming": "0",
                "CountryIso": phone.country,
                "CarrierName": phone.carrier,
            }
        ],
        "appversion": "12.1.21",
        "isappversionactual": False,
        "delaybetweeneachsms": None,
        "delaybetweenrequest": 1,
        "subscription": phone.subscription,
    }


def device_status(phone: Device, now: int, began: int, zone: str) -> dict[str, Any]:
    """The answer of `getdevicestatus`."""
    seen = _seen(phone, now, began)
    return {
        "online": phone.away == 0,
        "error": 0,
        "message": "OK",
        "device_id": phone.id,
        "lastseen": php_date(seen, zone, 1),
        "diffseconds": (now - seen) // 1000,
        "title": phone.title,
    }


def status_webhook(listed: Listed, turn: Turn, skew: int, zone: str) -> dict[str, Any]:
    """The status webhook as documented; the format and the zone of `senttime` are not."""
    return {
        "sms_id": listed.id,
        "status_id": int(turn.code),
        "status_message": title(turn.code, "pt"),
        "sendto": listed.sendto,
        "senttime": local(turn.at + skew, zone),
        "channel_id": listed.sim,
        "device_id": listed.device,
    }


def article_status(listed: Listed, word: str, at: int) -> dict[str, Any]:
    """The status webhook of the vendor's article."""
    return {
        "event": "delivery_status",
        "message_id": str(listed.id),
        "phone": listed.sendto,
        "status": word,
        "timestamp": iso(at),
        "device_id": f"device_{listed.device}",
    }


def incoming_text(listed: Listed, phone: Device, zone: str, *, typed: bool) -> dict[str, Any]:
    """The webhook of an incoming text as documented; its `type` may be absent."""
    told = {
        "address": listed.sendto,
        "date": local(listed.created, zone),
        "date_sent": local(listed.created, zone),
        "body": listed.body,
        "internal_id": listed.id % 1000,
        "channel_id": listed.sim,
        "sms_id": listed.id,
        "device_id": phone.id,
        "device_name": phone.title,
    }
    return {**told, "type": "text"} if typed else told


def incoming_image(listed: Listed, zone: str) -> dict[str, Any]:
    """The webhook of an incoming image as documented."""
    return {
        "address": listed.sendto,
        "date": local(listed.created, zone),
        "date_sent": local(listed.created, zone),
        "body": "",
        "internal_id": None,
        "sim": listed.sim,
        "sms_id": listed.id,
        "type": "img",
        "img_url": image_url(listed.id),
    }


def article_incoming(listed: Listed) -> dict[str, Any]:
    """The incoming webhook of the vendor's article; it has no id."""
    return {
        "event": "incoming_sms",
        "phone": listed.sendto,
        "message": listed.body,
        "timestamp": iso(listed.created),
        "device_id": f"device_{listed.device}",
    }


def image_url(sms_id: int) -> str:
    """Where the vendor keeps an incoming image."""
    return f"{_IMAGES}/{sms_id}.jpg"


def _seen(phone: Device, now: int, began: int) -> int:
    return began - phone.away if phone.away else now - now % 7_000 % 5_000


def _human(at: int, zone: str) -> str:
    date, time = local(at, zone).split(" ")
    year, month, day = date.split("-")
    return f"{day}.{month}.{year} {time}"
