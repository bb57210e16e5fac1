"""What an alarm says: in words that somebody understands who was asleep a minute ago."""

from alerts.kinds import Kind
from alerts.scope import Scope
from schemas.status import Family

TITLES = {
    Kind.UNHEARD: "nothing is heard",
    Kind.UNREADABLE: "reports cannot be read",
    Kind.SILENCE: "traffic has stopped",
    Kind.LATE: "reports are late",
    Kind.FAILURES: "messages fail",
    Kind.BAD_LIST: "many numbers do not exist or cannot be reached",
    Kind.TOO_GOOD: "reports are too good and too fast",
}

MEANINGS = {
    Family.NONE: "nothing is said of why",
    Family.ABSENT: "the phone is off or out of reach",
    Family.UNKNOWN_NUMBER: "there is no such number",
    Family.UNROUTABLE: "the provider has no way to this number",
    Family.BARRED: "the recipient may not or does not want to receive messages",
    Family.FILTERED: "somebody on the way took it for spam, or blocked the sender",
    Family.NETWORK: "a network on the way did not work",
    Family.HANDSET: "the phone did not take it",
    Family.EXPIRED: "it could not be delivered in time",
    Family.BALANCE: "the account has no money left",
    Family.MESSAGE: "the message itself is not right",
    Family.REGULATION: "a rule forbids it: sender not registered, hours, contents",
    Family.GATEWAY: "the provider's own system failed",
    Family.UNKNOWN: "the provider does not say why",
}
"""What a family of errors means."""


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
