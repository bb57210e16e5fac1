"""What each report must say, in plain Python, from the messages as `tests/model.py` has them.

A message belongs to the hour of its home. Shares are of counts that stand beside them, rounded to two places.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from schemas.status import Status
from schemas.timeout import NO_REPORT
from tests.figures import HOUR
from tests.model import Inbound, Message

DAY = 24 * HOUR
WEEK = 7 * DAY

Row = dict[str, object]


class Asked(NamedTuple):
    """The period of a report, in milliseconds; `until` is excluded."""

    since: int
    until: int
    now: int

    def holds(self, message: Message, weeks: int = 0) -> bool:
        """Whether the message's hour is in the period, or in the one `weeks` before."""
        return hour(self.since) <= hour(message.home) + weeks * WEEK < self.until


def hour(ms: int) -> int:
    """The beginning of the hour."""
    return ms - ms % HOUR


def deliveries(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By source and provider."""
    return [
        {
            "source": source,
            "provider": provider,
            "messages": len(group),
            "delivered": (delivered := count(group, is_delivered)),
            "failed": (failed := count(group, is_failed)),
            "pending": count(group, is_pending),
            "delivered_pct": percent(delivered, delivered + failed),
            "final": delivered + failed,
        }
        for (source, provider), group in grouped(messages, asked, "source", "provider")
    ]


def failures(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By source and what the error was, against the same hours a week before."""
    names = ("source", "status", "error_family", "error_code", "error_text")
    before: Counter[Hashable] = Counter(key(one, names) for one in messages if is_failed(one) and asked.holds(one, 1))
    of_ended = sum(one.is_final and asked.holds(one) for one in messages)
    of_ended_before = sum(one.is_final and asked.holds(one, 1) for one in messages)
    failed = [one for one in messages if is_failed(one)]
    groups = grouped(failed, asked, *names)
    of_failed = sum(len(group) for _, group in groups)
    return [
        {
            **dict(zip(names, group_key, strict=True)),
            "failed": len(group),
            "share_pct": percent(len(group), of_failed),
            "of_failed": of_failed,
            "rate_pct": percent(len(group), of_ended),
            "of_ended": of_ended,
            "failed_before": before[group_key],
            "rate_before_pct": percent(before[group_key], of_ended_before),
            "of_ended_before": of_ended_before,
            "for_example": min(one.message_id for one in group),
        }
        for group_key, group in groups
    ]


def errors(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By source and what the error was: where and when it was at its worst."""
    names = ("source", "error_family", "error_code", "error_text")
    groups = grouped([one for one in messages if is_failed(one)], asked, *names)
    return [
        {
            **dict(zip(names, group_key, strict=True)),
            "failed": len(group),
            "carriers": len({(one.country, one.carrier) for one in group}),
            "failed_there": max(Counter((one.country, one.carrier) for one in group).values()),
            "failed_then": max(Counter(hour(one.home) for one in group).values()),
            "for_example": min(one.message_id for one in group),
        }
        for group_key, group in groups
    ]


def latency(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By source, provider and where it is counted from; how many are counted."""
    rows: list[Row] = []
    for (source, provider), group in grouped(messages, asked, "source", "provider"):
        counted = Counter(one.latency_from or "nothing" for one in group if one.is_delivered)
        rows += [
            {"source": source, "provider": provider, "counted_from": start, "delivered": number}
            for start, number in counted.items()
        ]
    return rows


def coverage(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By source and provider."""
    return [
        {
            "source": source,
            "provider": provider,
            "messages": len(group),
            "final": (final := count(group, lambda one: one.is_final)),
            "final_pct": percent(final, len(group)),
            "pending": count(group, is_pending),
            "young": count(group, lambda one: is_pending(one) and hour(one.home) > asked.now - 2 * HOUR),
            "silent": count(group, lambda one: is_pending(one) and hour(one.home) <= asked.now - DAY),
            "without_report": count(group, lambda one: one.told_by == "submission"),
        }
        for (source, provider), group in grouped(messages, asked, "source", "provider")
    ]


def compare(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By country, carrier and source, where two sources have messages that have ended."""
    rows: dict[object, list[Row]] = defaultdict(list)
    for (country, carrier, source), group in grouped(messages, asked, "country", "carrier", "source"):
        final = count(group, lambda one: one.is_final)
        if final:
            delivered = count(group, is_delivered)
            low, high = wilson(delivered, final)
            rows[country, carrier].append(
                {
                    "country": country,
                    "carrier": carrier,
                    "source": source,
                    "messages": len(group),
                    "final": final,
                    "delivered": delivered,
                    "delivered_pct": percent(delivered, final),
                    "low_pct": round(100 * low, 2),
                    "high_pct": round(100 * high, 2),
                    "priced": count(group, lambda one: one.cost is not None),
                    "cost_per_delivered": cost_per_delivered(group, delivered),
                }
            )
    return [row for several in rows.values() if len(several) > 1 for row in several]


def wilson(successes: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The score interval of a proportion (Wilson 1927)."""
    share = successes / of
    middle = share + z**2 / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return max(0, (middle - half) / (1 + z**2 / of)), min(1, (middle + half) / (1 + z**2 / of))


def cost_per_delivered(group: Sequence[Message], delivered: int) -> float | None:
    """Only where every price is known, in one currency."""
    prices = [one.cost for one in group if one.cost is not None]
    if len(prices) < len(group) or not delivered or len({one.currency for one in group}) > 1:
        return None
    return round(sum(prices) / delivered, 6)


def reconcile(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By source."""
    return [
        {
            "source": source,
            "messages": len(group),
            "submitted": (submitted := count(group, is_submitted)),
            "unreported": (silent := count(group, lambda one: is_submitted(one) and one.told_by == "submission")),
            "reported": submitted - silent,
            "overdue": count(
                group,
                lambda one: is_submitted(one) and one.told_by == "submission" and hour(one.home) <= asked.now - DAY,
            ),
            "unsubmitted": len(group) - submitted,
            "by_webhook_alone": count(group, lambda one: one.told_by == "webhook"),
            "by_poll_alone": count(group, lambda one: one.told_by == "poll"),
            "by_both": count(group, lambda one: one.told_by == "both"),
            "segments": sum(one.segments or 0 for one in group),
        }
        for (source,), group in grouped(messages, asked, "source")
    ]


def unknown(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By source and the provider's words."""
    names = ("source", "provider_status", "error_code")
    standing = [one for one in messages if one.status is Status.UNKNOWN and one.provider_status != NO_REPORT]
    return [
        {
            **dict(zip(names, group_key, strict=True)),
            "messages": len(group),
            "for_example": min(one.message_id for one in group),
        }
        for group_key, group in grouped(standing, asked, *names)
    ]


def senders(messages: Sequence[Message], asked: Asked) -> list[Row]:
    """By sender and source, of the period to the millisecond."""
    exactly = [one for one in messages if asked.since <= one.home < asked.until]
    return [
        {
            "sender": sender,
            "source": source,
            "messages": len(group),
            "delivered": count(group, is_delivered),
            "failed": count(group, is_failed),
            "pending": count(group, is_pending),
        }
        for (sender, source), group in grouped(exactly, asked, "sender", "source")
    ]


def inbound(messages: Sequence[Inbound], asked: Asked) -> list[Row]:
    """By source and country, of the period to the millisecond."""
    groups: dict[tuple[str, str], list[Inbound]] = defaultdict(list)
    for one in messages:
        if asked.since <= one.home < asked.until:
            groups[one.source, one.country].append(one)
    return [
        {
            "source": source,
            "country": country,
            "messages": len(group),
            "senders": len({one.sender for one in group}),
            "with_text": sum(one.text != "" for one in group),
        }
        for (source, country), group in groups.items()
    ]


REPORTS: Mapping[str, Callable[[Sequence[Message], Asked], list[Row]]] = {
    "compare": compare,
    "coverage": coverage,
    "deliveries": deliveries,
    "errors": errors,
    "failures": failures,
    "latency": latency,
    "reconcile": reconcile,
    "senders": senders,
    "unknown": unknown,
}
"""Those that are about outbound messages."""


def grouped(messages: Iterable[Message], asked: Asked, *names: str) -> list[tuple[tuple[Any, ...], list[Message]]]:
    """The messages of the period that are alike in some columns."""
    groups: dict[tuple[Any, ...], list[Message]] = defaultdict(list)
    for one in messages:
        if asked.holds(one):
            groups[key(one, names)].append(one)
    return list(groups.items())


def key(message: Message, names: Sequence[str]) -> tuple[Any, ...]:
    """Its values of some columns."""
    return tuple(getattr(message, name) for name in names)


def count(messages: Iterable[Message], which: Callable[[Message], bool]) -> int:
    """How many are such."""
    return sum(map(which, messages))


def percent(part: int, of: int) -> float | None:
    """None where there is nothing to have a share of."""
    return round(100 * part / of, 2) if of else None


def is_delivered(message: Message) -> bool:
    """Arrived."""
    return message.is_delivered


def is_failed(message: Message) -> bool:
    """Ended otherwise."""
    return message.is_final and not message.is_delivered


def is_pending(message: Message) -> bool:
    """Has not ended, which is no failure."""
    return not message.is_final


def is_submitted(message: Message) -> bool:
    """Its submission is known."""
    return message.submitted_at is not None
