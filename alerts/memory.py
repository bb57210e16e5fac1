"""What was learned, kept in the warehouse at the beginning of each day: a start reads on from there, not two weeks.

Kept is what is usual: no score, and no alarm. Who starts plays at least a day, in which these come about again.
"""

from collections.abc import Iterator

import msgspec

from alerts.baseline import History
from alerts.kinds import Kind
from alerts.learning import DAY
from alerts.node import Node
from alerts.scope import DEEPEST, Scope
from alerts.sources import Source
from alerts.watch import Watch
from pipeline.sqlfiles import load_sql
from pipeline.warehouse import Warehouse

AT_ONCE = 20_000
"""Rows an insert."""


class Learned(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of one kind at one place. `history` are the sums of `History`; the rest is with the kind that needs it.

    With silence: `hours`, and `hour` that runs. With late, at a route: `delays`, and whether it `submits`. With
    failures, at a source or the account: when it was `first` heard, and its `errors`. With unheard: `last` and `gaps`.
    """

    history: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    hours: list[int] = []
    hour: int = 0
    delays: dict[int, float] = {}
    submits: bool = False
    first: int | None = None
    errors: tuple[float, float] = (0.0, 0.0)
    last: int = 0
    gaps: list[tuple[int, int]] = []


def keep(store: Warehouse, watch: Watch, day: int) -> None:
    """What is known when a day (since 1970) begins. Raises Retry, Refused, Setup."""
    rows = [
        (msgspec.json.encode(scope).decode(), kind.value, msgspec.json.encode(learned).decode())
        for scope, kind, learned in _learned(watch)
    ]
    for begin in range(0, len(rows), AT_ONCE):
        _insert(store, day, rows[begin : begin + AT_ONCE], f"{begin}")
    _insert(store, day, [("", "", str(len(rows)))], "all")


def recall(store: Warehouse, watch: Watch, first: int, last: int) -> int | None:
    """Have a new watch know what was known at the beginning of the newest of these days; that day, or None.

    Raises Retry, Setup.
    """
    [(day,)] = store.query(load_sql("alerts/learned_day"), {"first": first, "last": last})
    if not day:
        return None
    watch.forest.minute = day * DAY
    for scope, kind, learned in store.query(load_sql("alerts/learned"), {"day": day}):
        _know(watch, Scope(*msgspec.json.decode(scope)), Kind(kind), msgspec.json.decode(learned, type=Learned))
    return int(day)


def _insert(store: Warehouse, day: int, rows: list[tuple[str, str, str]], part: str) -> None:
    scopes, kinds, learned = zip(*rows, strict=True)
    columns = {"day": [day] * len(rows), "scope": scopes, "kind": kinds, "learned": learned}
    store.insert("alert_learned", columns, f"learned {day} {part}")


def _learned(watch: Watch) -> Iterator[tuple[Scope, Kind, Learned]]:
    for scope, node in watch.forest.nodes.items():
        for kind, track in node.tracks.items():
            history = track.history
            sums = (history.k, history.n, history.spread, history.pairs)
            yield scope, kind, _more(watch, node, kind, Learned(sums))


def _more(watch: Watch, node: Node, kind: Kind, found: Learned) -> Learned:
    """What is kept with this kind beyond its history."""
    replace, forest, source = msgspec.structs.replace, watch.forest, node.scope.source
    if kind is Kind.SILENCE:
        return replace(found, hours=list(node.hours), hour=node.hour)
    if kind is Kind.LATE and node.route is not None:
        return replace(found, delays=node.route.delays, submits=node.route.submits)
    if kind is Kind.FAILURES and node.scope == Scope(source):
        failed, unclassed = forest.errors[source]
        return replace(found, first=forest.first.get(source), errors=(failed, unclassed))
    if kind is Kind.UNHEARD and source in watch.sources.known:
        heard = watch.sources.known[source]
        return replace(found, first=heard.first, last=heard.last, gaps=list(heard.gaps))
    return found


def _know(watch: Watch, scope: Scope, kind: Kind, learned: Learned) -> None:
    forest, source = watch.forest, scope.source
    node = forest.route(scope).line[-1] if scope.depth == DEEPEST else forest.node(scope)
    node.tracks[kind].history = History(*learned.history)
    if kind is Kind.SILENCE:
        node.hours[:] = type(node.hours)("i", learned.hours)
        node.hour = learned.hour
    elif kind is Kind.LATE and node.route is not None:
        node.route.delays, node.route.submits = learned.delays, learned.submits
    elif kind is Kind.FAILURES and learned.first is not None:
        forest.first[source] = learned.first
        forest.errors[source] = list(learned.errors)
    elif kind is Kind.UNHEARD and source is not None and learned.first is not None:
        heard = watch.sources.known[source] = Source(node, learned.first)
        heard.last = learned.last
        heard.gaps.extend(learned.gaps)
