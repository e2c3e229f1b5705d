"""``resolve``: the one function that creates, merges and splits customers. Pure and deterministic."""

from __future__ import annotations

import numpy as np

from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity.changes import find_changes, owners
from knotwork_resolvers.identity.ids import number_parts, redirects
from knotwork_resolvers.identity.partition import partition
from knotwork_resolvers.identity.resolution import Circumstances, Judged, Previous, Resolution, lives


def resolve(
    graph: GraphArrays, policy: Policy, now: Circumstances, previous: Previous, judged: Judged | None = None
) -> Resolution:
    """The customers of ``graph`` under ``policy`` at the moment ``now.as_of``, given who they were before.

    Steps 2 to 7 of the rules of resolution; step 0 and 1 made the graph. Near-linear in edges. For a part of a graph
    that lives whole clusters, ``judged`` says what each identifier may do.
    """
    found = partition(graph, policy, now, judged)
    numbered = number_parts(graph, policy, found, previous)
    known = lives(numbered.number, previous.customer, numbered.next_number)
    return Resolution(
        partition=found,
        customer=owners(found.label, numbered.number),
        created=np.sort(numbered.number[~known]),
        redirects=redirects(numbered),
        changes=find_changes(found.label, numbered, previous),
        next_number=numbered.next_number,
    )
