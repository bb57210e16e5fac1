"""What providers and senders may say, with what it means: each body beside the event that it must become.

The meaning is written down here from the providers' documentation, and is not asked of the code that reads the bodies.
"""

import json
from typing import Any

from hypothesis import strategies as st

from schemas.event import Kind, Origin
from schemas.identity import inbound_identity, report_identity
from schemas.status import Family, Status
from schemas.told import content_id
from tests.support.saying import (
    BRAZIL,
    CODES,
    GERMANY,
    IDS,
    INTEGRAX,
    INTEGRAX_WORDS,
    ISO,
    LOCAL,
    NOON,
    NUMERIC_IDS,
    SMSGATEWAY24,
    TITLED,
    Spoken,
    event_of,
)
from tests.support.spoken_otherwise import details, listed, observations, submissions, time_outs


@st.composite
def integrax_reports(draw: st.DrawFn) -> Spoken:
    """Both documented shapes. The id and the recipient's digits name the message."""
    message_id = draw(IDS)
    number = draw(st.sampled_from(BRAZIL))
    spelling = draw(st.sampled_from(number.spellings))
    word = draw(st.sampled_from(list(INTEGRAX_WORDS)))
    time = draw(st.sampled_from(["", *ISO]))
    if draw(st.booleans()):
        body: dict[str, object] = {"messageId": message_id, "status": word, "phone": spelling, "timestamp": time}
    else:
        body = {"message_id": message_id, "status": word, "number": spelling, "timestamp": time or None}
    status, family = INTEGRAX_WORDS[word]
    key = f"{message_id}/{number.e164[1:]}"
    event = event_of(
        Kind.REPORT,
        INTEGRAX,
        message_id=message_id,
        message_key=key,
        identity=report_identity(INTEGRAX, Kind.REPORT, Origin.WEBHOOK, key, word, "", time),
        occurred_at=ISO.get(time, 0),
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
    number = draw(NUMERIC_IDS)
    message_id = str(number)
    spelling = draw(st.sampled_from(GERMANY.spellings))
    if draw(st.booleans()):
        code = draw(st.sampled_from(list(CODES)))
        time = draw(st.sampled_from(["", *LOCAL]))
        given, title, moment = str(code), f"title of {code}", LOCAL.get(time, 0)
        status, family = CODES[code]
        body: dict[str, Any] = {"sms_id": number, "status_id": code, "status_message": title, "sendto": spelling}
        body |= {"senttime": time or None, "device_id": 11231, "channel_id": 0}
    else:
        time = draw(st.sampled_from(["", *ISO]))
        given, title, moment = "delivered", "", ISO.get(time, 0)
        status, family = Status.DELIVERED, Family.NONE
        body = {"event": "delivery_status", "message_id": message_id, "phone": spelling, "status": given}
        body |= {"timestamp": time, "device_id": "11231"}
    event = event_of(
        Kind.REPORT,
        SMSGATEWAY24,
        message_id=message_id,
        message_key=message_id,
        identity=report_identity(SMSGATEWAY24, Kind.REPORT, Origin.WEBHOOK, message_id, given, "", time),
        occurred_at=moment,
        recipient=GERMANY.e164,
        country=GERMANY.country,
        carrier=GERMANY.carrier,
        status=status,
        provider_status=given,
        error_family=family,
        error_text=title if status in TITLED else "",
        device_id="11231",
    )
    return Spoken(SMSGATEWAY24, json.dumps(body).encode(), event, timed=bool(time))


@st.composite
def incoming_messages(draw: st.DrawFn) -> Spoken:
    """The documented text with its id, which may be a report's as well, and the article's, which has none."""
    text = draw(st.sampled_from(["Danke 😀", "STOP"]))
    if draw(st.booleans()):
        number = draw(NUMERIC_IDS)
        # All else that is told of one id is the same each time.
        message_id, text = str(number), f"text of {number}"
        body: dict[str, Any] = {"address": GERMANY.e164, "date": "2026-09-22 12:00:00", "body": text}
        body |= {"sms_id": number, "device_id": 11231, "type": "text"}
        channel, moment = "unknown", NOON
    else:
        time = draw(st.sampled_from(list(ISO)))
        message_id = content_id(GERMANY.e164, "11231", text, time)
        body = {"event": "incoming_sms", "phone": GERMANY.e164, "message": text, "timestamp": time}
        body |= {"device_id": "11231"}
        channel, moment = "sms", ISO[time]
    event = event_of(
        Kind.INBOUND,
        SMSGATEWAY24,
        message_id=message_id,
        message_key=message_id,
        identity=inbound_identity(SMSGATEWAY24, message_id),
        occurred_at=moment,
        sender=GERMANY.e164,
        country=GERMANY.country,
        carrier=GERMANY.carrier,
        channel=channel,
        device_id="11231",
        text=text,
    )
    return Spoken(SMSGATEWAY24, json.dumps(body, ensure_ascii=draw(st.booleans())).encode(), event)


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
