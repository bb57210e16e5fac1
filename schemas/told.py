"""What an adapter makes of one element, still in the provider's own words."""

import msgspec

from schemas import times
from schemas.event import Kind
from schemas.identity import content_identity
from schemas.status import Family


class Report(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What is told of an outbound message: a delivery report, or, by `kind`, that it was submitted.

    `status` is the provider's word or code; `time` is the value that stood in the body. `family` is given where
    the status alone does not say it. `balance` is what was left after a send, in `currency`.
    """

    message_id: str
    message_key: str
    status: str
    recipient: str
    time: object
    kind: Kind = Kind.REPORT
    sender: str = ""
    error_code: str = ""
    error_text: str = ""
    family: Family = Family.NONE
    channel: str = "unknown"
    segments: int = 0
    cost: float | None = None
    currency: str = ""
    device_id: str = ""
    customer_ref: str = ""
    balance: float | None = None


class Inbound(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A message that somebody sent to us. `message_id` is the provider's, or made of the content (`content_id`)."""

    message_id: str
    sender: str
    recipient: str
    text: str
    time: object
    channel: str = "unknown"
    device_id: str = ""


class Sim(msgspec.Struct, frozen=True):
    """A SIM card of a device. `country` is ISO 3166 in capitals."""

    slot: str = ""
    number: str = ""
    country: str = ""
    carrier: str = ""
    roaming: bool = False


class Device(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A phone that is a gateway, as it was found. Nothing is known of what is None.

    `battery` is in percent. `seen_at` and `subscription_ends_at` are the values that stood in the body; in the event
    they are UTC, milliseconds.
    """

    device_id: str
    title: str = ""
    online: bool | None = None
    seen_at: object = None
    battery: float | None = None
    sims: tuple[Sim, ...] = ()
    subscription: bool | None = None
    subscription_ends_at: object = None
    app_version: str = ""
    app_is_current: bool | None = None


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What is left on the account."""

    balance: float
    currency: str = ""


Told = Report | Inbound | Device | Balance


def name_of(told: Told) -> str:
    """What the record of it is kept under: the message's id, or what the observation is of."""
    if type(told) is Report or type(told) is Inbound:
        return told.message_id
    return f"device/{told.device_id}" if type(told) is Device else "balance"


def content_id(sender: str, recipient: str, text: str, time: object) -> str:
    """The id of an inbound message that came without one, 32 hexadecimal digits.

    Two messages that have even the time in common are one message told twice.
    """
    return f"{content_identity(sender, recipient, text, times.raw(time)):032x}"
