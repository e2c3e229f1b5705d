"""What one gate says of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "growth", "count", "check"]
WORST = 10
"""How many examples a gate gives, the worst first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate says: whether it lets the run pass, in ``words``, with the worst ``examples``.

    ``value`` and ``limit`` are shares (0 to 1), growths (0.5: half as much again) or counts, as ``unit`` says; None
    where the gate is switched off or has nothing to compare with. ``overruled``: it said no, and somebody who named it
    wanted the run published anyway.
    """

    gate: str
    unit: Unit
    passed: bool
    words: str
    value: float | None = None
    limit: float | None = None
    examples: tuple[str, ...] = ()
    overruled: bool = False

    @property
    def holds(self) -> bool:
        """Whether this verdict alone keeps the run from being published."""
        return not self.passed and not self.overruled

    @property
    def judged(self) -> bool:
        """Whether anything was measured."""
        return self.value is not None

    @property
    def word(self) -> str:
        """The verdict in one word or two."""
        if not self.judged:
            return "not judged"
        if self.passed:
            return "passed"
        return "overruled" if self.overruled else "HELD"

    @property
    def excess(self) -> str:
        """By how much the value is above the limit; empty where it is not."""
        if self.passed or self.value is None or self.limit is None:
            return ""
        return figure(self.value - self.limit, self.unit)


def figure(value: float | None, unit: Unit) -> str:
    """A value or limit as people read it.

    >>> figure(0.0213, "share"), figure(1200, "count"), figure(None, "count")
    ('2.13 %', '1,200', '-')
    """
    if value is None:
        return "-"
    if unit in {"share", "growth"}:
        return f"{100 * value:.3g} %" if value < 10 else f"{100 * value:,.0f} %"
    return f"{value:,.0f}"


def below(gate: str, unit: Unit, value: float, limit: float, words: str, examples: tuple[str, ...] = ()) -> Verdict:
    """The verdict of a gate that lets pass what is not above its limit; examples only where it says no."""
    passed = value <= limit
    return Verdict(gate, unit, passed, words, value, limit, () if passed else examples[:WORST])


def unjudged(gate: str, unit: Unit, why: str) -> Verdict:
    """The verdict of a gate that has nothing to say."""
    return Verdict(gate, unit, True, why)
