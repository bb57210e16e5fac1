"""What providers and senders may say, with what it means: each body beside the event that it must become.

The meaning is written down here from the providers' documentation, and is not asked of the code that reads the bodies.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from schemas import timeout
from schemas.event import Event, Kind, Origin
from schemas.identity import content_identity, inbound_identity, report_identity
from schemas.record import RecordType
from schemas.status import Family, Status
from schemas.told import content_id

INTEGRAX = "integrax-br"
SMSGATEWAY24 = "gateway"
AATROX = "aatrox-au"
UGSMS = "ugsms-ug"


class Spoken(NamedTuple):
    """One element of a body of `source`, and the event it tells; None where it says nothing, or cannot be read.

    Where the provider gave no time (`timed` is false) the arrival stands in.
    """

    source: str
    body: bytes
    event: Event | None
    timed: bool = True
    readable: bool = True
    way: RecordType = RecordType.WEBHOOK
    asked: tuple[tuple[str, str], ...] = ()
    """What was asked, of the answer to a poll."""

    def arrived(self, at: int) -> Event | None:
        """The event of a telling that reached us at a time (ms)."""
        event = self.event
        if event is None:
            return None
        if event.kind in (Kind.BALANCE, Kind.DEVICE):
            key = f"{event.message_id}/{at}"
            identity = content_identity(event.kind.value, event.source, key)
            event = msgspec.structs.replace(event, message_key=key, identity=identity)
        return msgspec.structs.replace(event, received_at=at, occurred_at=event.occurred_at if self.timed else at)


class _Number(NamedTuple):
    spellings: tuple[str, ...]
    e164: str
    country: str
    carrier: str


_BRAZIL = (
    _Number(("5511999999999", "+5511999999999", "+55 (11) 99999-9999"), "+5511999999999", "BR", "Vivo"),
    _Number(("5521988887777",), "+5521988887777", "BR", "Oi"),
)
_GERMANY = _Number(("+4915752982212", "4915752982212"), "+4915752982212", "DE", "Eplus")

_MINUTE = 60_000
_NOON = 1_790_078_400_000  # 2026-09-22T12:00:00Z
# As written, and what it is in UTC; the first two are one moment and two facts.
_ISO: Mapping[str, int] = {
    "2026-09-22T12:00:00Z": _NOON,
    "2026-09-22T14:00:00+02:00": _NOON,
    "2026-09-22T12:00:00.5Z": _NOON + 500,
    "2026-09-22T11:58:00Z": _NOON - 2 * _MINUTE,
}
_LOCAL: Mapping[str, int] = {"2026-09-22 12:00:00": _NOON, "2026-09-22 12:01:00": _NOON + _MINUTE}
"""The source's zone is UTC."""

_INTEGRAX_WORDS = {
    "DELIVRD": (Status.DELIVERED, Family.NONE),
    "EXPIRED": (Status.EXPIRED, Family.EXPIRED),
    "REJECTD": (Status.REJECTED, Family.UNKNOWN),
    "UNDELIV": (Status.UNDELIVERABLE, Family.UNKNOWN),
    "NOVELTY": (Status.UNKNOWN, Family.NONE),
}
_CODES = {
    1: (Status.QUEUED, Family.NONE),
    3: (Status.QUEUED, Family.NONE),
    2: (Status.SENDING, Family.NONE),
    6: (Status.SENT, Family.NONE),
    7: (Status.DELIVERED, Family.NONE),
    8: (Status.UNDELIVERABLE, Family.UNKNOWN),
    9: (Status.FAILED, Family.UNKNOWN),
    10: (Status.FAILED, Family.NETWORK),
    11: (Status.FAILED, Family.MESSAGE),
    12: (Status.FAILED, Family.GATEWAY),
    100: (Status.FAILED, Family.GATEWAY),
    77: (Status.UNKNOWN, Family.NONE),
}
_TITLED = (Status.UNKNOWN, Status.UNDELIVERABLE, Status.FAILED)
"""The states whose title in words is kept as the error's text."""

