"""What an alarm says: in words that somebody understands who was asleep a minute ago."""

from alerts.kinds import Kind
from alerts.scope import Scope

TITLES = {
    Kind.UNHEARD: "nothing is heard",
    Kind.UNREADABLE: "reports cannot be read",
    Kind.SILENCE: "traffic has stopped",
    Kind.LATE: "reports are late",
    Kind.FAILURES: "messages fail",
    Kind.BAD_LIST: "many numbers do not exist or cannot be reached",
    Kind.TOO_GOOD: "reports are too good and too fast",
}


def where(scope: Scope) -> str:
    """`integrax-br, BR, Vivo`; a carrier or country of all sources says so."""
    if scope == Scope():
        return "the whole account"
    named = [part or "(unknown)" for part in scope if part is not None]
    return ", ".join(named) + ("" if scope.source is not None else " in several sources")


def share(k: float, n: float) -> str:
    """`18 of 100 (18 %)`."""
    return f"{k:,.0f} of {n:,.0f} ({percent(k / n)})" if n else "0 of 0"


def percent(rate: float) -> str:
    """Two digits that mean something: `0.4 %`, `18 %`."""
    return f"{100 * rate:.1f} %" if rate < 0.0995 else f"{100 * rate:.0f} %"
