"""What a question looks at, and the names that stand where there is no event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

NO_NAME, START, END, OTHER, FURTHER = "(no name)", "(start)", "(end)", "(other)", "(further)"
"""What stands where there is no event: before the first, after the last, for the rare ones, beyond the last step."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one question looks at: these customers (None: everybody), events from ``since`` and before ``until``."""

    customers: Sequence[int] | None = None
    since: datetime | None = None
    until: datetime | None = None
