"""What the review desk answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knotwork_graph.desk import Case, Note, Waiting
from knotwork_graph.errors import UsageError
from knotwork_graph.model import Recorded
from knotwork_graph.policy import suggestion

if TYPE_CHECKING:
    from knotwork.service.decisions import Word
    from knotwork_resolvers.explain.answers import Neighbours, Why, WhyNot
    from knotwork_resolvers.review.agreement import Precision
    from knotwork_resolvers.review.effects import Effect
    from knotwork_resolvers.review.split import SplitProposal

REASON_CODES = (
    "same_person",
    "different_people",
    "family",
    "shared_device",
    "role_address",
    "placeholder",
    "typing_error",
    "test_data",
    "fraud",
    "other",
)
"""The reasons to choose from; whatever else there is to say is free text."""

ACCEPT, REJECT, LEAVE = "accept", "reject", "leave"
ANSWERS = (ACCEPT, REJECT, LEAVE)


@dataclass(frozen=True, slots=True)
class Because:
    """Who says it, and why: a reason in words, a code of ``REASON_CODES``, a comment; one of reason and code is needed.

    ``by`` is the user of the machine if unsaid.
    """

    reason: str = ""
    by: str = ""
    comment: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        if self.code and self.code not in REASON_CODES:
            raise UsageError(f"there is no reason code {self.code}; {suggestion(self.code, REASON_CODES)}")

    @property
    def words(self) -> str:
        """The reason, or what the code says."""
        return self.reason.strip() or self.code.replace("_", " ")


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue: the most harmful cases first. ``counts``: open cases by kind; ``waiting``: decisions."""

    cases: tuple[Case, ...]
    more: bool
    counts: Mapping[str, int]
    waiting: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One trait on both sides: ``shared`` values, and those that only the left or the right has."""

    trait: str
    shared: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether both sides say something, and not the same."""
        return bool(self.left and self.right)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a case: a customer (empty: nobody's), and its identifiers."""

    customer: str
    identifiers: tuple[str, ...]
    events: int = 0
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: ``does`` says what it would record, ``effect`` what that would change (None: nothing is recorded).

    ``second`` tells why a second person would be needed.
    """

    answer: str
    does: str
    effect: Effect | None = None
    second: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """All that a person needs to decide a case. ``revision`` names what is seen here, for ``if_revision``.

    ``seen_with`` is there for a case of one identifier.
    """

    case: Case
    revision: str
    sides: tuple[Side, ...]
    traits: tuple[Compared, ...]
    why: Why | None
    why_not: WhyNot | None
    against: tuple[str, ...]
    choices: tuple[Choice, ...]
    split: SplitProposal | None
    similar: tuple[Case, ...]
    notes: tuple[Note, ...]
    seen_with: Neighbours | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer: the case as it stands, what was recorded, and remarks for people.

    ``fresh`` are the numbers of the records that were not there before; ``waiting`` is the number it waits under for a
    second person, 0 for none; ``run`` the run that obeyed, 0 where the next one will.
    """

    cases: tuple[int, ...]
    answer: str
    records: tuple[Recorded, ...] = ()
    waiting: int = 0
    why: tuple[str, ...] = ()
    run: int = 0
    remarks: tuple[str, ...] = ()
    fresh: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What an answer to many cases would do; cases that cannot be answered so, with the reason, are left out."""

    cases: tuple[int, ...]
    answer: str
    decisions: int
    left_out: tuple[tuple[int, str], ...]
    effect: Effect | None
    second: tuple[str, ...]
    done: Answered | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What waits for a second person: the ``decisions`` it would make, those it takes back, and the effect of that."""

    waiting: Waiting
    decisions: tuple[Word, ...]
    undoes: tuple[int, ...]
    effect: Effect


@dataclass(frozen=True, slots=True)
class Report:
    """How the desk does: open cases by kind, precision by source, agreement of two people, and what waits."""

    open: Mapping[str, int]
    settled: Mapping[str, int]
    precision: tuple[Precision, ...]
    agreement: float | None
    doubly_looked: int
    waiting: int
    people: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """What people said of a pair, for matching to learn from: ``same`` or not, and by which decision or case."""

    a: str
    b: str
    same: bool
    by: str
    source: str
