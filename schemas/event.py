"""The event: one fact about one message, in delivrd's own terms."""

from enum import StrEnum

import msgspec

from schemas.status import Family, Status


class Kind(StrEnum):
    """What an event tells. The position is the code in the warehouse."""

    REPORT = "report"
    INBOUND = "inbound"
    SUBMISSION = "submission"
    BALANCE = "balance"
    DEVICE = "device"


class Origin(StrEnum):
    """Who told it, and how. The position is the code in the warehouse."""

    WEBHOOK = "webhook"
    POLL = "poll"
    SUBMISSION = "submission"
    IMPORT = "import"


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One fact. Times are UTC milliseconds since 1970, clamped to 1970 - 2100.

    `message_id` is the provider's id as text. `message_key` names one message within its source (the id,
    or id and the recipient's digits as given). `recipient` and `sender` are E.164 with `+` where the
    number can be parsed, else as given. `provider_status`, `error_code` and `error_text` are as given.
    `identity` is 128 bits over raw fields only (`schemas.identity`). `extra` is a JSON object of what else a
    balance, a device or an answer to a send says (`schemas.told`), or empty.
    """

    kind: Kind
    source: str
    provider: str
    origin: Origin
    message_id: str
    message_key: str
    identity: int
    occurred_at: int
    received_at: int
    recipient: str = ""
    sender: str = ""
    status: Status = Status.NONE
    provider_status: str = ""
    error_code: str = ""
    error_family: Family = Family.NONE
    error_text: str = ""
    channel: str = "unknown"
    country: str = ""
    carrier: str = ""
    number_type: str = ""
    segments: int = 0
    cost: float | None = None
    currency: str = ""
    device_id: str = ""
    customer_ref: str = ""
    text: str = ""
    extra: str = ""
