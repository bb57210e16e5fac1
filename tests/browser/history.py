"""Eight days of made-up traffic as files for `delivrd import`: for pictures, and for looking at pages by hand."""

import datetime as dt
import json
import random
from collections.abc import Iterator
from math import pi, sin

HOURS = 8 * 24
A_DAY = 900
"""Messages of a source and day."""

_SHARES = {
    "integrax-br": {"BR": 1.0},
    "integrax-backup": {"BR": 0.7, "PT": 0.3},
    "smsgateway24": {"DE": 0.8, "PT": 0.2},
}
SOURCES = tuple(_SHARES)
_BEGINNINGS = {
    "BR": ("55119939", "55119690", "55119814", "55219877"),
    "PT": ("35191", "35196", "35193"),
    "DE": ("49157", "49171", "49160"),
}
_LENGTHS = {"BR": 13, "PT": 12, "DE": 12}
_FAILURES = {"integrax-br": 0.05, "integrax-backup": 0.12, "smsgateway24": 0.08}
_FAMILIES = (("absent", "27"), ("unknown_number", "1"), ("network", "34"), ("filtered", "50"))

SETTINGS = '\n[sources.integrax-backup]\nprovider = "integrax"\nregion = "BR"\n'


def lines(source: str, now: dt.datetime) -> Iterator[str]:
    """The events of a source, one a line; the same for the same time."""
    dice = random.Random(source)
    for hour in range(HOURS):
        # Less at night, and never quite nothing.
        busy = 1.05 + sin((hour % 24 - 8) / 24 * 2 * pi)
        for number in range(round(A_DAY / 24 * busy)):
            sent = now - dt.timedelta(hours=HOURS - hour, seconds=-3600 * dice.random())
            if sent < now:
                yield from _message(source, f"{source}-{hour}-{number}", sent, now, dice)


def _message(source: str, id_: str, sent: dt.datetime, now: dt.datetime, dice: random.Random) -> Iterator[str]:
    country = dice.choices(list(_SHARES[source]), list(_SHARES[source].values()))[0]
    beginning = dice.choice(_BEGINNINGS[country])
    recipient = "+" + beginning + "".join(dice.choices("0123456789", k=_LENGTHS[country] - len(beginning)))
    common = {"message_id": id_, "recipient": recipient}
    yield _line({**common, "kind": "submission", "status": "accepted", "cost": 0.031, "currency": "EUR"}, sent)
    ended = sent + dt.timedelta(seconds=dice.lognormvariate(2.2, 0.9))
    if ended > now or dice.random() < 0.02:
        return
    if dice.random() > _FAILURES[source]:
        yield _line({**common, "kind": "report", "status": "delivered"}, ended)
        return
    family, code = dice.choice(_FAMILIES)
    yield _line({**common, "kind": "report", "status": "failed", "error_family": family, "error_code": code}, ended)


def _line(event: dict[str, object], at: dt.datetime) -> str:
    time = at.isoformat(timespec="milliseconds")
    return json.dumps({**event, "occurred_at": time, "received_at": time}) + "\n"
