"""Reading what was known then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from knotwork_graph.model import Identifier
from knotwork_graph.ports.values import Memberships, PastChange, Publications, Redirected

if TYPE_CHECKING:
    from knotwork_graph.ports.values import Ints


class PastReader(Protocol):
    """What was known then. Nothing is ever taken out of it; each look-up takes an index."""

    def run_at(self, moment: int) -> int:
        """The run that readers saw at a moment (microseconds), 0 where nothing was published yet."""

    def publications(self) -> Publications:
        """Every move of the pointer, in order; O(publications)."""

    def history(self, identifier: Identifier) -> Memberships:
        """Every membership there ever was of one identifier, by ``from_run``; none where it was never seen."""

    def held(self, customer: int) -> Memberships:
        """Every membership of all identifiers that a customer ever held, by (identifier, from_run)."""

    def keys_of(self, ids: Sequence[int]) -> dict[int, str]:
        """The key of each of some identifiers, by the store's id."""

    def changes_of(self, pairs: Sequence[tuple[int, int]]) -> tuple[PastChange, ...]:
        """The changes whose (run, customer) is one of ``pairs``, by run."""

    def redirects_of(self, customer: int) -> tuple[Redirected, ...]:
        """Where a customer's id ever led, by ``from_run``."""

    def memberships_between(self, after: int, upto: int) -> Memberships:
        """What readers of any run from ``after`` to ``upto`` see of the identifiers that changed on the way.

        These are the ones that a run above ``after``, up to ``upto``, wrote a membership of. By (identifier,
        from_run); O(memberships found).
        """

    def living_in(self, customers: Ints, run: int) -> Ints:
        """Those of the customer numbers that hold an identifier for a reader of ``run``, ascending."""
