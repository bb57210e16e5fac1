"""The rules in plain Python: what the warehouse must show, whatever came in which order and how often.

It reads like the rules and does nothing cleverly. A telling is an event with the reading that it was read under and
the home of its message; the model of a message is made of all its tellings.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from schemas.event import Event, Kind, Origin
from schemas.status import FINAL_RANK, RANK, SUCCESS_RANK, Family, Status
from schemas.timeout import NO_REPORT


class Telling(NamedTuple):
    """An event as it was told once."""

    event: Event
    reading: int
    home: int


class Message(msgspec.Struct, frozen=True):
    """A message's row in the public view, times in milliseconds."""

    source: str
    provider: str
    message_id: str
    recipient: str
    sender: str
    customer_ref: str
    status: Status
    is_final: bool
    is_delivered: bool
    provider_status: str
    error_code: str
    error_family: Family
    error_text: str
    channel: str
    country: str
    carrier: str
    number_type: str
    segments: int | None
    cost: float | None
    currency: str
    submitted_at: int | None
    first_seen_at: int
    sent_at: int | None
    final_at: int | None
    state_at: int
    latency_ms: int | None
    latency_from: str
    facts: int
    told_by: str
    home: int


class Inbound(msgspec.Struct, frozen=True, order=True):
    """An inbound message's row in the public view."""

    source: str
    provider: str
    message_id: str
    sender: str
    recipient: str
    text: str
    channel: str
    country: str
    carrier: str
    number_type: str
    occurred_at: int
    received_at: int
    device_id: str
    home: int


def facts(tellings: Iterable[Telling]) -> list[Telling]:
    """Equal identity is the same fact told again. Its newest reading holds, and of that its first telling."""
    by_identity: dict[int, Telling] = {}
    for told in tellings:
        known = by_identity.get(told.event.identity)
        if known is None or _holds_over(told) > _holds_over(known):
            by_identity[told.event.identity] = told
    return list(by_identity.values())


def by_message(tellings: Iterable[Telling]) -> dict[tuple[bool, str, str], list[Telling]]:
    """What was told of each message. Inbound and outbound messages are never the same."""
    groups: dict[tuple[bool, str, str], list[Telling]] = {}
    for told in tellings:
        event = told.event
        groups.setdefault((event.kind is Kind.INBOUND, event.source, event.message_key), []).append(told)
    return groups


def messages(tellings: Iterable[Telling]) -> dict[tuple[str, str], Message]:
    """The outbound messages by source and message key."""
    groups = by_message(told for told in tellings if told.event.kind in (Kind.REPORT, Kind.SUBMISSION))
    return {(source, key): message(group) for (_, source, key), group in groups.items()}


def inbound(tellings: Iterable[Telling]) -> list[Inbound]:
    """The inbound messages, in any order."""
    groups = by_message(told for told in tellings if told.event.kind is Kind.INBOUND)
    return [
        Inbound(home=told.home, **{name: getattr(told.event, name) for name in Inbound.__struct_fields__[:-1]})
        for group in groups.values()
        for told in facts(group)
    ]


def message(tellings: Sequence[Telling]) -> Message:
    """One message of all that was told about it."""
    known = facts(tellings)
    told_state = max(known, key=_precedence)
    state = told_state.event
    rank = RANK[state.status]
    submitted_at = _submitted_at(tellings)
    first_seen_at = min(told.event.received_at for told in tellings)
    final_at = _final_at(known, state.status)
    more_was_told = any(RANK[told.event.status] < rank for told in known)
    latency_ms, latency_from = _latency(submitted_at, first_seen_at, final_at, more_was_told)
    recipient, country, carrier, number_type = _newest(
        tellings,
        lambda e: (e.recipient, e.country, e.carrier, e.number_type) if e.recipient or e.country or e.carrier else None,
    ) or ("", "", "", "")
    cost, currency = _newest(tellings, lambda e: None if e.cost is None else (e.cost, e.currency)) or (None, "")
    same_fact = [told for told in tellings if told.event.identity == state.identity]
    return Message(
        source=state.source,
        provider=state.provider,
        message_id=state.message_id,
        recipient=recipient,
        sender=_newest(tellings, lambda e: e.sender or None) or "",
        customer_ref=_newest(tellings, lambda e: e.customer_ref or None) or "",
        status=state.status,
        is_final=rank >= FINAL_RANK,
        is_delivered=rank >= SUCCESS_RANK,
        provider_status=state.provider_status,
        error_code=state.error_code,
        error_family=state.error_family,
        error_text=_newest(same_fact, lambda e: e.error_text) or "",
        channel=_newest(tellings, lambda e: None if e.channel in ("", "unknown") else e.channel) or "unknown",
        country=country,
        carrier=carrier,
        number_type=number_type,
        segments=_newest(tellings, lambda e: e.segments or None),
        cost=cost,
        currency=currency,
        submitted_at=submitted_at,
        first_seen_at=first_seen_at,
        sent_at=min((told.event.occurred_at for told in known if told.event.status is Status.SENT), default=None),
        final_at=final_at,
        state_at=state.occurred_at,
        latency_ms=latency_ms,
        latency_from=latency_from,
        facts=len(known),
        told_by=_told_by({told.event.origin for told in tellings if told.event.provider_status != NO_REPORT}),
        home=told_state.home,
    )


def _holds_over(told: Telling) -> tuple[int, int, int]:
    return told.reading, -told.event.occurred_at, -told.event.received_at


def _precedence(told: Telling) -> tuple[int, int, int]:
    """A message's state is its fact of the highest rank, of those the latest, of those the greatest identity."""
    return RANK[told.event.status], told.event.occurred_at, told.event.identity >> 64


def _newest(tellings: Iterable[Telling], value: Callable[[Event], Any]) -> Any:
    """What the newest reading that knows a value says; where its tellings differ, the greatest. None: nobody knows."""
    known = [(told.reading, value(told.event)) for told in tellings if value(told.event) is not None]
    return max(known)[1] if known else None


def _submitted_at(tellings: Iterable[Telling]) -> int | None:
    """The earliest time of a submission, by the newest reading that knows of one."""
    known = [(told.reading, -told.event.occurred_at) for told in tellings if told.event.kind is Kind.SUBMISSION]
    return -max(known)[1] if known else None


def _final_at(known: Iterable[Telling], status: Status) -> int | None:
    """When it was first delivered or read; else, when it first failed in the way that is its state."""
    if RANK[status] >= SUCCESS_RANK:
        return min(told.event.occurred_at for told in known if RANK[told.event.status] >= SUCCESS_RANK)
    if RANK[status] >= FINAL_RANK:
        return min(told.event.occurred_at for told in known if told.event.status is status)
    return None


def _latency(
    submitted_at: int | None, first_seen_at: int, final_at: int | None, more_was_told: bool
) -> tuple[int | None, str]:
    """From the submission to the end; else from the first word that reached us, where that was not the end itself.

    Where the end is all that was told, its time is the provider's and the arrival ours: no span lies between them.
    """
    if final_at is None:
        return None, ""
    if submitted_at is not None:
        return max(final_at - submitted_at, 0), "submission"
    if more_was_told and final_at > first_seen_at:
        return final_at - first_seen_at, "first_sight"
    return None, ""


def _told_by(origins: Collection[Origin]) -> str:
    if Origin.WEBHOOK in origins and Origin.POLL in origins:
        return "both"
    for origin in (Origin.WEBHOOK, Origin.POLL, Origin.IMPORT):
        if origin in origins:
            return origin.value
    return "submission"
