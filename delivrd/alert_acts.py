"""Which alarm, and what else, a decision of a person is about."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from alerts import keeping
from alerts.acts import Mute
from alerts.scope import Scope
from alerts.told import Telling
from alerts.words import where
from delivrd.errors import WRONG, Trouble
from delivrd.options import Place
from pipeline.warehouse import Warehouse


def changes_of(store: Warehouse, name: str) -> list[Telling]:
    """All changes of an alarm, in order. Raises Trouble where there is none of that name."""
    changes = [one for one in keeping.changes(store, 0) if one.id == name]
    if not changes:
        raise Trouble(f"there is no alarm {name}; `delivrd alerts list` shows which there are")
    return changes


def alarm_named(store: Warehouse, name: str) -> Telling:
    """The alarm as it stands. Raises Trouble."""
    return changes_of(store, name)[-1]


def mute_of(alarm: Telling) -> Mute:
    """All of its kind and place."""
    return Mute(alarm.kind.value, **alarm.scope._asdict())


def mute_meant(store: Warehouse, name: str | None, named: Mapping[str, str | None]) -> Mute:
    """An alarm's kind and place, or what the options name. Raises Trouble."""
    if name is None:
        return Mute(**named)
    if any(named.values()):
        raise Trouble("Name an alarm, or say what is to be muted by --kind, --source, --country and --carrier", WRONG)
    return mute_of(alarm_named(store, name))


def mutes_table(mutes: Iterable[tuple[Mute, int]], place: Place) -> list[Sequence[object]]:
    """Until when what is muted."""
    return [(place.local(until)[:16], said(what)) for what, until in mutes]


def said(what: Mute) -> str:
    """In words."""
    parts = msgspec.structs.asdict(what)
    kind = parts.pop("kind")
    return f"{kind or 'everything'}, {where(Scope(**parts))}"
