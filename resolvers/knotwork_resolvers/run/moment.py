"""The graph of a moment that has passed: only the events up to it, under the ids of today's graph."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.model import EdgeArrays, GraphArrays, IdentifierArrays
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.projection import Observation


def graph_at(today: GraphArrays, seen: Observation) -> tuple[GraphArrays, dict[str, Ints]]:
    """The edges of ``seen`` between the identifiers of ``today``, and its trait counts.

    ``today`` holds every identifier of ``seen``; those that ``seen`` does not hold link nothing.
    """
    identifiers = today.identifiers
    place = _places(identifiers, seen.increment.identifiers)
    usable = np.zeros(len(identifiers), np.bool_)
    known = np.zeros(len(identifiers), np.bool_)
    known[place] = True
    usable[place] = np.asarray(seen.increment.identifiers["status"].to_numpy()) == 0
    edges = seen.increment.edges
    then = EdgeArrays(place[edges.a], place[edges.b], edges.count, edges.vouched, edges.first_seen, edges.last_seen)
    those = replace(identifiers, usable=usable, seen=known)
    return GraphArrays(those, then), _traits(seen.increment.traits, place, len(identifiers))


def _places(identifiers: IdentifierArrays, rows: pa.Table) -> Ints:
    """Where each (type, value) of ``rows`` stands in ``identifiers``."""
    place = np.full(len(rows), -1, np.int64)
    kinds = rows["type"].to_numpy(zero_copy_only=False)
    values = rows["value"].cast(pa.large_string()).combine_chunks()
    for code, name in enumerate(identifiers.type_names):
        mine, theirs = np.flatnonzero(identifiers.types == code), np.flatnonzero(kinds == name)
        if len(theirs):
            found = pc.index_in(values.take(pa.array(theirs)), value_set=identifiers.values.take(pa.array(mine)))
            place[theirs] = mine[np.asarray(found.to_numpy(zero_copy_only=False), np.int64)]
    return place


def _traits(rows: pa.Table, place: Ints, count: int) -> dict[str, Ints]:
    found: dict[str, Ints] = {}
    names = rows["trait"].to_numpy(zero_copy_only=False)
    holders = place[np.asarray(rows["identifier"].to_numpy(), np.int64)]
    for name in set(names.tolist()):
        found[name] = np.bincount(holders[names == name], minlength=count)
    return found
