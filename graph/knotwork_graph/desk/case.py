"""What lies on the review desk, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CaseKind(StrEnum):
    """What is doubtful."""

    MERGE = "merge"
    SPLIT = "split"
    SHARED = "shared"
    BLOCK = "block"
    CONFLICT = "conflict"


class CaseState(StrEnum):
    """Where a case stands. ``LEFT``: a person looked, and left everything as it is."""

    OPEN = "open"
    WAITING = "waiting"
    DECIDED = "decided"
    LEFT = "left"
    CLOSED = "closed"


def case_key(kind: str, about: Sequence[str]) -> str:
    """What tells one case from all others: the kind, and what it is about, whatever the order.

    >>> case_key("merge", ["phone:1", "email:a"])
    'merge email:a phone:1'
    """
    return " ".join([kind, *sorted(about)])


@dataclass(frozen=True, slots=True)
class Finding:
    """Something doubtful. ``about``: one or two identifier keys, or a customer id.

    ``grounds`` are the codes of what speaks for it; ``score`` the probability that what is now is wrong; ``harm`` what
    that would cost, in customers. ``customers`` (numbers), ``events`` and ``orders`` say what is at stake,
    ``last_seen`` (microseconds) when anything happened there; ``detail`` is a short text, which may name values.
    """

    kind: CaseKind
    about: tuple[str, ...]
    source: str
    grounds: tuple[str, ...]
    score: float
    detail: str = ""
    customers: tuple[int, ...] = ()
    identifiers: int = 0
    events: int = 0
    orders: int = 0
    last_seen: int = 0
    harm: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.about) <= 2 or list(self.about) != sorted(set(self.about)):
            raise ValueError("a finding is about one thing, or about two in their order")
        if not 0 <= self.score <= 1:
            raise ValueError(f"{self.score} is no probability")

    @property
    def key(self) -> str:
        """What tells its case from all others."""
        return case_key(self.kind, self.about)


@dataclass(frozen=True, slots=True)
class Case:
    """A finding as people work on it. ``closed_because`` says why, where it closed itself.

    ``decisions`` are the numbers of the records that came of it; ``claimed_by`` is empty where the claim has run out;
    ``revision`` goes up with every change of the case.
    """

    number: int
    finding: Finding
    state: CaseState
    opened: datetime
    changed: datetime
    revision: int
    decided_by: str = ""
    answer: str = ""
    decisions: tuple[int, ...] = ()
    claimed_by: str = ""
    claimed_until: datetime | None = None
    closed_because: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the story of a case: a comment, or what became of it."""

    at: datetime
    who: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person said of a case: accept, reject or leave."""

    case: int
    kind: str
    source: str
    who: str
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Decisions that wait for a second person: ``said`` is what would be recorded, as JSON lines of records without
    numbers; ``why`` it must wait. ``state``: waiting, approved, refused.
    """

    number: int
    by: str
    at: datetime
    why: tuple[str, ...]
    said: str
    reason: str
    state: str = "waiting"
    cases: tuple[int, ...] = ()
    answer: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    decisions: tuple[int, ...] = field(default=())
