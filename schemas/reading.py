"""From what an adapter told to an event. What is each provider's own comes in as its tables."""

from collections.abc import Mapping

import msgspec

from schemas import times
from schemas.adapter import Source, Unreadable
from schemas.event import Event, Kind, Origin
from schemas.identity import content_identity, inbound_identity, report_identity
from schemas.numbers import lookup
from schemas.record import Record, RecordType
from schemas.status import FINAL_RANK, RANK, SUCCESS_RANK, Family, Status
from schemas.told import Balance, Device, Inbound, Report, Told, name_of

_ORIGINS: Mapping[str, Origin] = {
    RecordType.WEBHOOK: Origin.WEBHOOK,
    RecordType.POLL: Origin.POLL,
    RecordType.TIMEOUT: Origin.POLL,
    RecordType.SUBMISSION: Origin.SUBMISSION,
    RecordType.IMPORT: Origin.IMPORT,
}
_encode = msgspec.json.encode
_OLDEST_MS = 3650 * 86_400_000


class Tables(msgspec.Struct, frozen=True):
    """A provider's words and codes. `answers` are those that only the answer to a send has."""

    statuses: Mapping[str, Status] = {}
    families: Mapping[str, Family] = {}
    answers: Mapping[str, Status] = {}

    def status(self, told: Report, source: Source) -> Status | None:
        """The canonical state of what was told, the source's own table first; None where nobody knows the word."""
        known = source.statuses.get(told.status)
        if known is None and told.kind is Kind.SUBMISSION:
            known = self.answers.get(told.status)
        return known or self.statuses.get(told.status)


def event_of(told: Told, record: Record, source: Source, tables: Tables) -> Event:
    """The event of what was told. Raises Unreadable where a record of this type tells nothing."""
    origin = _ORIGINS.get(record.type)
    if origin is None:
        raise Unreadable("unknown_shape", "a record of this type is not read by a provider's adapter")
    if type(told) is Report:
        return _report(told, record, source, origin, tables)
    if type(told) is Inbound:
        return _inbound(told, record, source, origin)
    assert isinstance(told, Device | Balance)
    return _observation(told, record, source, origin)


def notice_of(told: Told, source: Source, tables: Tables) -> str:
    """What is odd about it, though it can be read; empty where nothing is."""
    notices = []
    if type(told) is Report and tables.status(told, source) is None:
        notices.append("the status is not known, it is kept as unknown")
    time = told.time if type(told) is Report or type(told) is Inbound else None
    if times.given(time) and times.parse(time, source.timezone) is None:
        notices.append("the time cannot be read, the time of arrival stands in")
    return "; ".join(notices)


def family_of(status: Status, listed: Family | None) -> Family:
    """The family of a failure; none where it is not one."""
    if not FINAL_RANK <= RANK[status] < SUCCESS_RANK:
        return Family.NONE
    if listed:
        return listed
    return Family.EXPIRED if status is Status.EXPIRED else Family.UNKNOWN


def _report(told: Report, record: Record, source: Source, origin: Origin, tables: Tables) -> Event:
    status = tables.status(told, source) or Status.UNKNOWN
    family = family_of(status, told.family or tables.families.get(told.status))
    number = lookup(told.recipient, source.region)
    occurred_at = times.parse(told.time, source.timezone)
    if told.kind is Kind.SUBMISSION and occurred_at is not None and occurred_at < record.time - _OLDEST_MS:
        occurred_at = None  # before all retention: what stands for no time in many languages
    return Event(
        kind=told.kind,
        source=source.name,
        provider=source.provider,
        origin=origin,
        message_id=told.message_id,
        message_key=told.message_key,
        identity=report_identity(
            source.name, told.kind, origin, told.message_key, told.status, told.error_code, times.raw(told.time)
        ),
        occurred_at=record.time if occurred_at is None else occurred_at,
        received_at=record.time,
        recipient=number.e164,
        sender=lookup(told.sender, source.region).e164 if told.sender else "",
        status=status,
        provider_status=told.status,
        error_code=told.error_code,
        error_family=family,
        error_text=told.error_text if family or status is Status.UNKNOWN else "",
        channel=told.channel,
        country=number.country,
        carrier=number.carrier,
        number_type=number.number_type,
        segments=told.segments,
        cost=told.cost,
        currency=told.currency,
        device_id=told.device_id,
        customer_ref=told.customer_ref,
        extra="" if told.balance is None else _encode(Balance(balance=told.balance, currency=told.currency)).decode(),
    )


def _inbound(told: Inbound, record: Record, source: Source, origin: Origin) -> Event:
    number = lookup(told.sender, source.region)
    occurred_at = times.parse(told.time, source.timezone)
    return Event(
        kind=Kind.INBOUND,
        source=source.name,
        provider=source.provider,
        origin=origin,
        message_id=told.message_id,
        message_key=told.message_id,
        identity=inbound_identity(source.name, told.message_id),
        occurred_at=record.time if occurred_at is None else occurred_at,
        received_at=record.time,
        recipient=lookup(told.recipient, source.region).e164,
        sender=number.e164,
        channel=told.channel,
        country=number.country,
        carrier=number.carrier,
        number_type=number.number_type,
        device_id=told.device_id,
        text=told.text if source.store_text else "",
    )


def _observation(told: Device | Balance, record: Record, source: Source, origin: Origin) -> Event:
    """Each observation is a fact, and a message, of its own: named by when it was made."""
    kind, name = Kind.DEVICE if type(told) is Device else Kind.BALANCE, name_of(told)
    key = f"{name}/{record.time}"
    if type(told) is Device:
        told = msgspec.structs.replace(
            told,
            seen_at=times.parse(told.seen_at, source.timezone),
            subscription_ends_at=times.parse(told.subscription_ends_at, source.timezone),
        )
    return Event(
        kind=kind,
        source=source.name,
        provider=source.provider,
        origin=origin,
        message_id=name,
        message_key=key,
        identity=content_identity(kind.value, source.name, key),
        occurred_at=record.time,
        received_at=record.time,
        device_id=told.device_id if type(told) is Device else "",
        extra=_encode(told).decode(),
    )
