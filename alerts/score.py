"""The evidence score: it rises when more messages go wrong than is normal at worst, and falls otherwise.

A sequential test (CUSUM of Page, 1954) of the worst normal rate against three worse ones. At 12, the odds against
luck are e^12, about 160,000 to 1.
"""

import math

SIZES = (0.05, 0.2, 0.8)
"""Small, medium, total: the share of the otherwise good messages that goes wrong as well."""
RING = 12.0
MOST = 18.0
MOST_A_MINUTE = 4.0
"""So that no single batch rings."""

Weights = tuple[tuple[float, float], ...]
"""For each of SIZES: what a bad and what a good message adds."""


def weights(ref: float) -> Weights:
    """With alt = ref + a (1 - ref); a bad message adds ln(alt / ref), a good one ln((1 - alt) / (1 - ref))."""
    ref = min(max(ref, 1e-6), 1 - 1e-6)
    found = []
    for size in SIZES:
        alt = ref + size * (1 - ref)
        found.append((math.log(alt / ref), math.log((1 - alt) / (1 - ref))))
    return tuple(found)


def step(score: float, evidence: float) -> float:
    """S = min(18, max(0, S + min(4, x)))."""
    return min(MOST, max(0.0, score + min(MOST_A_MINUTE, evidence)))
