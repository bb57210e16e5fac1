"""The providers' own bodies, and some of the same shapes with contents of a test's own."""

import json
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures"
INTEGRAX = "integrax-br"
SMSGATEWAY24 = "smsgateway24"
"""The sources that the first start configures."""


def documented(folder: str) -> list[bytes]:
    """The bodies in a folder of the fixtures, byte for byte: those of webhooks; a provider's answers are below it."""
    found = [file.read_bytes() for file in sorted((FIXTURES / folder).glob("*.json"))]
    assert found
    return found


def integrax(message_id: str, status: str = "DELIVRD", time: str = "2026-04-12T10:30:00Z") -> bytes:
    """A report as Integrax' own text has it; without a `time`, none is told."""
    body = {"messageId": message_id, "phone": "5511999999999", "status": status}
    return json.dumps(body | ({"timestamp": time} if time else {})).encode()


def smsgateway24(message_id: int, status: int = 7, time: str = "2026-03-29 12:46:09") -> bytes:
    """A status as SmsGateway24's documentation has it."""
    return json.dumps(
        {
            "sms_id": message_id,
            "status_id": status,
            "status_message": "whatever the title of the year",
            "sendto": "+4915752982212",
            "senttime": time,
            "channel_id": 0,
            "device_id": 11231,
        }
    ).encode()


def incoming(message_id: int, text: str = "Danke, bis später 😀") -> bytes:
    """An incoming message as SmsGateway24's documentation has it."""
    return json.dumps(
        {
            "address": "+4915752982212",
            "date": "2026-03-29 12:50:11",
            "date_sent": "2026-03-29 12:50:08",
            "body": text,
            "internal_id": 481,
            "channel_id": 0,
            "sms_id": message_id,
            "device_id": 11231,
            "device_name": "SM-A515F",
            "type": "text",
        }
    ).encode()
