"""Where the cause is: the scope that explains best what all routes have shown since the onset.

Each route tells by the log-likelihood ratio of "it is in it" against "it is as usual", bounded so that no large
route outvotes many small ones. A scope's worth is the sum over its routes: routes that are fine speak against it. A
wider scope has to be worth MARGIN more for each step, so that one lucky route does not widen it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable

from alerts import silence
from alerts.forest import Forest
from alerts.kinds import SOURCE_KINDS, Kind
from alerts.scope import Scope
from alerts.track import Track

LOUDEST = 6.0
MARGIN = 3.0
TWIN_MARGIN = 2.0
LEAST_SHIFT = 0.05


def shift_of(track: Track) -> float:
    """The share of otherwise good messages that goes wrong since the onset."""
    return min(0.98, max(LEAST_SHIFT, (track.rate - track.p) / max(1e-6, 1 - track.p)))


def voice(k: float, n: float, p: float, shift: float) -> float:
    """The ratio ln P(k of n | p + shift (1 - p)) - ln P(k of n | p), within LOUDEST."""
    p = min(max(p, 0.002), 0.998)
    q = p + shift * (1 - p)
    return _bounded(k * math.log(q / p) + (n - k) * math.log((1 - q) / (1 - p)))


def voices(forest: Forest, kind: Kind, onset: int, shift: float) -> Iterable[tuple[Scope, float]]:
    """Each route that was heard since the onset, with what it says."""
    for node in forest.nodes.values():
        if node.route is None:
            continue
        track = node.tracks[kind]
        k, n = track.since_minute(onset)
        if kind is Kind.SILENCE:
            if k or n:
                yield node.scope, _bounded(silence.evidence(n, k))
        elif n:
            yield node.scope, voice(k, n, track.p, shift)


def worths(forest: Forest, kind: Kind, onset: int, shift: float) -> dict[Scope, float]:
    """The worth of each scope that holds a route which was heard."""
    sums: dict[Scope, float] = defaultdict(float)
    for scope, says in voices(forest, kind, onset, shift):
        for node in forest.route(scope).line:
            sums[node.scope] += says
    return {scope: worth - price(scope) for scope, worth in sums.items()}


def price(scope: Scope) -> float:
    """What a scope has to be worth more than a route: MARGIN for each step, and TWIN_MARGIN for crossing sources."""
    return MARGIN * (3 - scope.depth) + TWIN_MARGIN * (scope.source is None)


def cause(forest: Forest, track: Track, onset: int) -> Scope:
    """The scope on the track's line that is worth most; of equals the narrowest."""
    if track.kind in SOURCE_KINDS:
        return track.scope
    found = worths(forest, track.kind, onset, shift_of(track))
    line = [scope for scope in found if scope.related(track.scope)]
    return max(line, key=lambda scope: (found[scope], scope.depth, str(scope)), default=track.scope)


def _bounded(value: float) -> float:
    return max(-LOUDEST, min(LOUDEST, value))
