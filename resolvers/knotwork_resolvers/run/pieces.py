"""Arrays that were read piece by piece, put together again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from knotwork_graph.model import EdgeArrays, GraphArrays, IdentifierArrays
from knotwork_graph.model.arrays import EDGE_COLUMNS
from knotwork_graph.ports import Memberships
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.identity.sets import among

MEMBERSHIP_COLUMNS = ("identifier", "from_run", "to_run", "customer", "status")

_NONE = np.empty(0, np.int64)
_NO_MEMBERSHIPS = Memberships(_NONE, _NONE, _NONE, _NONE, _NONE.astype(np.int8), pa.array([], pa.large_string()))


def no_identifiers() -> IdentifierArrays:
    """No identifiers at all, with the right types."""
    texts = pa.array([], pa.large_string())
    return IdentifierArrays(_NONE, _NONE.astype(np.int32), texts, _NONE.astype(np.bool_), ())


def both_identifiers(one: IdentifierArrays, other: IdentifierArrays, order: Ints) -> IdentifierArrays:
    """The rows of ``one``, then of ``other``, in the given ``order``."""
    values = pa.concat_arrays([one.values, other.values]).take(pa.array(order))
    return IdentifierArrays(
        np.concatenate([one.ids, other.ids])[order],
        np.concatenate([one.types, other.types])[order],
        values,
        np.concatenate([one.usable, other.usable])[order],
        max(one.type_names, other.type_names, key=len),  # a type that came late is in one of both alone
    )


def some_identifiers(whole: IdentifierArrays, ids: Ints) -> IdentifierArrays:
    """The rows of ``whole`` with these ids, which it holds."""
    place = np.searchsorted(whole.ids, ids)
    values = whole.values.take(pa.array(place))
    return IdentifierArrays(ids, whole.types[place], values, whole.usable[place], whole.type_names)


def new_edges(known: EdgeArrays, found: EdgeArrays) -> EdgeArrays:
    """``known`` and those of ``found`` that are not among them; an edge is known by both its ends."""
    fresh = found.take(~among(_pair(found), _pair(known)))
    return EdgeArrays(*(np.concatenate([getattr(known, name), getattr(fresh, name)]) for name in EDGE_COLUMNS))


def _pair(edges: EdgeArrays) -> Ints:
    """Both ends as one integer; edges come from a store with the lower end first."""
    return (edges.a << np.int64(32)) + edges.b


def placed(identifiers: IdentifierArrays, edges: EdgeArrays) -> GraphArrays:
    """A graph of edges whose ends are ids, all of them among ``identifiers``."""
    ends = np.searchsorted(identifiers.ids, edges.a), np.searchsorted(identifiers.ids, edges.b)
    return GraphArrays(identifiers, EdgeArrays(*ends, *(getattr(edges, name) for name in EDGE_COLUMNS[2:])))


def all_memberships(pieces: Sequence[Memberships]) -> Memberships:
    """The rows of several readings of different identifiers, by (identifier, from_run)."""
    read = [_NO_MEMBERSHIPS, *pieces]
    columns = {name: np.concatenate([getattr(one, name) for one in read]) for name in MEMBERSHIP_COLUMNS}
    rows = Memberships(**columns, reason=pa.concat_arrays([one.reason for one in read]))
    return some_memberships(rows, np.lexsort((rows.from_run, rows.identifier)))


def some_memberships(rows: Memberships, picked: Ints | Mask) -> Memberships:
    """The rows that indices or a mask pick, in that order."""
    columns = {name: getattr(rows, name)[picked] for name in MEMBERSHIP_COLUMNS}
    reason = rows.reason.filter(pa.array(picked)) if picked.dtype == np.bool_ else rows.reason.take(pa.array(picked))
    return Memberships(**columns, reason=reason)
