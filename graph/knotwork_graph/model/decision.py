"""What a steward said: an edge, or a word on one identifier, with who, when and why.

Decisions are never erased. What is kept is a list of records, numbered from 1 in the order in which they were made: a
decision each, or the undoing of an earlier one. Those that nothing has undone are in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

UNDO = "undo"
"""The kind of a record that takes back an earlier one."""


class DecisionKind(StrEnum):
    """What can be decided."""

    MUST_LINK = "must_link"
    CANNOT_LINK = "cannot_link"
    MARK_SHARED = "mark_shared"
    KEEP_LINKING = "keep_linking"
    BLOCK = "block"


KINDS = frozenset(DecisionKind)
BY_NAME: dict[str, DecisionKind] = {kind.value: kind for kind in DecisionKind}
PAIRWISE = frozenset({DecisionKind.MUST_LINK, DecisionKind.CANNOT_LINK})


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on identifier keys ``a`` (and ``b`` for a link), by whom, when (aware) and why.

    ``number`` is that of its record, 0 for one that is not kept.
    """

    kind: DecisionKind
    a: str
    b: str | None
    by: str
    at: datetime
    reason: str = ""
    number: int = 0

    def __post_init__(self) -> None:
        if (self.b is not None) != (self.kind in PAIRWISE):
            wanted = "two identifiers" if self.b is None else "one identifier"
            raise ValueError(f"a {self.kind} decision takes {wanted}")
        if self.b is not None and self.a == self.b:
            raise ValueError(f"a decision on a pair needs two identifiers, and {self.a!r} is one")

    @property
    def about(self) -> tuple[str, ...]:
        """The one or two keys that it speaks of, the smaller first: an edge has no direction."""
        return (self.a,) if self.b is None else (min(self.a, self.b), max(self.a, self.b))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One record: a decision, or (``kind`` "undo") the taking back of the one that ``undoes`` names.

    ``b`` is empty for a word on one identifier, ``a`` too for an undo. ``undone_by`` is the record that took this one
    back, 0 while it stands; it is worked out when records are read (see ``told``), and never written. ``code`` is one
    of the reasons to choose from, ``bundle`` the number of the first record of those that were made as one and are
    undone as one (0: it stands alone), ``approved_by`` the second person, where one was needed.
    """

    number: int
    kind: str
    a: str
    b: str
    by: str
    at: datetime
    reason: str = ""
    comment: str = ""
    undoes: int = 0
    undone_by: int = 0
    code: str = ""
    bundle: int = 0
    approved_by: str = ""

    def __post_init__(self) -> None:
        if self.number < 1 or (self.kind == UNDO) != (self.undoes > 0) or self.undoes >= self.number:
            raise ValueError(f"record {self.number} cannot be: it is of kind {self.kind} and undoes {self.undoes}")
        if self.approved_by and self.approved_by == self.by:
            raise ValueError(f"record {self.number} was approved by the person who made it")
        if self.at.tzinfo is None:
            raise ValueError(f"record {self.number} has a time without its zone")
        if self.kind != UNDO and (
            self.kind not in KINDS or (self.b != "") != (self.kind in PAIRWISE) or self.a == self.b
        ):
            _ = self.decision  # raises, with the words for it

    @property
    def decision(self) -> Decision:
        """The decision that it records; an undo raises ``ValueError``."""
        kind = BY_NAME.get(self.kind) or DecisionKind(self.kind)  # a look-up takes a third of the time
        return Decision(kind, self.a, self.b or None, self.by, self.at, self.reason, self.number)


def told(records: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """``records`` (by number, as they were written) with ``undone_by`` filled in; O(records)."""
    every = tuple(records)
    undone = {one.undoes: one.number for one in reversed(every) if one.undoes}
    return tuple(replace(one, undone_by=undone[one.number]) if one.number in undone else one for one in every)


def in_force(records: Iterable[Recorded]) -> tuple[Decision, ...]:
    """The decisions that nothing has undone, by number; O(records)."""
    every = tuple(records)
    undone = {one.undoes for one in every}
    return tuple(one.decision for one in every if one.kind != UNDO and one.number not in undone)
