"""The reading of JSON bodies that all adapters share; what is each provider's own comes in as arguments.

An adapter brings `tell`, from the bytes of one element to a Report or an Inbound (None: it says nothing),
and its tables. Splitting and reading go through the same `tell`, so that they never disagree.
"""

from collections.abc import Callable, Mapping

from schemas import times
from schemas.adapter import Element, Source, Unreadable
from schemas.event import Event, Kind, Origin
from schemas.identity import inbound_identity, report_identity
from schemas.json_body import elements
from schemas.numbers import lookup
from schemas.record import MAX_RECORD, Record, RecordType
from schemas.status import FINAL_RANK, RANK, SUCCESS_RANK, Family, Status
from schemas.told import Inbound, Report, Told

Tell = Callable[[bytes], Told | None]
Statuses = Mapping[str, Status]
Families = Mapping[str, Family]

_ORIGINS: Mapping[str, Origin] = {
    RecordType.WEBHOOK: Origin.WEBHOOK,
    RecordType.POLL: Origin.POLL,
    RecordType.SUBMISSION: Origin.SUBMISSION,
    RecordType.IMPORT: Origin.IMPORT,
}


def split(body: bytes, source: Source, tell: Tell, statuses: Statuses) -> list[Element]:
    """As `Adapter.split`."""
    found = [_element(part, source, tell, statuses) for part in elements(body)]
    return found or [Element(body, None)]


def read(
    record: Record, source: Source, provider: str, tell: Tell, statuses: Statuses, families: Families
) -> Event | None:
    """As `Adapter.read`."""
    told = _told(record.body, tell)
    if told is None:
        return None
    origin = _ORIGINS.get(record.type)
    if origin is None:
        raise Unreadable("unknown_shape", "a record of this type is not read by a provider's adapter")
    occurred_at = times.parse(told.time, source.timezone)
    if occurred_at is None:
        occurred_at = record.time
    if type(told) is Report:
        return _report(told, record, source, provider, origin, occurred_at, statuses, families)
    assert type(told) is Inbound
    return _inbound(told, record, source, provider, origin, occurred_at)


def _element(body: bytes, source: Source, tell: Tell, statuses: Statuses) -> Element:
    try:
        told = _told(body, tell)
    except Unreadable as problem:
        if problem.malformed:
            raise
        problem.__traceback__ = problem.__context__ = None  # a list of many would keep all their frames
        return Element(body, None, problem)
    if told is None:
        return Element(body, None)
    return Element(body, f"{source.name}/{told.message_id}", None, _notice(told, source, statuses))


def _told(body: bytes, tell: Tell) -> Told | None:
    told = tell(body)
    if len(body) > MAX_RECORD:
        raise Unreadable("too_large", f"one report is larger than {MAX_RECORD:,} bytes")
    return told


def _notice(told: Told, source: Source, statuses: Statuses) -> str:
    notices = []
    if type(told) is Report and told.status not in statuses and told.status not in source.statuses:
        notices.append("the status is not known, it is kept as unknown")
    if times.given(told.time) and times.parse(told.time, source.timezone) is None:
        notices.append("the time cannot be read, the time of arrival stands in")
    return "; ".join(notices)


def _report(
    told: Report,
    record: Record,
    source: Source,
    provider: str,
    origin: Origin,
    occurred_at: int,
    statuses: Statuses,
    families: Families,
) -> Event:
    status = source.statuses.get(told.status) or statuses.get(told.status, Status.UNKNOWN)
    failed = FINAL_RANK <= RANK[status] < SUCCESS_RANK
    number = lookup(told.recipient, source.region)
    return Event(
        kind=Kind.REPORT,
        source=source.name,
        provider=provider,
        origin=origin,
        message_id=told.message_id,
        message_key=told.message_key,
        identity=report_identity(
            source.name, Kind.REPORT, origin, told.message_key, told.status, "", times.raw(told.time)
        ),
        occurred_at=occurred_at,
        received_at=record.time,
        recipient=number.e164,
        status=status,
        provider_status=told.status,
        error_family=_family(status, families.get(told.status)) if failed else Family.NONE,
        error_text=told.error_text if failed or status is Status.UNKNOWN else "",
        country=number.country,
        carrier=number.carrier,
        number_type=number.number_type,
        device_id=told.device_id,
    )


def _family(status: Status, listed: Family | None) -> Family:
    if listed is not None:
        return listed
    return Family.EXPIRED if status is Status.EXPIRED else Family.UNKNOWN


def _inbound(told: Inbound, record: Record, source: Source, provider: str, origin: Origin, occurred_at: int) -> Event:
    number = lookup(told.sender, source.region)
    return Event(
        kind=Kind.INBOUND,
        source=source.name,
        provider=provider,
        origin=origin,
        message_id=told.message_id,
        message_key=told.message_id,
        identity=inbound_identity(source.name, told.message_id),
        occurred_at=occurred_at,
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
