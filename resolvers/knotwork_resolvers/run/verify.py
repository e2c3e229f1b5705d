"""Proving that the graph equals the facts: everything is counted anew and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model.arrays import EDGE_COLUMNS, EdgeArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.projection import observe
from knotwork_resolvers.run.moment import graph_at

if TYPE_CHECKING:
    from knotwork_resolvers.run.situation import Home


def differences(home: Home, policy: Policy) -> tuple[str, ...]:
    """What differs between the graph and the facts it was projected from, in words; nothing where they are equal.

    Reads every projected event: about two seconds for a million.
    """
    known = home.store.projected().segments
    segments = [segment for segment in home.facts.segments() if segment.number in known]
    if not segments:
        return ()
    kept = home.store.graph()
    counted, _ = graph_at(kept, observe(segments, policy, scratch=home.scratch))
    found = []
    if len(kept.edges) != len(counted.edges):
        found.append(f"{len(kept.edges):,} edges kept, {len(counted.edges):,} in the facts")
        return tuple(found)
    ours, theirs = _sorted(kept.edges), _sorted(counted.edges)
    for name in EDGE_COLUMNS:
        wrong = int(np.count_nonzero(getattr(ours, name) != getattr(theirs, name)))
        if wrong:
            found.append(f"{wrong:,} edges differ in {name}")
    return tuple(found)


def _sorted(edges: EdgeArrays) -> EdgeArrays:
    """The edges with the lower index first, by both ends."""
    low, high = np.minimum(edges.a, edges.b), np.maximum(edges.a, edges.b)
    turned = EdgeArrays(low, high, edges.count, edges.vouched, edges.first_seen, edges.last_seen)
    return turned.take(np.lexsort((high, low)))
