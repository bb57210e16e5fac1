"""What people decide about alarms while they ring: not to be told for a while, or that somebody is at it."""

import datetime as dt
from collections.abc import Iterable

import msgspec

from pipeline.settings.alerts import AlertRule
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse

LATEST = 4_102_444_800_000
"""2100-01-01: so long lasts what is muted for ever."""


class Mute(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is not told: all that has these, whichever of them are named."""

    kind: str | None = None
    source: str | None = None
    country: str | None = None
    carrier: str | None = None


def mute(store: Warehouse, what: Mute, until: int, now: int) -> None:
    """Tell nobody of it until then; `until` in the past tells again. UTC milliseconds. Raises Retry, Refused, Setup."""
    name, until = msgspec.json.encode(what).decode(), min(until, LATEST)
    store.insert("alert_mutes", {"what": [name], "until": [until], "at": [now]}, f"mute {name} {until} {now}")


def muted(store: Warehouse, now: int) -> list[tuple[Mute, int]]:
    """What is muted now, and until when (UTC ms). Raises Retry, Setup."""
    rows = store.query(load_sql("alerts/mutes"), {"now": now})
    return [(msgspec.json.decode(what, type=Mute), until) for what, until in rows]


def mute_rules(store: Warehouse, now: int) -> list[AlertRule]:
    """The same as rules, as the settings have them."""
    return [
        AlertRule.model_validate(
            {**msgspec.structs.asdict(what), "mute_until": dt.datetime.fromtimestamp(until / 1000, dt.UTC)}
        )
        for what, until in muted(store, now)
    ]


def acknowledge(store: Warehouse, name: str, now: int) -> None:
    """Remind nobody of this alarm any more; that it changes or is over is told. Raises Retry, Refused, Setup."""
    store.insert("alert_acknowledged", {"id": [name], "at": [now]}, f"acknowledged {name} {now}")


def acknowledged(store: Warehouse, names: Iterable[str]) -> set[str]:
    """Those of these alarms that somebody has taken on. Raises Retry, Setup."""
    return {name for (name,) in store.query(load_sql("alerts/acknowledged"), {"ids": list(names)})}
