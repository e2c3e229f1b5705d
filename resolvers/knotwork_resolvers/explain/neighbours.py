"""What one identifier was seen with: the evidence on a hub, where no two identifiers are asked about."""

from __future__ import annotations

from knotwork_graph.counted import counted
from knotwork_graph.ports import GraphReader, Standing
from knotwork_resolvers.explain.answers import Neighbours
from knotwork_resolvers.explain.ground import Ground
from knotwork_resolvers.explain.ties import judged, link_of

MOST_LOOKED_AT = 1_000
MOST_TOLD = 8


def neighbours(store: GraphReader, ground: Ground, standing: Standing) -> Neighbours:
    """The links of one identifier, those of most evidence first, at most eight; O(1,000) however many there are."""
    around = store.around_identifiers([standing.id], MOST_LOOKED_AT)
    found = [(one.weight, link_of(one, standing.key)) for one in judged(around, ground)]
    found.sort(key=lambda one: (-one[0], one[1].b))
    left_out = []
    if len(found) > MOST_TOLD:
        left_out.append(f"{counted(len(found) - MOST_TOLD, 'link')} of less evidence")
    if not around.whole:
        left_out.append(f"links beyond the {MOST_LOOKED_AT:,} that were looked at")
    return Neighbours(standing.key, tuple(link for _, link in found[:MOST_TOLD]), tuple(left_out))
