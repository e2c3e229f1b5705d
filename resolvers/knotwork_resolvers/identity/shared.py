"""Step 2: identifiers that too many use. Computed on all unexpired edges at once, so no order matters."""

from __future__ import annotations

import numpy as np

from knotwork_graph.model import GraphArrays
from knotwork_graph.model.times import MICROS_PER_SECOND
from knotwork_graph.policy import TRAIT, Policy
from knotwork_resolvers.identity.resolution import Circumstances, Ints, Mask, Shared


def unexpired(graph: GraphArrays, policy: Policy, as_of: int) -> Mask:
    """For each edge whether it was seen within the shorter ttl of its two types; O(edges)."""
    identifiers, edges = graph.identifiers, graph.edges
    never = np.iinfo(np.int64).max
    ttls = [policy.rule(name).ttl for name in identifiers.type_names]
    if not any(ttls):
        return np.ones(len(edges), np.bool_)
    limit = np.array([never if ttl is None else int(ttl.total_seconds() * MICROS_PER_SECOND) for ttl in ttls], np.int64)
    of_type = identifiers.types
    allowed = np.minimum(limit[of_type[edges.a]], limit[of_type[edges.b]])
    return np.asarray(as_of - edges.last_seen <= allowed)


class Neighbours:
    """How many distinct neighbours of each type identifiers have on their live edges; counted once for each type."""

    def __init__(self, graph: GraphArrays, live: Mask) -> None:
        self._names = graph.identifiers.type_names
        self._count = len(graph.identifiers)
        edges = graph.edges if live.all() else graph.edges.take(live)
        self._ends = edges.a, edges.b
        self._kinds = graph.identifiers.types[edges.b], graph.identifiers.types[edges.a]
        self._known: dict[str, Ints] = {}

    def of_type(self, name: str) -> Ints:
        """For each identifier how many of its neighbours are of this type, which is at hand; O(edges) once."""
        if name not in self._known:
            self._known[name] = self._counted(name)
        return self._known[name]

    def _counted(self, name: str) -> Ints:
        code = self._names.index(name)
        pieces = [end[kind == code] for end, kind in zip(self._ends, self._kinds, strict=True)]
        return np.asarray(sum(np.bincount(piece, minlength=self._count) for piece in pieces), np.int64)


def find_shared(graph: GraphArrays, policy: Policy, live: Mask, now: Circumstances) -> Shared:
    """The identifiers that the policy's ``shared_above`` calls shared, each with the first rule that says so."""
    names = graph.identifiers.type_names
    neighbours = Neighbours(graph, live)
    reasons: dict[int, str] = {}
    present = np.flatnonzero(np.bincount(graph.identifiers.types, minlength=len(names)))
    borne = {names[code] for code in present} | {TRAIT + name for name in now.traits}
    for code in present.tolist():
        own = graph.identifiers.types == code
        for counted, limit in sorted(policy.rule(names[code]).shared_above.items()):
            if counted in borne:
                counts = _counts(neighbours, now, counted)
                for index in np.flatnonzero(own & (counts > limit)).tolist():
                    reasons.setdefault(index, reason(counted, limit))
    order = sorted(reasons)
    return Shared(np.array(order, np.int64), tuple(reasons[index] for index in order))


def reason(counted: str, limit: int) -> str:
    """The words for an identifier with more different values of ``counted`` than the ``limit``.

    How many more is left out, so that an identifier keeps its reason while its crowd grows.

    >>> reason("user_id", 3)
    'shared: seen with more than 3 different user_id'
    """
    what = f"values of {counted.removeprefix(TRAIT)}" if counted.startswith(TRAIT) else counted
    return f"shared: seen with more than {limit} different {what}"


def _counts(neighbours: Neighbours, now: Circumstances, counted: str) -> Ints:
    return now.traits[counted.removeprefix(TRAIT)] if counted.startswith(TRAIT) else neighbours.of_type(counted)
