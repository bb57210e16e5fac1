"""What an adapter makes of one element: a report or an inbound message, still in the provider's own words."""

import msgspec

from schemas import times
from schemas.identity import content_identity


class Report(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A delivery report. `status` is the provider's word or code; `time` is the value that stood in the body."""

    message_id: str
    message_key: str
    status: str
    recipient: str
    time: object
    error_text: str = ""
    device_id: str = ""


class Inbound(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A message that somebody sent to us. `message_id` is the provider's, or made of the content (`content_id`)."""

    message_id: str
    sender: str
    recipient: str
    text: str
    time: object
    channel: str = "unknown"
    device_id: str = ""


Told = Report | Inbound


def content_id(sender: str, recipient: str, text: str, time: object) -> str:
    """The id of an inbound message that came without one, 32 hexadecimal digits.

    Two messages that have even the time in common are one message told twice.
    """
    return f"{content_identity(sender, recipient, text, times.raw(time)):032x}"
