"""The canonical states of a message and the families of errors.

Ranks follow the SMPP 3.4 message states as carriers use them: a `delivered` that comes after an
`expired` or an `unknown` wins, and an `accepted` is not final although the specification says so.
"""

from enum import StrEnum


class Status(StrEnum):
    """A message's state. Declared in the order of rank: the position is the code in the warehouse."""

    NONE = ""
    QUEUED = "queued"
    ACCEPTED = "accepted"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    UNDELIVERABLE = "undeliverable"
    REJECTED = "rejected"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"


RANK: dict[Status, int] = {
    Status.NONE: 0,
    Status.QUEUED: 10,
    Status.ACCEPTED: 20,
    Status.SENDING: 30,
    Status.SENT: 40,
    Status.UNKNOWN: 45,
    Status.EXPIRED: 60,
    Status.UNDELIVERABLE: 60,
    Status.REJECTED: 60,
    Status.FAILED: 60,
    Status.DELIVERED: 80,
    Status.READ: 90,
}

FINAL_RANK = 60
SUCCESS_RANK = 80


class Family(StrEnum):
    """What kind of error a failure was, whatever the provider calls it. The position is the code."""

    NONE = ""
    ABSENT = "absent"
    UNKNOWN_NUMBER = "unknown_number"
    UNROUTABLE = "unroutable"
    BARRED = "barred"
    FILTERED = "filtered"
    NETWORK = "network"
    HANDSET = "handset"
    EXPIRED = "expired"
    BALANCE = "balance"
    MESSAGE = "message"
    REGULATION = "regulation"
    GATEWAY = "gateway"
    UNKNOWN = "unknown"
