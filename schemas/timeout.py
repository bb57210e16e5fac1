"""A time-out: nothing was told of a message for as long as the user wants to wait. It is a record as any other, so that
every figure comes from the log; the message is `unknown` then, unless a final report of it comes after all.
"""

import msgspec

from schemas.adapter import Element
from schemas.fields import identifier, text
from schemas.json_body import decode
from schemas.record import Record, RecordType
from schemas.told import Report

NO_REPORT = "no report"
"""What stands as the provider's word; it is in no table, so the status is `unknown`."""


class _Body(msgspec.Struct):
    message_id: object = None
    message_key: object = None
    recipient: object = None


_decoder = msgspec.json.Decoder(_Body)


def make(source: str, message_id: str, message_key: str, recipient: str, time: int) -> Record:
    """The record that says that time is up, for the message of `message_key`. `time` is UTC, milliseconds."""
    return Record(
        id=f"timeout-{source}-{message_key}",
        source=source,
        type=RecordType.TIMEOUT,
        time=time,
        key=f"{source}/{message_id}",
        content_type="application/json",
        context=b"",
        body=msgspec.json.encode({"message_id": message_id, "message_key": message_key, "recipient": recipient}),
    )


def element(body: bytes, source: str) -> Element:
    """The record's body as an element. Raises Unreadable."""
    told = tell(body)
    return Element(body, f"{source}/{told.message_id}" if told else None)


def tell(body: bytes) -> Report | None:
    """What the record tells. Raises Unreadable."""
    found = decode(body, _decoder)
    if found is None:
        return None
    return Report(
        message_id=identifier(found.message_id, "message_id"),
        message_key=identifier(found.message_key, "message_key"),
        status=NO_REPORT,
        recipient=text(found.recipient, "recipient"),
        time=None,
    )
