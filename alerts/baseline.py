"""What is usual for a route: its rate, and how much that rate wanders by itself."""

import math

ROOM = 100.0
"""A node's own history counts against this many messages of its parent's rate."""
SPREAD_ROOM = 1500.0
LEAST_SPREAD, MOST_SPREAD = 0.0005, 0.3
MOST_NORMAL = 0.9
BEST = 0.99
LEAST_RATE = 0.001
FADING = 13 / 14
"""What a day's history keeps of its weight each midnight: in all, the weight of fourteen days."""
BIN_MINUTES = 15


class History:
    """Sums over bins of fifteen minutes (k of n went wrong), each day weighing a little less than the next.

    `spread` is Σ w r, `pairs` is Σ w, over bins with n > 1, w = min(n - 1, 50) and r as in `bin_spread`.
    """

    __slots__ = ("k", "n", "pairs", "spread")

    def __init__(self, k: float = 0.0, n: float = 0.0, spread: float = 0.0, pairs: float = 0.0) -> None:
        self.k = k
        self.n = n
        self.spread = spread
        self.pairs = pairs

    def add(self, k: float, n: float, p: float) -> None:
        """Take in one bin, of a node whose usual rate was `p`."""
        self.k += k
        self.n += n
        if n > 1:
            weight = min(n - 1, 50.0)
            self.spread += weight * bin_spread(k, n, p)
            self.pairs += weight

    def fade(self) -> None:
        """A day has passed."""
        self.k *= FADING
        self.n *= FADING
        self.spread *= FADING
        self.pairs *= FADING


def bin_spread(k: float, n: float, p: float) -> float:
    """What one bin says of the over-dispersion: ((k - n p)² / (p (1 - p)) - n) / (n (n - 1)), at most 0.3.

    The moment estimator of the intra-class correlation. 0 on average where the rate is binomial, 1 where a bin is all
    or nothing. Bounded, so that an incident which was not noticed does not blind its route for two weeks.
    """
    p = min(max(p, LEAST_RATE), 1 - LEAST_RATE)
    return min(MOST_SPREAD, ((k - n * p) ** 2 / (p * (1 - p)) - n) / (n * (n - 1)))


def usual_rate(history: History, parent_rate: float) -> float:
    """The usual rate, (k + 100 p_parent) / (n + 100): shrunk to the parent's rate while there is little history."""
    return (history.k + ROOM * parent_rate) / (history.n + ROOM)


def usual_spread(history: History, parent_spread: float) -> float:
    """The usual over-dispersion, (Σ w r + 1500 rho_parent) / (Σ w + 1500), within 0.0005 and 0.3."""
    rho = (history.spread + SPREAD_ROOM * parent_spread) / (history.pairs + SPREAD_ROOM)
    return min(max(rho, LEAST_SPREAD), MOST_SPREAD)


def worst_normal(p: float, rho: float, z: float, floor: float, ceiling: float | None = None) -> float:
    """min(0.9, p + max(floor, z sqrt(p (1 - p) rho))), or `ceiling` where one is set."""
    if ceiling is not None:
        return ceiling
    return min(MOST_NORMAL, p + max(floor, z * math.sqrt(p * (1 - p) * rho)))


def best_normal(p: float, rho: float, z: float) -> float:
    """For what is too good: at least 1 - 0.3 (1 - p), less than a third of the usual shortfall, and z deviations up.

    At most 0.99: beyond it no number of good messages would be evidence.
    """
    return min(BEST, max(1 - 0.3 * (1 - p), p + z * math.sqrt(p * (1 - p) * rho)))
