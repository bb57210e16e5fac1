"""A week behind the demo, as files for `delivrd import`: for pictures, and for looking at pages by hand."""

import datetime as dt
import json
import random
from collections.abc import Iterator
from math import pi, sin

from delivrd.demo import SOURCES
from simulators.carriers import number_in
from simulators.traffic import COUNTRIES

DAY, WEEK = 24, 7 * 24
_A_SHOWN_HOUR = {"integrax-br": 700, "smsgateway24": 250, "aatrox": 250, "ugsms": 250}
"""Messages of a source and hour in the day before now, and in the day that it is compared with."""
_OTHER_HOURS = 0.1
_FAILURES = {"integrax-br": 0.05, "smsgateway24": 0.09, "aatrox": 0.04, "ugsms": 0.06}
_FAMILIES = (("absent", "27"), ("unknown_number", "1"), ("network", "34"), ("filtered", "50"))


def lines(source: str, now: dt.datetime) -> Iterator[str]:
    """The events of a source, one a line; the same for the same time."""
    dice = random.Random(source)
    for age in range(WEEK + DAY, 0, -1):
        begin = now - dt.timedelta(hours=age)
        is_shown = age <= DAY or age > WEEK
        # Less at night, and never quite nothing.
        busy = (1.05 + sin((begin.hour - 8) / 24 * 2 * pi)) * (1 if is_shown else _OTHER_HOURS)
        for number in range(round(_A_SHOWN_HOUR[source] * busy)):
            sent = begin + dt.timedelta(hours=dice.random())
            yield from _message(source, f"{source}-{age}-{number}", sent, now, dice)


def _message(source: str, id_: str, sent: dt.datetime, now: dt.datetime, dice: random.Random) -> Iterator[str]:
    shares = COUNTRIES[SOURCES[source]]
    country = dice.choices(list(shares), list(shares.values()))[0]
    common = {"message_id": id_, "recipient": "+" + number_in(country, 1, id_)}
    yield _line({**common, "kind": "submission", "status": "accepted", "cost": 0.031, "currency": "EUR"}, sent)
    ended = sent + dt.timedelta(seconds=dice.lognormvariate(1.2, 0.8))
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