_IDS = st.sampled_from(["82816396", "0913121205"])
_NUMERIC_IDS = st.sampled_from([62051117, 7])


_PROVIDERS = {INTEGRAX: "integrax", SMSGATEWAY24: "smsgateway24", AATROX: "aatrox", UGSMS: "ugsms"}


def _event(kind: Kind, source: str, origin: Origin = Origin.WEBHOOK, **told: Any) -> Event:
    number_type = "mobile" if told.get("country") else ""
    return Event(
        kind=kind,
        source=source,
        provider=_PROVIDERS[source],
        origin=origin,
        received_at=0,
        number_type=number_type,
        **told,
    )


@st.composite
def integrax_reports(draw: st.DrawFn) -> Spoken:
    """Both documented shapes. The id and the recipient's digits name the message."""
    message_id = draw(_IDS)
    number = draw(st.sampled_from(_BRAZIL))
    spelling = draw(st.sampled_from(number.spellings))
    word = draw(st.sampled_from(list(_INTEGRAX_WORDS)))
    time = draw(st.sampled_from(["", *_ISO]))
    if draw(st.booleans()):
        body: dict[str, object] = {"messageId": message_id, "status": word, "phone": spelling, "timestamp": time}
    else:
        body = {"message_id": message_id, "status": word, "number": spelling, "timestamp": time or None}
    status, family = _INTEGRAX_WORDS[word]
    key = f"{message_id}/{number.e164[1:]}"
    event = _event(
        Kind.REPORT,
        INTEGRAX,
        message_id=message_id,
        message_key=key,
        identity=report_identity(INTEGRAX, Kind.REPORT, Origin.WEBHOOK, key, word, "", time),
        occurred_at=_ISO.get(time, 0),
        recipient=number.e164,
        country=number.country,
        carrier=number.carrier,
        status=status,
        provider_status=word,
        error_family=family,
    )
    return Spoken(INTEGRAX, json.dumps(body).encode(), event, timed=bool(time))


@st.composite
def smsgateway24_reports(draw: st.DrawFn) -> Spoken:
    """The documented status, and the article's. The id alone names the message."""
    number = draw(_NUMERIC_IDS)
    message_id = str(number)
    spelling = draw(st.sampled_from(_GERMANY.spellings))
    if draw(st.booleans()):
        code = draw(st.sampled_from(list(_CODES)))
        time = draw(st.sampled_from(["", *_LOCAL]))
        given, title, moment = str(code), f"title of {code}", _LOCAL.get(time, 0)
        status, family = _CODES[code]
        body: dict[str, Any] = {"sms_id": number, "status_id": code, "status_message": title, "sendto": spelling}
        body |= {"senttime": time or None, "device_id": 11231, "channel_id": 0}
    else:
        time = draw(st.sampled_from(["", *_ISO]))
        given, title, moment = "delivered", "", _ISO.get(time, 0)
        status, family = Status.DELIVERED, Family.NONE
        body = {"event": "delivery_status", "message_id": message_id, "phone": spelling, "status": given}
        body |= {"timestamp": time, "device_id": "11231"}
    event = _event(
        Kind.REPORT,
        SMSGATEWAY24,
        message_id=message_id,
        message_key=message_id,
        identity=report_identity(SMSGATEWAY24, Kind.REPORT, Origin.WEBHOOK, message_id, given, "", time),
        occurred_at=moment,
        recipient=_GERMANY.e164,
        country=_GERMANY.country,
        carrier=_GERMANY.carrier,
        status=status,
        provider_status=given,
        error_family=family,
        error_text=title if status in _TITLED else "",
        device_id="11231",
    )
    return Spoken(SMSGATEWAY24, json.dumps(body).encode(), event, timed=bool(time))


