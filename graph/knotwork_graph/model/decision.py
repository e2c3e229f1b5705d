"""What a steward said: an edge, or a word on one identifier, with who, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DecisionKind(StrEnum):
    """What can be decided."""

    MUST_LINK = "must_link"
    CANNOT_LINK = "cannot_link"
    MARK_SHARED = "mark_shared"
    KEEP_LINKING = "keep_linking"
    BLOCK = "block"


PAIRWISE = frozenset({DecisionKind.MUST_LINK, DecisionKind.CANNOT_LINK})


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on identifier keys ``a`` (and ``b`` for a link), by whom, when (aware) and why."""

    kind: DecisionKind
    a: str
    b: str | None
    by: str
    at: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.b is not None) != (self.kind in PAIRWISE):
            wanted = "two identifiers" if self.b is None else "one identifier"
            raise ValueError(f"a {self.kind} decision takes {wanted}")
        if self.b is not None and self.a == self.b:
            raise ValueError(f"a decision on a pair needs two identifiers, and {self.a!r} is one")
