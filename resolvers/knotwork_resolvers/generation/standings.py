"""What identifiers say of the events that bear them, as one run has it; none is looked up twice."""

from __future__ import annotations

import numpy as np

from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphStore, Stood
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.identity.sets import union, without
from knotwork_resolvers.ownership import Standing, standing_in


class Standings:
    """Looks up some identifiers after the other in the run ``current``."""

    def __init__(self, store: GraphStore, policy: Policy, current: int) -> None:
        self._store, self._policy, self._current = store, policy, current
        self._known: tuple[Ints, Stood] | None = None

    def of(self, ids: Ints) -> Standing:
        """The standing of each of ``ids`` (ascending), all of which the store knows."""
        known, stood = self._looked_up(ids)
        return standing_in(stood if len(known) == len(ids) else _taken(stood, known.searchsorted(ids)), self._policy)

    def _looked_up(self, ids: Ints) -> tuple[Ints, Stood]:
        """All that is known, ``ids`` among it."""
        if self._known is None:
            self._known = ids, self._store.stood(ids, self._current)
        elif len(new := without(ids, self._known[0])):
            known, stood = self._known
            both = _both(stood, self._store.stood(new, self._current))
            every = union(known, new)
            self._known = every, _taken(both, np.argsort(np.concatenate([known, new])))
        return self._known


def _both(one: Stood, other: Stood) -> Stood:
    return Stood(
        np.concatenate([one.types, other.types]),
        np.concatenate([one.customer, other.customer]),
        np.concatenate([one.status, other.status]),
        np.concatenate([one.cut, other.cut]),
        max(one.type_names, other.type_names, key=len),
    )


def _taken(stood: Stood, rows: Ints) -> Stood:
    return Stood(stood.types[rows], stood.customer[rows], stood.status[rows], stood.cut[rows], stood.type_names)