@st.composite
def incoming_messages(draw: st.DrawFn) -> Spoken:
    """The documented text with its id, which may be a report's as well, and the article's, which has none."""
    text = draw(st.sampled_from(["Danke 😀", "STOP"]))
    if draw(st.booleans()):
        number = draw(_NUMERIC_IDS)
        # All else that is told of one id is the same each time.
        message_id, text = str(number), f"text of {number}"
        body: dict[str, Any] = {"address": _GERMANY.e164, "date": "2026-09-22 12:00:00", "body": text}
        body |= {"sms_id": number, "device_id": 11231, "type": "text"}
        channel, moment = "unknown", _NOON
    else:
        time = draw(st.sampled_from(list(_ISO)))
        message_id = content_id(_GERMANY.e164, "11231", text, time)
        body = {"event": "incoming_sms", "phone": _GERMANY.e164, "message": text, "timestamp": time}
        body |= {"device_id": "11231"}
        channel, moment = "sms", _ISO[time]
    event = _event(
        Kind.INBOUND,
        SMSGATEWAY24,
        message_id=message_id,
        message_key=message_id,
        identity=inbound_identity(SMSGATEWAY24, message_id),
        occurred_at=moment,
        sender=_GERMANY.e164,
        country=_GERMANY.country,
        carrier=_GERMANY.carrier,
        channel=channel,
        device_id="11231",
        text=text,
    )
    return Spoken(SMSGATEWAY24, json.dumps(body, ensure_ascii=draw(st.booleans())).encode(), event)


@st.composite
def submissions(draw: st.DrawFn) -> Spoken:
    """What was sent by Integrax, of the ids that its reports have: with all fields, or with none that is not needed."""
    message_id = draw(_IDS)
    number = draw(st.sampled_from(_BRAZIL))
    time = draw(st.sampled_from(["", *_ISO]))
    body: dict[str, Any] = {"message_id": message_id, "recipient": draw(st.sampled_from(number.spellings))}
    known: dict[str, Any] = {}
    if draw(st.booleans()):
        known = {"sender": "29094", "customer_ref": "order-1", "segments": 2, "cost": 0.05, "currency": "BRL"}
        known["channel"] = "sms"
    key = f"{message_id}/{number.e164[1:]}"
    event = _event(
        Kind.SUBMISSION,
        INTEGRAX,
        Origin.SUBMISSION,
        message_id=message_id,
        message_key=key,
        identity=report_identity(INTEGRAX, Kind.SUBMISSION, Origin.SUBMISSION, key, "accepted", "", time),
        occurred_at=_ISO.get(time, 0),
        recipient=number.e164,
        country=number.country,
        carrier=number.carrier,
        status=Status.ACCEPTED,
        provider_status="accepted",
        **known,
    )
    said = json.dumps(body | known | ({"time": time} if time else {})).encode()
    return Spoken(INTEGRAX, said, event, timed=bool(time), way=RecordType.SUBMISSION)


@st.composite
def listed(draw: st.DrawFn) -> Spoken:
    """A message in SmsGateway24's list, of the ids that its webhook tells of as well; it has no time."""
    number, code = draw(_NUMERIC_IDS), draw(st.sampled_from(list(_CODES)))
    message_id, given = str(number), str(code)
    status, family = _CODES[code]
    body = {"id": number, "sendto": _GERMANY.e164, "status": code, "statustitle": "a title", "senttime": None}
    body |= {"deviceid": 11231, "customerid": 19921, "sim": 1}
    event = _event(
        Kind.REPORT,
        SMSGATEWAY24,
        Origin.POLL,
        message_id=message_id,
        message_key=message_id,
        identity=report_identity(SMSGATEWAY24, Kind.REPORT, Origin.POLL, message_id, given, "", ""),
        occurred_at=0,
        recipient=_GERMANY.e164,
        country=_GERMANY.country,
        carrier=_GERMANY.carrier,
        status=status,
        provider_status=given,
        error_family=family,
        error_text="a title" if status in _TITLED else "",
        device_id="11231",
        customer_ref="19921",
        channel="sms",
    )
    asked = (("question", "getallsms"),)
    return Spoken(SMSGATEWAY24, json.dumps(body).encode(), event, timed=False, way=RecordType.POLL, asked=asked)


