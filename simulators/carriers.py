"""What becomes of a message at its carrier. Pure: a seed and a message give its history.

The carriers' names and number ranges are real (Google's numbering data knows them). Shares and latencies are
made up, of a plausible size; that some Brazilian carriers return no handset reports is a fact (Integrax).
"""

from collections.abc import Iterable
from enum import StrEnum
from itertools import accumulate

import msgspec

from schemas.status import Family, Status
from simulators.dice import bell, digits, draw, pick

SILENT = 0.04
"""The share of messages that never get a final report."""
LATE_DELIVERY = 0.1
"""The share of expired messages that are delivered after all."""
_SLOWER = 20
_LONGEST = 6 * 3_600_000
_SHORTEST = 2_000.0


class Effect(StrEnum):
    """How a carrier fails."""

    FAILS = "fails"
    SILENT = "silent"
    SLOW = "slow"


class Carrier(msgspec.Struct, frozen=True):
    """One carrier of a country. `prefixes` are digits after the `+`; `length` is that of the whole number.

    `weight` is its share of the country's traffic. The shares are of the messages that get a final report;
    what they leave is delivered. `median` is the usual time to a final report in milliseconds, `spread` the
    deviation of its logarithm.
    """

    country: str
    name: str
    prefixes: tuple[str, ...]
    length: int
    weight: float = 1.0
    undeliverable: float = 0.02
    expired: float = 0.015
    rejected: float = 0.008
    failed: float = 0.007
    silent: float = SILENT
    median: float = 4_000
    spread: float = 0.8


class Step(msgspec.Struct, frozen=True):
    """The message entered `status`, `delay` milliseconds after it was accepted. `family` says why it failed."""

    delay: int
    status: Status
    family: Family = Family.NONE


CARRIERS = (
    Carrier("BR", "Claro", ("55119939", "55219913", "55419873"), 13, 0.33),
    Carrier("BR", "Vivo", ("55119690", "55219727", "55519999"), 13, 0.33, median=3_000),
    Carrier("BR", "TIM", ("55119814", "55519819", "55819991"), 13, 0.25, undeliverable=0.03),
    Carrier("BR", "Oi", ("55219877", "55319879", "55719883"), 13, 0.07, median=9_000, expired=0.03),
    Carrier("BR", "Brasil Telecom GSM", ("55519856", "55519847"), 13, 0.02, silent=1.0),
    Carrier("CO", "Claro", ("5732045", "5731120", "5731360"), 12, 0.5),
    Carrier("CO", "Movistar", ("57317", "57316", "57315"), 12, 0.3, median=6_000),
    Carrier("CO", "Tigo", ("5730050", "5730140"), 12, 0.2, undeliverable=0.04),
    Carrier("CL", "Entel", ("56966", "56942", "56982"), 11, 0.5),
    Carrier("CL", "Movistar", ("56961", "56983", "56989"), 11, 0.5, rejected=0.02),
    Carrier("PE", "Claro", ("51940", "51989", "51917"), 11, 0.6),
    Carrier("PE", "Movistar", ("51996", "51975", "51945"), 11, 0.4, median=7_000),
    Carrier("AR", "Personal", ("54935130", "54935139", "54935137"), 13, 1.0, median=12_000, spread=1.1),
    Carrier("DE", "T-Mobile", ("49160", "49170", "49171"), 12, 0.4, median=2_500),
    Carrier("DE", "Vodafone", ("49172", "49173", "49174"), 12, 0.35),
    Carrier("DE", "O2", ("49179", "49176"), 13, 0.25, failed=0.02),
    Carrier("FR", "Orange France", ("33685", "33676", "33683"), 11, 0.5),
    Carrier("FR", "SFR", ("33616", "33622", "33619"), 11, 0.3),
    Carrier("FR", "Bouygues", ("33662", "33663", "33669"), 11, 0.2, median=8_000),
    Carrier("AU", "Telstra", ("61457", "61448", "61407"), 11, 0.5, median=2_000, undeliverable=0.01),
    Carrier("AU", "Optus", ("61413", "61402", "61432"), 11, 0.3),
    Carrier("AU", "Vodafone", ("61424", "61404", "61414"), 11, 0.2, expired=0.03),
    Carrier("UG", "MTN", ("256771", "256785", "256763"), 12, 0.6),
    Carrier("UG", "Airtel", ("256701", "256706", "256740"), 12, 0.4),
)
ELSEWHERE = Carrier("", "elsewhere", ("",), 0)
"""For numbers of no carrier in the list."""

