"""What comes in otherwise than by a webhook: submissions, answers to polls, time-outs."""

import json
from typing import Any

from hypothesis import strategies as st

from schemas import timeout
from schemas.event import Kind, Origin
from schemas.identity import report_identity
from schemas.record import RecordType
from schemas.status import Status
from tests.support.saying import (
    AATROX,
    BRAZIL,
    CODES,
    GERMANY,
    IDS,
    INTEGRAX,
    ISO,
    NUMERIC_IDS,
    SMSGATEWAY24,
    TITLED,
    UGSMS,
    Spoken,
    event_of,
)


@st.composite
def submissions(draw: st.DrawFn) -> Spoken:
    """What was sent by Integrax, of the ids that its reports have: with all fields, or with none that is not needed."""
    message_id = draw(IDS)
    number = draw(st.sampled_from(BRAZIL))
    time = draw(st.sampled_from(["", *ISO]))
    body: dict[str, Any] = {"message_id": message_id, "recipient": draw(st.sampled_from(number.spellings))}
    known: dict[str, Any] = {}
    if draw(st.booleans()):
        known = {"sender": "29094", "customer_ref": "order-1", "segments": 2, "cost": 0.05, "currency": "BRL"}
        known["channel"] = "sms"
    key = f"{message_id}/{number.e164[1:]}"
    event = event_of(
        Kind.SUBMISSION,
        INTEGRAX,
        Origin.SUBMISSION,
        message_id=message_id,
        message_key=key,
        identity=report_identity(INTEGRAX, Kind.SUBMISSION, Origin.SUBMISSION, key, "accepted", "", time),
        occurred_at=ISO.get(time, 0),
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
    number, code = draw(NUMERIC_IDS), draw(st.sampled_from(list(CODES)))
    message_id, given = str(number), str(code)
    status, family = CODES[code]
    body = {"id": number, "sendto": GERMANY.e164, "status": code, "statustitle": "a title", "senttime": None}
    body |= {"deviceid": 11231, "customerid": 19921, "sim": 1}
    event = event_of(
        Kind.REPORT,
        SMSGATEWAY24,
        Origin.POLL,
        message_id=message_id,
        message_key=message_id,
        identity=report_identity(SMSGATEWAY24, Kind.REPORT, Origin.POLL, message_id, given, "", ""),
        occurred_at=0,
        recipient=GERMANY.e164,
        country=GERMANY.country,
        carrier=GERMANY.carrier,
        status=status,
        provider_status=given,
        error_family=family,
        error_text="a title" if status in TITLED else "",
        device_id="11231",
        customer_ref="19921",
        channel="sms",
    )
    asked = (("question", "getallsms"),)
    return Spoken(SMSGATEWAY24, json.dumps(body).encode(), event, timed=False, way=RecordType.POLL, asked=asked)


@st.composite
def details(draw: st.DrawFn) -> Spoken:
    """Aatrox' answer about a message, whose id is not in it."""
    message_id = draw(IDS)
    word, status = draw(st.sampled_from([("sent", Status.SENT), ("delivered", Status.DELIVERED)]))
    time = draw(st.sampled_from(list(ISO)))
    body = {"to_addr": "0412345678", "from_addr": "61400000001", "status": word, "status_at": time}
    event = event_of(
        Kind.REPORT,
        AATROX,
        Origin.POLL,
        message_id=message_id,
        message_key=message_id,
        identity=report_identity(AATROX, Kind.REPORT, Origin.POLL, message_id, word, "", time),
        occurred_at=ISO[time],
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
    message_id = draw(IDS)
    key = f"{message_id}/0701234567"
    event = event_of(
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
        event = event_of(
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
        event = event_of(
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