@st.composite
def details(draw: st.DrawFn) -> Spoken:
    """Aatrox' answer about a message, whose id is not in it."""
    message_id = draw(_IDS)
    word, status = draw(st.sampled_from([("sent", Status.SENT), ("delivered", Status.DELIVERED)]))
    time = draw(st.sampled_from(list(_ISO)))
    body = {"to_addr": "0412345678", "from_addr": "61400000001", "status": word, "status_at": time}
    event = _event(
        Kind.REPORT,
        AATROX,
        Origin.POLL,
        message_id=message_id,
        message_key=message_id,
        identity=report_identity(AATROX, Kind.REPORT, Origin.POLL, message_id, word, "", time),
        occurred_at=_ISO[time],
        recipient="+61412345678",
        sender="+61400000001",
        country="AU",
        carrier="Optus",
        status=status,
        provider_status=word,
        segments=1,
    )
    asked = (("question", "sms"), ("id", message_id))
    return Spoken(AATROX, json.dumps(body | {"segment_count": 1}).encode(), event, way=RecordType.POLL, asked=asked)


@st.composite
def time_outs(draw: st.DrawFn) -> Spoken:
    """Nothing was told of a message of UGSMS."""
    message_id = draw(_IDS)
    key = f"{message_id}/0701234567"
    event = _event(
        Kind.REPORT,
        UGSMS,
        Origin.POLL,
        message_id=message_id,
        message_key=key,
        identity=report_identity(UGSMS, Kind.REPORT, Origin.POLL, key, "no report", "", ""),
        occurred_at=0,
        recipient="+256701234567",
        country="UG",
        carrier="Airtel",
        status=Status.UNKNOWN,
        provider_status="no report",
    )
    body = timeout.make(UGSMS, message_id, key, "0701234567", 0).body
    return Spoken(UGSMS, body, event, timed=False, way=RecordType.TIMEOUT)


@st.composite
def observations(draw: st.DrawFn) -> Spoken:
    """What is left on an account, or how a phone is: each look is a fact of its own."""
    body: dict[str, object]
    if draw(st.booleans()):
        left = draw(st.sampled_from([0.0, 980.5]))
        event = _event(
            Kind.BALANCE,
            UGSMS,
            Origin.POLL,
            message_id="balance",
            message_key="",
            identity=0,
            occurred_at=0,
            extra=json.dumps({"balance": left, "currency": "UGX"}, separators=(",", ":")),
        )
        source, body, question = UGSMS, {"data": {"balance": left}}, "balance"
    else:
        online = draw(st.booleans())
        event = _event(
            Kind.DEVICE,
            SMSGATEWAY24,
            Origin.POLL,
            message_id="device/260",
            message_key="",
            identity=0,
            occurred_at=0,
            device_id="260",
            extra=json.dumps({"device_id": "260", "online": online}, separators=(",", ":")),
        )
        source, body, question = SMSGATEWAY24, {"device_id": 260, "online": online, "error": 0}, "getdevicestatus"
    asked = (("question", question),)
    return Spoken(source, json.dumps(body).encode(), event, timed=False, way=RecordType.POLL, asked=asked)


def _useless(source: str, body: bytes, *, readable: bool) -> Spoken:
    return Spoken(source, body, None, readable=readable)


SPOKEN = st.one_of(
    integrax_reports(),
    smsgateway24_reports(),
    incoming_messages(),
    submissions(),
    listed(),
    details(),
    time_outs(),
    observations(),
    st.sampled_from(
        [
            _useless(INTEGRAX, b'{"hello": "world"}', readable=False),
            _useless(SMSGATEWAY24, b'{"hello": "world"}', readable=False),
            _useless(SMSGATEWAY24, b'{"sms_id": 0, "status_id": 7}', readable=False),
            _useless(SMSGATEWAY24, b'{"sms_id": 7, "status_id": 5}', readable=True),
        ]
    ),
)
"""Anything that the providers and the senders may say, and some of what they should not."""
