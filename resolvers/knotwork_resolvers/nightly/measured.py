"""A stopwatch that also reads how much memory the process has needed."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from knotwork_resolvers.run.steps import Steps

PER_MIB = 1024**2 if sys.platform == "darwin" else 1024  # a Mac counts bytes, the others kibibytes


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its seconds, and the most memory (MiB) that the process had needed by its end."""

    name: str
    seconds: float
    peak_mib: int


class Measured(Steps):
    """Seconds and memory by step, in the order they were taken."""

    def __init__(self, tell: Callable[[str], None] | None = None) -> None:
        super().__init__(tell)
        self._peak: dict[str, int] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what happens inside under ``name``."""
        try:
            with super().step(name):
                yield
        finally:
            self._peak[name] = peak_mib()

    def taken(self) -> tuple[Step, ...]:
        """The steps so far."""
        return tuple(Step(name, round(spent, 3), self._peak[name]) for name, spent in self.seconds.items())


def peak_mib() -> int:
    """The most memory that this process has needed, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // PER_MIB
