"""When it is over: the same test the other way round, of the rate since the onset against the worst normal one."""

import math

HEALED = 4.0
MOST = 8.0


def bad_rate(rate: float, ref: float) -> float:
    """q: the rate since the onset, at least ref + 0.2 (1 - ref), at most 0.99."""
    return min(0.99, max(rate, ref + 0.2 * (1 - ref)))


def heal(healing: float, k: float, n: float, ref: float, q: float) -> float:
    """min(8, max(0, heal + k ln(ref / q) + (n - k) ln((1 - ref) / (1 - q)))); over at 4."""
    gain = k * math.log(ref / q) + (n - k) * math.log((1 - ref) / (1 - q))
    return min(MOST, max(0.0, healing + gain))
