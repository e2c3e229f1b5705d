"""The counts of a run, and what it has to warn of."""

from __future__ import annotations

import numpy as np

from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity import Resolution, StatusCode

SIZES = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4", 4, 4), ("5-10", 5, 10), ("11-25", 11, 25), ("26+", 26, None))


def figures(graph: GraphArrays, found: Resolution) -> dict[str, int]:
    """The counts that a run keeps: identifiers, edges, customers, by size (``size_...``), and what links nothing."""
    label, status = found.partition.label, found.partition.status
    size = np.bincount(label[label >= 0])
    counts = {
        "identifiers": len(graph.identifiers),
        "edges": len(graph.edges),
        "customers": found.partition.parts,
        "largest": int(size.max(initial=0)),
        "severed": len(found.partition.severed.edges),
        "shared": int(np.count_nonzero(status == StatusCode.SHARED)),
        "unusable": int(np.count_nonzero(status == StatusCode.BLOCKED)),
    }
    for name, low, high in SIZES:
        counts[f"size_{name}"] = int(np.count_nonzero((size >= low) & (size <= (high or size.max(initial=0)))))
    return counts


def warnings_of(graph: GraphArrays, found: Resolution, policy: Policy) -> tuple[str, ...]:
    """Sentences for the person who runs it: types the policy does not name, decisions that name nobody."""
    unnamed = [name for name in graph.identifiers.type_names if not policy.names(name)]
    said = [f"identifier type {name} is not in the policy; it links with the defaults" for name in sorted(unnamed)]
    said += [f"a decision names {key}, which no event has shown" for key in found.partition.unknown_decisions]
    return tuple(said)
