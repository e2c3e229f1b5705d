"""What the service answers people with, and the face it shows to GraphQL and the pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from knotwork_graph.model import ClusterView, CustomerView, Heirs, JourneyEvent, Recorded, Run

if TYPE_CHECKING:
    from knotwork.service.decisions import Made
    from knotwork_resolvers.explain.answers import Why, WhyNot
    from knotwork_resolvers.explain.simulation import Simulation
    from knotwork_resolvers.feed import FeedPage
    from knotwork_resolvers.past import CustomerHistory, IdentifierHistory

CLUSTER_SIZES = ("1", "2", "3", "4", "5-10", "11-25", "26+")


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a workspace. ``cluster_sizes`` counts customers by how many identifiers they hold.

    Its keys are those of ``CLUSTER_SIZES``, in that order; ``last_run`` is None until something is published.
    """

    customers: int = 0
    identifiers: int = 0
    events: int = 0
    sources: int = 0
    runs: int = 0
    identifiers_by_type: dict[str, int] = field(default_factory=dict)
    cluster_sizes: dict[str, int] = field(default_factory=dict)
    last_run: Run | None = None
    newest_event: datetime | None = None


class Browsed(Protocol):
    """What lists of customers ask for: no more of each than they show."""

    def customer(self, key_or_id: str, *, figures: bool = True) -> CustomerView | Heirs:
        """As ``Explorer.customer``, with the surviving values alone for a profile; without ``figures`` with none."""
        ...

    def several(self, ids: list[str]) -> dict[str, CustomerView]:
        """Those of the customers that live under these very ids, by id, in a bounded number of look-ups."""
        ...


class Explorer(Protocol):
    """What pages and GraphQL ask of a workspace. It is called from several threads at once."""

    def overview(self) -> Overview:
        """The figures of the whole workspace."""
        ...

    def customer(self, key_or_id: str, known_at: datetime | None = None) -> CustomerView | Heirs:
        """The customer with this id, or who holds this ``type:value`` (normalised as loading does).

        An id that was split gives its heirs; with ``known_at`` it is who readers saw then. Raises
        ``UnknownCustomerError``, ``UnknownRunError``, or ``ValueError`` for what is neither.
        """
        ...

    @property
    def browsing(self) -> Browsed:
        """Customers as lists show them."""
        ...

    def customers(self, first: int, after: str | None) -> tuple[tuple[CustomerView, ...], bool]:
        """The next ``first`` customers by id after the id ``after``, and whether there are more."""
        ...

    def cluster(self, customer_id: str) -> ClusterView:
        """The identifiers and edges of one customer. Raises ``UnknownCustomerError``."""
        ...

    def journey(
        self, key_or_id: str, as_of: datetime | None = None, last: int | None = None
    ) -> tuple[JourneyEvent, ...]:
        """The events of one customer in order of time, all or the ``last`` so many. Raises ``UnknownCustomerError``."""
        ...

    def history(self, key_or_id: str) -> IdentifierHistory | CustomerHistory:
        """Whose an identifier was from when to when; or, for a customer id, what it gained and lost."""
        ...

    def changes(self, since: str | None = None, first: int | None = None) -> FeedPage:
        """The next changes of the feed after a cursor. Raises ``UsageError`` for one of another feed."""
        ...

    def why(self, a: str, b: str, *, reasons: bool = True) -> Why:
        """What holds two in one customer. Without ``reasons``, no words that people gave for decisions."""
        ...

    def why_not(self, a: str, b: str, *, reasons: bool = True) -> WhyNot:
        """What keeps two apart, and the smallest change that would join them."""
        ...

    def simulate_text(self, text: str) -> Simulation:
        """What a policy given as TOML would make of the same data; bounded, one at a time."""
        ...

    def decisions(self, *, every: bool = False) -> tuple[Recorded, ...]:
        """The decisions that stand, by number; with ``every`` also what was undone, and the undoings."""
        ...

    def decide(self, kind: str, a: str, b: str | None = None, *, reason: str, by: str = "", comment: str = "") -> Made:
        """Keep a decision. Raises ``ContradictionError``, ``UsageError``, ``WorkspaceBusyError``."""
        ...

    def undo(self, number: int, *, reason: str = "", by: str = "", comment: str = "") -> Made:
        """Take a decision back. Raises ``UnknownDecisionError``, ``UsageError``, ``WorkspaceBusyError``."""
        ...
