"""Chance from a seed: the same questions get the same answers, in any order and on any machine."""

from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

import xxhash

T = TypeVar("T")

_NORMAL = NormalDist()


def draw(seed: int, *key: object) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    return xxhash.xxh3_64_intdigest("\x1f".join(map(str, key)).encode(), seed & 0xFFFF_FFFF_FFFF_FFFF) / 2**64


def bell(seed: int, *key: object) -> float:
    """A draw of the normal distribution, mean 0, deviation 1."""
    return _NORMAL.inv_cdf(min(max(draw(seed, *key), 1e-9), 1 - 1e-9))


def pick(options: Sequence[T], seed: int, *key: object) -> T:
    """One of the options, all equally likely."""
    return options[int(draw(seed, *key) * len(options))]


def digits(count: int, seed: int, *key: object) -> str:
    """A text of so many digits; at most eighteen."""
    return f"{int(draw(seed, *key) * 10**count):0{count}d}"


class Dice:
    """Draws for what happens again and again: the n-th throw of a key is always the same, whatever else is thrown."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._thrown: Counter[tuple[object, ...]] = Counter()

    def throw(self, *key: object) -> float:
        """The next number in [0, 1) of this key."""
        self._thrown[key] += 1
        return draw(self.seed, *key, self._thrown[key])

    def happens(self, probability: float, *key: object) -> bool:
        """Whether what has this probability happens this time."""
        return probability > 0 and self.throw(*key) < probability

    def pick(self, options: Sequence[T], *key: object) -> T:
        """One of the options, by the next throw of this key."""
        return options[int(self.throw(*key) * len(options))]
