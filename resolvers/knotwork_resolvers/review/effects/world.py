"""A workspace as it would be after a run that nobody made: questions about single customers read it as they read ours.

Laid over the real one: whose the identifiers of the part that was resolved anew are, and whose the events are that
change hands. Whatever is not asked of a few customers goes to the real one, and would be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from knotwork_graph.model import Identifier, IdentifierView, Status
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.base import whole
from knotwork_resolvers.review.effects.after import StoreAfter

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import GraphStore
    from knotwork_graph.since import SinceFile

STATUSES = (Status.LINKING, Status.BLOCKED, Status.INVALID, Status.SHARED)


@dataclass(frozen=True)
class ReaderAfter:
    """The graph as readers would see it, as far as questions about a few customers ask."""

    after: StoreAfter

    def __getattr__(self, name: str) -> Any:
        return getattr(self.after.store, name)

    def members_of(self, customers: Sequence[int]) -> dict[int, tuple[IdentifierView, ...]]:
        """The identifiers of each of ``customers`` that would have any, by (type, value)."""
        outcome = self.after.outcome
        wanted = set(customers)
        found: dict[int, list[IdentifierView]] = {}
        for row in np.flatnonzero(np.isin(outcome.found.customer, list(wanted))).tolist():
            status = STATUSES[int(outcome.found.partition.status[row])]
            view = replace(self._views[outcome.graph.identifiers.key(row)], status=status)
            found.setdefault(int(outcome.found.customer[row]), []).append(view)
        gone = set(outcome.previous.customer.tolist())
        rest = self.after.store.members_of(sorted(wanted - found.keys() - gone))
        return rest | {one: tuple(sorted(some, key=lambda v: (v.type, v.value))) for one, some in found.items()}

    def members(self, customer: int) -> tuple[IdentifierView, ...]:
        """The identifiers of one customer."""
        return self.members_of([customer]).get(customer, ())

    @cached_property
    def _views(self) -> dict[str, IdentifierView]:
        """Every identifier that was resolved anew, by key, with how its events saw it."""
        outcome, store = self.after.outcome, self.after.store
        before = sorted(set(outcome.previous.customer.tolist()) - {NOBODY})
        found = {view.key: view for some in store.members_of(before).values() for view in some}
        identifiers = outcome.graph.identifiers
        for row in np.flatnonzero(outcome.previous.customer == NOBODY).tolist():
            view = store.find(Identifier.parse(identifiers.key(row)))
            if view is not None:
                found[view.key] = view
        return found


@dataclass(frozen=True)
class SinceAfter:
    """What came since, with the events that would change hands: all columns, each with its new customer."""

    since: SinceFile
    rows: pa.Table

    def __getattr__(self, name: str) -> Any:
        return getattr(self.since, name)

    @cached_property
    def _own(self) -> Ints:
        return whole(self.rows, "event_id")

    def count(self) -> int:
        """How many events are told anew."""
        return self.since.count() + len(self.rows)

    def moved(self, event_ids: Sequence[int]) -> set[int]:
        """Those of some events that are told anew."""
        return self.since.moved(event_ids) | set(self._own.tolist()).intersection(event_ids)

    def of_customer(self, customer: int) -> pa.Table:
        """The events told anew that would be a customer's."""
        import pyarrow as pa
        import pyarrow.compute as pc

        known = self.since.of_customer(customer)
        kept = known.filter(pa.array(~np.isin(whole(known, "event_id"), self._own)))
        new = self.rows.filter(pc.equal(self.rows["customer"], customer))
        return pa.concat_tables([kept, new.cast(kept.schema)])


@dataclass(frozen=True)
class OpenedAfter:
    """The open files of a generation, with what came since laid over."""

    home: Home
    rows: pa.Table

    @property
    def turn(self) -> AbstractContextManager[Any]:
        """Held while the files are used."""
        return self.home.opened.turn

    def base(self, run: int) -> Any:
        """The generation of a full run."""
        return self.home.opened.base(run)

    def since(self, run: int) -> SinceAfter:
        """What came since, and what would."""
        return SinceAfter(self.home.opened.since(run), self.rows)

    def close(self) -> None:
        """The files are the real home's."""


def home_after(home: Home, after: StoreAfter, rows: pa.Table) -> Home:
    """The workspace afterwards; ``rows`` are the events that change hands, with all columns of a generation."""
    world = SimpleNamespace(
        store=cast("GraphStore", ReaderAfter(after)),
        opened=OpenedAfter(home, rows),
        generations=home.generations,
        scratch=home.scratch,
        facts=home.facts,
        sightings=home.sightings,
        matches=home.matches,
    )
    return cast("Home", world)
