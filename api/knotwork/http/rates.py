"""How many requests one caller may send in a minute."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

MOST_CALLERS = 10_000
"""So many are remembered; whoever was quiet longest is forgotten first, and starts anew."""


class Rates:
    """A bucket for each caller: it holds ``per_minute`` requests, and fills again evenly. For one thread."""

    def __init__(self, per_minute: int, now: Callable[[], float] = monotonic) -> None:
        self.per_minute = per_minute
        self._now = now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """0 where the caller may go on, which is counted; else the seconds until it may."""
        now = self._now()
        left, at = self._left.pop(key, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + (now - at) * self.per_minute / 60)
        waits = 0.0 if left >= 1 else (1 - left) * 60 / self.per_minute
        self._left[key] = (left - 1 if not waits else left, now)
        if len(self._left) > MOST_CALLERS:
            self._left.popitem(last=False)
        return waits
