"""What one saying is, and what the sayings of the providers and senders are about.

The meaning is written down here from the providers' documentation, and is not asked of the code that reads the bodies.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from schemas.event import Event, Kind, Origin
from schemas.identity import content_identity
from schemas.record import RecordType
from schemas.status import Family, Status

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


BRAZIL = (
    _Number(("5511999999999", "+5511999999999", "+55 (11) 99999-9999"), "+5511999999999", "BR", "Vivo"),
    _Number(("5521988887777",), "+5521988887777", "BR", "Oi"),
)
GERMANY = _Number(("+4915752982212", "4915752982212"), "+4915752982212", "DE", "Eplus")

_MINUTE = 60_000
NOON = 1_790_078_400_000  # 2026-09-22T12:00:00Z
# As written, and what it is in UTC; the first two are one moment and two facts.
ISO: Mapping[str, int] = {
    "2026-09-22T12:00:00Z": NOON,
    "2026-09-22T14:00:00+02:00": NOON,
    "2026-09-22T12:00:00.5Z": NOON + 500,
    "2026-09-22T11:58:00Z": NOON - 2 * _MINUTE,
}
LOCAL: Mapping[str, int] = {"2026-09-22 12:00:00": NOON, "2026-09-22 12:01:00": NOON + _MINUTE}
"""The source's zone is UTC."""

INTEGRAX_WORDS = {
    "DELIVRD": (Status.DELIVERED, Family.NONE),
    "EXPIRED": (Status.EXPIRED, Family.EXPIRED),
    "REJECTD": (Status.REJECTED, Family.UNKNOWN),
    "UNDELIV": (Status.UNDELIVERABLE, Family.UNKNOWN),
    "NOVELTY": (Status.UNKNOWN, Family.NONE),
}
CODES = {
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
TITLED = (Status.UNKNOWN, Status.UNDELIVERABLE, Status.FAILED)
"""The states whose title in words is kept as the error's text."""

IDS = st.sampled_from(["82816396", "0913121205"])
NUMERIC_IDS = st.sampled_from([62051117, 7])


_PROVIDERS = {INTEGRAX: "integrax", SMSGATEWAY24: "smsgateway24", AATROX: "aatrox", UGSMS: "ugsms"}


def event_of(kind: Kind, source: str, origin: Origin = Origin.WEBHOOK, **told: Any) -> Event:
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
