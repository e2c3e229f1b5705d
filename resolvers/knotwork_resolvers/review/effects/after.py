"""The graph store as it would be after a run that nobody made: the part that was resolved anew, laid over the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from knotwork_graph.ports import GraphStore, Stood
from knotwork_resolvers.identity import StatusCode
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.run.situation import Outcome

if TYPE_CHECKING:
    import pyarrow as pa

NEXT = np.iinfo(np.int64).max - 1
"""The number of the run that nobody made: later than every other."""


@dataclass(frozen=True)
class StoreAfter:
    """What readers of the run ``NEXT`` would see of identifiers; whatever was not resolved anew is as it is now."""

    store: GraphStore
    outcome: Outcome
    current: int

    @property
    def ids(self) -> Ints:
        """The identifiers that were resolved anew, ascending."""
        return self.outcome.graph.identifiers.ids

    def stood(self, ids: Ints, run: int) -> Stood:  # noqa: ARG002 - as a store is asked; it is always NEXT
        """What ``ids`` (ascending) say of events then; ``run`` is this one."""
        now = self.store.stood(ids, self.current)
        customer, status, cut = now.customer.copy(), now.status.copy(), self.severed_of(ids)
        here = np.flatnonzero(np.isin(ids, self.ids))
        place, found = np.searchsorted(self.ids, ids[here]), self.outcome.found
        customer[here], status[here] = found.customer[place], found.partition.status[place]
        ends = np.concatenate(_ends(cut))
        return replace(now, customer=customer, status=status, cut=np.isin(ids, ends))

    def severed_of(self, ids: Ints) -> pa.Table:
        """The edges at ``ids`` that are cut then: Arrow ``a``, ``b``."""
        import pyarrow as pa

        now = self.store.severed_of(ids)
        a, b = _ends(now)
        kept = ~(np.isin(a, self.ids) | np.isin(b, self.ids))
        new_a, new_b = self.cut()
        at = np.isin(new_a, ids) | np.isin(new_b, ids)
        return pa.table({"a": np.concatenate([a[kept], new_a[at]]), "b": np.concatenate([b[kept], new_b[at]])})

    def cut(self) -> tuple[Ints, Ints]:
        """Both ends (ids, the lower first) of the edges that the new resolution cuts."""
        graph, rows = self.outcome.graph, self.outcome.found.partition.severed.edges
        a, b = self.ids[graph.edges.a[rows]], self.ids[graph.edges.b[rows]]
        return np.minimum(a, b), np.maximum(a, b)

    @cached_property
    def status_now(self) -> NDArray[np.int8]:
        """The status of each of these identifiers as readers see it now."""
        rows, identifiers = self.outcome.memberships, self.outcome.graph.identifiers
        seen = rows.seen_by(self.current)
        status = np.where(identifiers.usable, StatusCode.LINKING, StatusCode.BLOCKED).astype(np.int8)
        status[np.searchsorted(self.ids, rows.identifier[seen])] = rows.status[seen]
        return status

    def cut_now(self) -> tuple[Ints, Ints]:
        """Both ends of the edges at these identifiers that are cut now."""
        return _ends(self.store.severed_of(self.ids))


def _ends(rows: Any) -> tuple[Ints, Ints]:
    return np.asarray(rows["a"].to_numpy(), np.int64), np.asarray(rows["b"].to_numpy(), np.int64)
