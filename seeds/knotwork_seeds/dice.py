"""Random numbers that are a pure function of (seed, chunk, name, index): the same on every machine and in any order.

A counter goes through the finaliser of SplitMix64 (Steele, Lea, Flood, 2014). Nothing here touches a library function
whose last bit could differ between machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Units = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mixed(words: Words) -> Words:
    """Words scattered over all 64 bits; one to one, so distinct words stay distinct."""
    z = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Dice:
    """One stream of random numbers, addressed by index; `of` opens another, independent one by name."""

    key: int

    def of(self, *names: str | int) -> Dice:
        """The stream of this name under this one."""
        digest = blake2b(repr((self.key, names)).encode(), digest_size=8).digest()
        return Dice(int.from_bytes(digest, "little"))

    def words(self, index: Ints) -> Words:
        """64 random bits for each index; distinct for distinct indices."""
        return mixed(index.astype(np.uint64) * _GOLDEN + np.uint64(self.key))

    def units(self, index: Ints) -> Units:
        """A number in [0, 1) for each index."""
        return (self.words(index) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, index: Ints, limit: int | Ints) -> Ints:
        """A whole number in [0, limit) for each index; limit up to 2^31."""
        high = (self.words(index) >> np.uint64(33)).astype(np.int64)
        return (high * limit) >> 31

    def happens(self, index: Ints, rate: float | Units) -> Flags:
        """Whether it happens, for each index: never at rate 0, always at rate 1."""
        return np.asarray(self.units(index) < rate)

    def pick(self, index: Ints, weights: Sequence[int] | Ints) -> Ints:
        """Which of the weighted choices, for each index."""
        bounds = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(bounds, self.below(index, int(bounds[-1])), side="right").astype(np.int64)


def shuffled(numbers: Ints, domain: tuple[int, int], key: Dice) -> Ints:
    """Numbers below domain[0] * domain[1] moved about in that range, one to one (an additive Feistel network).

    Unlike a hash it cannot collide, so phone and card numbers stay unique in a population of any size.
    """
    left, right = numbers // domain[1], numbers % domain[1]
    for turn in range(4):
        right = (right + key.of(turn, "right").below(left, domain[1])) % domain[1]
        left = (left + key.of(turn, "left").below(right, domain[0])) % domain[0]
    return left * domain[1] + right