_BY_PREFIX = sorted(
    ((prefix, carrier) for carrier in CARRIERS for prefix in carrier.prefixes), key=lambda p: -len(p[0])
)


def carrier_of(number: str) -> Carrier:
    """The carrier of an international number, digits only."""
    return next((carrier for prefix, carrier in _BY_PREFIX if number.startswith(prefix)), ELSEWHERE)


def number_in(country: str, seed: int, *key: object) -> str:
    """A number of a carrier of this country (ISO 3166), international, digits only; carriers by their weight."""
    carriers = [carrier for carrier in CARRIERS if carrier.country == country]
    upto = zip(carriers, accumulate(carrier.weight for carrier in carriers), strict=True)
    luck = draw(seed, "carrier", *key) * sum(carrier.weight for carrier in carriers)
    carrier = next((each for each, end in upto if luck < end), carriers[-1])
    return number_of(carrier, seed, *key)


def number_of(carrier: Carrier, seed: int, *key: object) -> str:
    """A number of this carrier, international, digits only."""
    prefix = pick(carrier.prefixes, seed, "prefix", *key)
    return prefix + digits(carrier.length - len(prefix), seed, "number", *key)


class Fault(msgspec.Struct, frozen=True):
    """A carrier fails from a moment on (`begin`, `end`: milliseconds of the stand-ins' time, compared with when a
    message was accepted). `carrier` and `country` are empty for all; `share` of its messages are touched.
    """

    effect: Effect
    carrier: str = ""
    country: str = ""
    share: float = 1.0
    begin: float = 0.0
    end: float = float("inf")


def effect_on(faults: Iterable[Fault], carrier: Carrier, accepted: float, luck: float) -> Effect | None:
    """The first fault that touches a message accepted at this moment; `luck` in [0, 1) decides on shares."""
    for fault in faults:
        here = fault.carrier in {"", carrier.name} and fault.country in {"", carrier.country}
        if here and fault.begin <= accepted < fault.end and luck < fault.share:
            return fault.effect
    return None


def play(
    seed: int, message: str, carrier: Carrier, effect: Effect | None = None, *, revives: bool = False
) -> tuple[Step, ...]:
    """The history of a message, its first step at 0, delays ascending. `message` names it: provider, id, recipient.

    With `revives`, some of the expired messages are delivered after all.
    """
    slower = _SLOWER if effect is Effect.SLOW else 1
    total = min(_LONGEST, carrier.median * slower * 2.718281828 ** (carrier.spread * bell(seed, message, "latency")))
    total = max(_SHORTEST, total)
    sending = total * (0.05 + 0.1 * draw(seed, message, "sending"))
    sent = sending + total * (0.1 + 0.2 * draw(seed, message, "sent"))
    steps = [Step(0, Status.QUEUED), Step(int(sending), Status.SENDING), Step(int(sent), Status.SENT)]
    if effect is Effect.SILENT or draw(seed, message, "silent") < carrier.silent:
        return tuple(steps)
    if effect is Effect.FAILS:
        return (*steps, Step(int(total), Status.UNDELIVERABLE, Family.NETWORK))
    status = _outcome(carrier, draw(seed, message, "outcome"))
    if status is not Status.EXPIRED:
        return (*steps, Step(int(total), status, _family(status, draw(seed, message, "family"))))
    late = total * 10
    steps.append(Step(int(late), status, Family.EXPIRED))
    if revives and draw(seed, message, "after all") < LATE_DELIVERY:
        steps.append(Step(int(late * 1.5), Status.DELIVERED))
    return tuple(steps)


def _outcome(carrier: Carrier, luck: float) -> Status:
    for share, status in (
        (carrier.undeliverable, Status.UNDELIVERABLE),
        (carrier.expired, Status.EXPIRED),
        (carrier.rejected, Status.REJECTED),
        (carrier.failed, Status.FAILED),
    ):
        luck -= share
        if luck < 0:
            return status
    return Status.DELIVERED


def _family(status: Status, luck: float) -> Family:
    if status is Status.FAILED:
        return (Family.NETWORK, Family.MESSAGE, Family.GATEWAY, Family.UNKNOWN)[int(luck * 4)]
    if status is Status.UNDELIVERABLE:
        return (Family.ABSENT, Family.UNKNOWN_NUMBER, Family.HANDSET)[int(luck * 3)]
    return Family.BARRED if status is Status.REJECTED else Family.NONE
