"""Dead letters as the pages show them, and which of them are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from litestar.params import FromQuery

from console.periods import period_of
from console.questions import Question, question

STATES = ("open", "replayed", "discarded")


class Reason(msgspec.Struct, frozen=True):
    """The fields are the columns of `sql/console/dead_reasons.sql`."""

    reason: str
    source: str
    letters: int
    newest: int


class Row(msgspec.Struct, frozen=True):
    """The fields are the columns of `sql/console/dead_letters.sql`."""

    id: str
    state: str
    source: str
    reason: str
    detail: str
    received_at: int
    bytes: int


class Letter(msgspec.Struct, frozen=True):
    """The fields are the columns of `sql/console/dead_letter.sql`."""

    id: str
    state: str
    source: str
    provider: str
    type: str
    reason: str
    detail: str
    received_at: int
    changed_at: int
    request_id: str
    content_type: str
    body: str
    log: str
    partition: int
    offset: int

    @property
    def original(self) -> bytes:
        """The bytes as they came."""
        return bytes.fromhex(self.body)


@dataclass(frozen=True)
class Wanted:
    """Those in a state (`show`), of a reason and a source (empty: any), and not older."""

    show: str
    reason: str
    source: str
    since: str

    @property
    def filters(self) -> Mapping[str, str]:
        """The parts of an address that say so."""
        return {"show": self.show, "reason": self.reason, "source": self.source, "since": self.since}

    def fixed(self, now: int) -> Mapping[str, str]:
        """The same, which means the same tomorrow."""
        return {**self.filters, "since": period_of(self.since, None, now).fixed["since"]}

    def letters(self, now: int, limit: int, offset: int) -> Question:
        """The question for them. Raises ValidationException."""
        period = period_of(self.since, None, now)
        times = {"since": period.since, "until": period.until, "limit": limit, "offset": offset}
        return question("dead_letters", state=self.show, reason=self.reason, source=self.source, **times)


def wanted(
    show: FromQuery[str] = "open",
    reason: FromQuery[str] = "",
    source: FromQuery[str] = "",
    since: FromQuery[str] = "30d",
) -> Wanted:
    """What an address asks for."""
    return Wanted(show, reason, source, since)
