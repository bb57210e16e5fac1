"""Alarms as the pages show them."""

from collections.abc import Mapping, Sequence

import msgspec

from console.desk import Desk
from console.questions import question


class Alarm(msgspec.Struct, frozen=True):
    """The fields are the columns of `sql/console/alarms.sql`; None in a place is any."""

    id: str
    kind: str
    severity: str
    source: str | None
    country: str | None
    carrier: str | None
    opened: int
    ended: int | None
    bad: float
    messages: float

    @property
    def place(self) -> str:
        """Where it is: `integrax-br, BR, Vivo`."""
        named = [part or "(unknown)" for part in (self.source, self.country, self.carrier) if part is not None]
        return ", ".join(named) or "the whole account"

    @property
    def drill(self) -> Mapping[str, str]:
        """The filters of the drill-down to the same place."""
        given = {"source": self.source, "country": self.country, "carrier": self.carrier}
        return {name: value for name, value in given.items() if value is not None}


def firing(desk: Desk) -> Sequence[Alarm]:
    """Those that fire now. Raises Retry, Setup."""
    return desk.ask(question("alarms_firing"), Alarm)
