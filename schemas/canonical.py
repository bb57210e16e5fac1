"""History that is imported: events in the names of `Event`, or bodies as the provider sends them to the webhook.

An object with a `kind` is an event. Its `status` is a canonical word, or `provider_status` is the provider's, which
the status tables read; `country`, `carrier`, `number_type`, `error_family` and `received_at` are kept where they are
given. `source`, `provider`, `origin` and `identity` are those of the import.
"""

from collections.abc import Sequence

import msgspec

from schemas import times
from schemas.adapter import Source, Unreadable
from schemas.event import Event, Kind
from schemas.fields import amount, identifier, message_text, note, optional_identifier, text, whole
from schemas.json_body import decode
from schemas.provider import Provider
from schemas.reading import family_of
from schemas.record import Record
from schemas.sent import ACCEPTED, MOST_SEGMENTS
from schemas.status import Family, Status
from schemas.told import Inbound, Report, Told, content_id


class _Given(msgspec.Struct, gc=False):
    kind: object = None
    message_id: object = None
    message_key: object = None
    recipient: object = None
    sender: object = None
    status: object = None
    provider_status: object = None
    error_code: object = None
    error_family: object = None
    error_text: object = None
    occurred_at: object = None
    received_at: object = None
    channel: object = None
    country: object = None
    carrier: object = None
    number_type: object = None
    segments: object = None
    cost: object = None
    currency: object = None
    device_id: object = None
    customer_ref: object = None
    text: object = None


NAMES: Sequence[str] = _Given.__struct_fields__
"""The names of an imported event's fields."""

_decoder = msgspec.json.Decoder(_Given)
_KINDS = {kind.value: kind for kind in (Kind.REPORT, Kind.SUBMISSION, Kind.INBOUND)}
_STATUSES = {status.value: status for status in Status if status}
_FAMILIES = {family.value: family for family in Family if family}


def tell(body: bytes, provider: Provider) -> Told | None:
    """One event, or one body of the provider. Raises Unreadable."""
    given = decode(body, _decoder)
    if given is None:
        return None
    if given.kind is None:
        return provider.tell(body)
    kind = _KINDS.get(note(given.kind))
    if kind is None:
        raise Unreadable("bad_field", f"`kind` must be one of {', '.join(_KINDS)}")
    return _inbound(given) if kind is Kind.INBOUND else _report(given, kind, provider)


def explicit(event: Event, record: Record, source: Source) -> Event:
    """The event with what its record says expressly, instead of what was concluded."""
    given = decode(record.body, _decoder)
    if given is None or given.kind is None:
        return event
    status = event.status if event.kind is Kind.INBOUND else _STATUSES.get(note(given.status), event.status)
    told_family = _FAMILIES.get(note(given.error_family), event.error_family or None)
    received_at = times.parse(given.received_at, source.timezone)
    received_at = record.time if received_at is None else min(received_at, record.time)
    return msgspec.structs.replace(
        event,
        status=status,
        error_family=family_of(status, told_family),
        country=note(given.country) or event.country,
        carrier=note(given.carrier) or event.carrier,
        number_type=note(given.number_type) or event.number_type,
        received_at=received_at,
        occurred_at=event.occurred_at if times.given(given.occurred_at) else received_at,
    )


def _report(given: _Given, kind: Kind, provider: Provider) -> Report:
    message_id = identifier(given.message_id, "message_id")
    recipient = text(given.recipient, "recipient")
    status = text(given.provider_status, "provider_status") or text(given.status, "status")
    if not status and kind is Kind.REPORT:
        raise Unreadable("unknown_shape", "a report without `status` or `provider_status`")
    return Report(
        kind=kind,
        message_id=message_id,
        message_key=text(given.message_key, "message_key")
        or (provider.key(message_id, recipient) if recipient else message_id),
        status=status or ACCEPTED,
        recipient=recipient,
        time=given.occurred_at,
        sender=text(given.sender, "sender"),
        error_code=text(given.error_code, "error_code"),
        error_text=note(given.error_text),
        channel=note(given.channel) or "unknown",
        segments=whole(given.segments, MOST_SEGMENTS),
        cost=amount(given.cost),
        currency=note(given.currency),
        device_id=note(given.device_id),
        customer_ref=text(given.customer_ref, "customer_ref"),
    )


def _inbound(given: _Given) -> Inbound:
    sender, recipient = text(given.sender, "sender"), text(given.recipient, "recipient")
    message = message_text(given.text, "text")
    return Inbound(
        message_id=optional_identifier(given.message_id, "message_id")
        or content_id(sender, recipient, message, given.occurred_at),
        sender=sender,
        recipient=recipient,
        text=message,
        time=given.occurred_at,
        channel=note(given.channel) or "unknown",
        device_id=note(given.device_id),
    )
