"""Runs: a computation of all customers, and whether people see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

How = Literal["full", "incremental"]


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
