"""The decisions in force, turned into masks and pairs of indices of the graph at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from knotwork_graph.model import Decision, DecisionKind, GraphArrays, Identifier, IdentifierArrays
from knotwork_resolvers.identity.resolution import Ints

SMALL = 20_000
"""So many identifiers are quicker spelt out than looked for among all that was ever decided on."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions by index: pairs as two-column arrays, identifiers as index arrays; ``unknown`` keys were not found."""

    must: Ints
    cannot: Ints
    shared: Ints
    keep: Ints
    block: Ints
    unknown: tuple[str, ...]


def decided(graph: GraphArrays, decisions: Iterable[Decision]) -> Decided:
    """The ``decisions`` whose identifiers the graph knows; O(identifiers) when there is any decision, else O(1)."""
    said = tuple(decisions)
    index = index_of_keys(graph, {key for one in said for key in (one.a, one.b) if key is not None})
    unknown = {key for one in said for key in (one.a, one.b) if key is not None and key not in index}
    pairs: dict[DecisionKind, list[tuple[int, int]]] = {kind: [] for kind in DecisionKind}
    single: dict[DecisionKind, list[int]] = {kind: [] for kind in DecisionKind}
    for one in said:
        if one.b is None and one.a in index:
            single[one.kind].append(index[one.a])
        elif one.b is not None and one.a in index and one.b in index:
            pairs[one.kind].append((index[one.a], index[one.b]))
    return Decided(
        must=_pairs(pairs[DecisionKind.MUST_LINK]),
        cannot=_pairs(pairs[DecisionKind.CANNOT_LINK]),
        shared=np.array(single[DecisionKind.MARK_SHARED], np.int64),
        keep=np.array(single[DecisionKind.KEEP_LINKING], np.int64),
        block=np.array(single[DecisionKind.BLOCK], np.int64),
        unknown=tuple(sorted(unknown)),
    )


def near(identifiers: IdentifierArrays, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Those of ``decisions`` whose identifiers are all at hand; of a large graph all. O(identifiers + decisions).

    The others say nothing of it: a link holds, or parts, both its ends or neither.
    """
    if len(identifiers) > SMALL:
        return tuple(decisions)
    names = identifiers.type_names
    told = zip(identifiers.types.tolist(), identifiers.values.to_pylist(), strict=True)
    keys = {f"{names[kind]}:{value}" for kind, value in told}
    return tuple(one for one in decisions if one.a in keys and (one.b is None or one.b in keys))


def index_of_keys(graph: GraphArrays, keys: Iterable[str]) -> dict[str, int]:
    """The index of each of ``keys`` that the graph holds; O(identifiers) in compiled code."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted: dict[str, list[str]] = {}
    for key in keys:
        one = Identifier.parse(key)
        wanted.setdefault(one.type, []).append(one.value)
    found: dict[str, int] = {}
    identifiers = graph.identifiers
    for kind, values in wanted.items():
        if kind not in identifiers.type_names:
            continue
        here = pc.is_in(identifiers.values, value_set=pa.array(values, identifiers.values.type))
        own = identifiers.types == identifiers.type_names.index(kind)
        for index in np.flatnonzero(here.to_numpy(zero_copy_only=False) & own):
            found[f"{kind}:{identifiers.values[int(index)].as_py()}"] = int(index)
    return found


def _pairs(rows: list[tuple[int, int]]) -> Ints:
    return np.array(sorted({(min(row), max(row)) for row in rows}), np.int64).reshape(-1, 2)
