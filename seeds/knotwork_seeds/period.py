"""The days of a population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_seeds.dice import Dice, Ints, Units


@dataclass(frozen=True, slots=True)
class Period:
    """The days of the population, counted since 1970-01-01; `stop` is the day after the last."""

    start: int
    stop: int

    def some_day(self, dice: Dice, index: Ints) -> Ints:
        """A day of the middle part for each index, so that there is a before and an after."""
        length = self.stop - self.start
        return self.start + length // 5 + dice.below(index, max(1, length * 3 // 5))

    def day(self, share: Units) -> Ints:
        """The day at which this share of the period is over."""
        return self.start + np.floor(share * (self.stop - self.start)).astype(np.int64)
