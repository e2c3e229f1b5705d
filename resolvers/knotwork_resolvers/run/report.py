"""What a run says to the person who started it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class ResolveReport:
    """One resolution. ``run`` is 0 for a dry run; ``how`` says what was looked at; ``steps``: seconds by step.

    ``counts``: events, identifiers, customers, edges, largest, nobody (events of no customer). ``changes``: by kind.
    """

    run: int
    moment: datetime
    how: Literal["full", "nothing new"]
    dry_run: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    severed: int = 0
    shared: int = 0
    warnings: tuple[str, ...] = ()
    steps: Mapping[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long all steps took."""
        return sum(self.steps.values())
