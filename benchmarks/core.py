"""The pure core beside the bare least: policy, ids and changes against interning keys and finding components.

    python benchmarks/core.py WORKSPACE

On the graph of a workspace that was resolved before. The baseline turns the keys at both ends of every edge into dense
integers (Arrow's dictionary) and asks scipy for components; ours judges identifiers, cuts what the policy forbids,
gives every customer its lasting id, and says what changed since the run before. Nothing else should run meanwhile.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import knotwork
from knotwork_graph.model import GraphArrays, to_micros
from knotwork_resolvers.identity import Circumstances, resolve
from knotwork_resolvers.run.before import previous_of

ROUNDS = 3


def main() -> None:
    """Measure, and print a line each."""
    with knotwork.open(sys.argv[1]) as workspace:
        store, policy = workspace.home.store, workspace.settings.policy
        graph = store.graph()
        ids = graph.identifiers.ids
        now = Circumstances(to_micros(datetime.now(UTC)), (), store.trait_counts(ids))
        previous = previous_of(store.memberships(), store.state(), ids)
    keys = keys_of(graph)
    ends = pa.chunked_array([keys.take(pa.array(graph.edges.a)), keys.take(pa.array(graph.edges.b))])
    baseline = median(lambda: least(ends, len(graph.edges)))
    ours = median(lambda: resolve(graph, policy, now, previous))
    print(f"{len(ids):,} identifiers, {len(graph.edges):,} edges")
    print(f"baseline, interning and components   {baseline:8.2f} s")
    print(f"policy, ids and changes              {ours:8.2f} s   {ours / baseline:.2f} x")


def keys_of(graph: GraphArrays) -> pa.Array:
    """``type:value`` of every identifier."""
    names = pa.array(graph.identifiers.type_names, pa.large_string()).take(pa.array(graph.identifiers.types))
    return pc.binary_join_element_wise(names, graph.identifiers.values, pa.scalar(":", pa.large_string()))


def least(ends: pa.ChunkedArray, edges: int) -> Any:
    """The component of every key, and nothing else."""
    codes = np.concatenate([part.indices.to_numpy() for part in ends.dictionary_encode().unify_dictionaries().chunks])
    nodes = int(codes.max()) + 1
    return connected_components(
        coo_array((np.ones(edges, np.int8), (codes[:edges], codes[edges:])), (nodes, nodes)), False
    )


def median(work: Callable[[], Any]) -> float:
    """The middle of some measurements, in seconds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
