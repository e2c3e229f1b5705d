"""What plain linking could reach without a single mistake: the ceiling of every policy that has identifiers alone."""

from __future__ import annotations

from knotwork_graph.model import EdgeArrays
from knotwork_resolvers.evaluate.agreement import contingency, pair_counts, share
from knotwork_resolvers.evaluate.evaluation import Pairs, Reach
from knotwork_resolvers.identity import components
from knotwork_resolvers.identity.resolution import Ints


def reach(person: Ints, customer: Ints, judged: Ints, edges: EdgeArrays) -> Reach:
    """The ceiling of recall, and how much of it the customers reach; see ``Reach``. Near-linear in edges.

    ``person`` and ``customer`` hold a number for each of the graph's identifiers, ``person`` -1 where it is not of one
    person; ``judged`` are the indices of the others.
    """
    linked = true_components(person, edges)[judged]
    possible = pair_counts(contingency(person[judged], linked))
    found = pair_counts(contingency(person[judged], customer[judged]))
    both = pair_counts(contingency(linked, customer[judged]))
    ceiling = share(possible.right, possible.true)
    return Reach(ceiling, share(recall(found), ceiling), share(both.right, both.true))


def true_components(person: Ints, edges: EdgeArrays) -> Ints:
    """The component of each identifier over the edges whose both ends are of the same one person; O(edges)."""
    of_one = (person[edges.a] == person[edges.b]) & (person[edges.a] >= 0)
    return components(len(person), edges.a[of_one], edges.b[of_one])


def recall(pairs: Pairs) -> float:
    """The share of the true pairs that are right."""
    return share(pairs.right, pairs.true)
