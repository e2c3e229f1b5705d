"""The order in which the links of a contested cluster are taken: the four settings of ``conflict``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knotwork_graph.model import GraphArrays
from knotwork_graph.model.times import MICROS_PER_SECOND
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity.resolution import Ints


def conflict_order(graph: GraphArrays, rows: Ints, cluster: Ints, place: Ints, policy: Policy) -> Ints:
    """``rows`` (edges of contested clusters) sorted as the policy's conflict setting says; O(n log n).

    ``cluster`` is the cluster's label for each of ``rows``; ``place`` ranks the identifiers at hand by their keys. The
    order is total: ties end with the pair's key.
    """
    edges = graph.edges
    ends = place[edges.a[rows]], place[edges.b[rows]]
    low, high = np.minimum(*ends), np.maximum(*ends)
    last = edges.last_seen[rows]
    if policy.conflict == "oldest":
        keys: tuple[NDArray[np.generic], ...] = (high, low, priorities(graph, rows, policy), edges.first_seen[rows])
    elif policy.conflict == "newest":
        newest = np.full(int(cluster.max(initial=0)) + 1, np.iinfo(np.int64).min)
        np.maximum.at(newest, cluster, last)
        keys = (high, low, -last, priorities(graph, rows, policy), last != newest[cluster])
    else:
        keys = (high, low, -last, -log_weight(graph, rows, policy))
    return np.asarray(rows[np.lexsort(keys)])


def log_weight(graph: GraphArrays, rows: Ints, policy: Policy) -> NDArray[np.float64]:
    """log2 of each edge's evidence weight, up to one constant that all edges share.

    Weight = trust x (log2(1 + count) + 2 log2(1 + vouched)) x 2^(-(as_of - last_seen) / half_life); in logarithms the
    moment falls out, so the order of two edges never depends on when it is asked.
    """
    edges, types = graph.edges, graph.identifiers.types
    trust = np.array([policy.rule(name).trust for name in graph.identifiers.type_names], np.float64)
    product = trust[types[edges.a[rows]]] * trust[types[edges.b[rows]]]
    evidence = np.log2(1.0 + edges.count[rows]) + 2.0 * np.log2(1.0 + edges.vouched[rows])
    half_life = policy.half_life.total_seconds() * MICROS_PER_SECOND
    weight: NDArray[np.float64] = np.log2(product * evidence) + edges.last_seen[rows] / half_life
    return weight


def priorities(graph: GraphArrays, rows: Ints, policy: Policy) -> Ints:
    """The sum of the priorities of both ends' types, for each of ``rows``; lower is stronger."""
    rank = np.array([policy.rule(name).priority for name in graph.identifiers.type_names], np.int64)
    types = graph.identifiers.types
    return np.asarray(rank[types[graph.edges.a[rows]]] + rank[types[graph.edges.b[rows]]])


def by_key(graph: GraphArrays, nodes: Ints) -> Ints:
    """``nodes`` in plain string order of ``type:value``; O(n log n)."""
    return nodes[np.argsort(keys_of(graph, nodes), kind="stable")]


def keys_of(graph: GraphArrays, nodes: Ints) -> NDArray[np.object_]:
    """``type:value`` of each of ``nodes``, as Python strings."""
    names = np.array([f"{name}:" for name in graph.identifiers.type_names], object)
    values = graph.identifiers.values.take(nodes).to_numpy(zero_copy_only=False)
    return np.asarray(names[graph.identifiers.types[nodes]] + values, object)
