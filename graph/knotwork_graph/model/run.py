"""Runs: a computation of all customers, and whether people see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

How = Literal["full", "incremental"]
OF_SIZE = "of_size_"
"""How the counts of customers of one size begin."""
UNTIL_MOMENT = "until_moment"
"""The count that marks a run over the events up to a moment that had passed."""


class RunState(StrEnum):
    """Where a run stands. Only a published run was ever seen by readers."""

    STAGED = "staged"
    PUBLISHED = "published"
    HELD = "held"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its number (ascending from 1), state, the moment it computed for, and its counts.

    ``how``: everything was resolved (full), or what had been touched (incremental). ``base``: the full run whose
    generation it builds on, its own number for a full one.
    """

    number: int
    state: RunState
    as_of: datetime
    started: datetime
    finished: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    how: How = "full"
    base: int = 0

    @property
    def figures(self) -> dict[str, int]:
        """The counts that say something to people."""
        return figures_in(self.counts)

    @property
    def past(self) -> bool:
        """Whether later events were left out (`resolve --as-of`)."""
        return bool(self.counts.get(UNTIL_MOMENT))


def figures_in(counts: Mapping[str, int]) -> dict[str, int]:
    """Those of the counts of a run that say something to people; the others are for the run that follows."""
    return {name: count for name, count in counts.items() if name != UNTIL_MOMENT and not name.startswith(OF_SIZE)}
