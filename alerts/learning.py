"""What a node's history comes to: the usual rate, its spread, and the worst normal rate of each kind."""

from collections.abc import Callable

from alerts import baseline, score
from alerts.kinds import RATES, Kind, Rule
from alerts.node import Node

HOUR = 60
DAY = 1440
PRIOR = {Kind.LATE: 0.05, Kind.FAILURES: 0.05, Kind.BAD_LIST: 0.05, Kind.TOO_GOOD: 0.85}
PRIOR_SPREAD = 0.02
"""What the account's own history is shrunk to."""
UNCLASSED_FLOOR = 0.10
FIRST_DAY_NORMAL = 0.25
LEAST_HISTORY = 500.0
"""Messages without which nothing can be too good."""


def refresh(node: Node, above: Node | None, rule_of: Callable[[Kind], Rule], *, first_day: bool, classed: bool) -> None:
    """Take over what was learned; what is above comes first.

    Where the errors cannot be classed, the recipients' own are among the failures, and the floor is 0.10. In the
    first day of a source no rate below 0.25 is too bad.
    """
    for kind in RATES:
        track = node.tracks[kind]
        rule = rule_of(kind)
        history = track.history
        track.p = baseline.usual_rate(history, above.tracks[kind].p if above else PRIOR[kind])
        track.rho = baseline.usual_spread(history, above.tracks[kind].rho if above else PRIOR_SPREAD)
        if rule.off:
            track.weights = ()
            continue
        if kind is Kind.TOO_GOOD:
            track.ref = baseline.best_normal(track.p, track.rho, rule.z)
            track.weights = score.weights(track.ref) if history.n >= LEAST_HISTORY else ()
            continue
        floor = rule.floor if kind is not Kind.FAILURES or classed else max(rule.floor, UNCLASSED_FLOOR)
        track.ref = baseline.worst_normal(track.p, track.rho, rule.z, floor, rule.ceiling)
        if first_day:
            track.ref = max(track.ref, FIRST_DAY_NORMAL)
        track.weights = score.weights(track.ref)
