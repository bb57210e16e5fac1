"""The rules of counting in plain Python: messages by hour and route, as `deliveries` has them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from schemas.status import Family, Status
from tests.model import Message

HOUR = 3_600_000


class Route(NamedTuple):
    """What is counted together. `hour` is the first millisecond of it.

    A failure or an unknown state is counted with the provider's words for it, the others without any.
    """

    hour: int
    source: str
    provider: str
    country: str
    carrier: str
    number_type: str
    channel: str
    told_by: str
    status: Status
    is_final: bool
    is_delivered: bool
    error_family: Family
    provider_status: str
    error_code: str
    error_text: str
    currency: str


class Figures(msgspec.Struct):
    """The messages of a route. The latencies are those of delivered ones, in milliseconds."""

    messages: int = 0
    submitted: int = 0
    segments: int = 0
    priced: int = 0
    cost: float = 0.0
    from_submission: list[int] = []
    from_first_sight: list[int] = []

    @property
    def timed_from_submission(self) -> int:
        """How many have such a latency."""
        return len(self.from_submission)

    @property
    def timed_from_first_sight(self) -> int:
        """Likewise."""
        return len(self.from_first_sight)


def deliveries(messages: Iterable[Message]) -> dict[Route, Figures]:
    """Each message counts once, in the hour of its home, as it stands."""
    counted: dict[Route, Figures] = {}
    for message in messages:
        figures = counted.setdefault(_route(message), Figures())
        figures.messages += 1
        figures.submitted += message.submitted_at is not None
        figures.segments += message.segments or 0
        figures.priced += message.cost is not None
        figures.cost += message.cost or 0
        if message.is_delivered and message.latency_ms is not None:
            spans = figures.from_submission if message.latency_from == "submission" else figures.from_first_sight
            spans.append(message.latency_ms)
    return counted


def quantile(values: Sequence[int], level: float) -> tuple[int, int]:
    """Between which two of the values the quantile lies."""
    ordered = sorted(values)
    place = level * (len(ordered) - 1)
    return ordered[int(place)], ordered[min(int(place) + 1, len(ordered) - 1)]


def _route(message: Message) -> Route:
    worded = (message.is_final and not message.is_delivered) or message.status is Status.UNKNOWN
    return Route(
        hour=message.home - message.home % HOUR,
        provider_status=message.provider_status if worded else "",
        error_code=message.error_code if worded else "",
        error_text=message.error_text if worded else "",
        **{name: getattr(message, name) for name in Route._fields if name in _AS_IT_IS},
    )


_AS_IT_IS = frozenset(Route._fields) - {"hour", "provider_status", "error_code", "error_text"}
