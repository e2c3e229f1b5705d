"""A sieve of keys: what it holds back was surely never added, and costs one look instead of a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

KEY_BITS = 64
LEAST_BITS, MOST_BITS = 20, 27
ROOM_BITS = 4
"""At first there are 16 to 32 times as many holes as keys: of so many new keys one passes all the same."""

CROWDED = 8
"""With fewer holes to a key a larger sieve is worth making."""


class Sieve:
    """A byte for each of the highest bits that a key may have: keys are hashes, so they fall evenly.

    Holds 1 to 134 million bytes, ``count`` (how many keys are to be expected) deciding; it never says no wrongly.
    """

    def __init__(self, count: int) -> None:
        import numpy as np

        bits = min(max(count.bit_length() + ROOM_BITS, LEAST_BITS), MOST_BITS)
        self._shift = np.uint64(KEY_BITS - bits)
        self._there = np.zeros(1 << bits, np.bool_)
        self._left = len(self._there) // CROWDED if bits < MOST_BITS else None

    def add(self, keys: Keys) -> bool:
        """Let these keys pass from now on; whether there is room for more. O(keys), least where they ascend."""
        self._there[keys >> self._shift] = True
        if self._left is not None:
            self._left -= len(keys)
        return self._left is None or self._left > 0

    def passing(self, keys: Keys) -> Keys:
        """Those of ``keys`` that may have been added, in their order; O(keys)."""
        passing: Keys = keys[self._there[keys >> self._shift]]
        return passing
