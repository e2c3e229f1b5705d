"""The journeys of several customers at once: the store is asked as often as for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import EdgeArrays, EdgeView, Identifier, IdentifierView, JourneyEvent, from_micros
from knotwork_graph.model.arrays import EDGE_COLUMNS
from knotwork_graph.policy import Policy
from knotwork_resolvers.journeys.journey import Borne, journey_of
from knotwork_resolvers.journeys.reading import EventRow

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphReader

Held = Mapping[int, Sequence[IdentifierView]]


def journeys_of(
    rows: Mapping[int, Sequence[EventRow]], held: Held, store: GraphReader, policy: Policy, *, brief: bool = False
) -> dict[int, tuple[JourneyEvent, ...]]:
    """The journey that each customer's ``rows`` (oldest first) make; ``held`` are the customers' identifiers.

    Some statements in all. ``brief`` leaves out since which run each carrier belongs to the customer, which is one of
    them. O(events + edges log edges).
    """
    borne = Borne((row for own in rows.values() for row in own), store, policy)
    runs = {} if brief else borne.runs_of(store)
    edges = _edges(held, store)
    return {one: journey_of(own, edges.get(one, ()), borne, runs.get(one)) for one, own in rows.items()}


def _edges(held: Held, store: GraphReader) -> Mapping[int, Sequence[EdgeView]]:
    """The edges of each customer; those of a single one a store tells at once."""
    return {one: store.edges_of(one) for one in held} if len(held) == 1 else edges_of_several(held, store)


def edges_of_several(held: Held, store: GraphReader) -> dict[int, list[EdgeView]]:
    """The edges that touch the identifiers of each customer, by their keys; severed ones say so. They have no sources.

    Some statements in all.
    """
    import numpy as np

    owner = _owners(held, store)
    ids = np.array(sorted(owner), np.int64)
    edges = store.edges_of_ids(ids)
    cut = _severed(store.severed_of(ids))
    ends = np.unique(np.concatenate([edges.a, edges.b]))
    names = store.identifiers_of(ends)
    key = {int(one): names.key(place) for place, one in enumerate(names.ids.tolist())}
    found: dict[int, list[EdgeView]] = {}
    for a, b, view in _views(edges, key, cut):
        for customer in {owner.get(a), owner.get(b)} - {None}:
            found.setdefault(customer or 0, []).append(view)
    return {customer: sorted(own, key=lambda edge: (edge.a, edge.b)) for customer, own in found.items()}


def _owners(held: Held, store: GraphReader) -> dict[int, int]:
    """Whose each identifier is, by its id in the store."""
    whose = {one.key: customer for customer, own in held.items() for one in own}
    ids = store.ids_of([Identifier(one.type, one.value) for own in held.values() for one in own])
    return {number: whose[key] for key, number in ids.items()}


def _severed(rows: Any) -> dict[tuple[int, int], str]:
    """Why each severed edge was cut, by its ends' ids, the smaller one first."""
    columns = (rows[name].to_pylist() for name in ("a", "b", "rule", "detail"))
    return {
        (min(a, b), max(a, b)): f"{rule}: {detail}" if detail else rule
        for a, b, rule, detail in zip(*columns, strict=True)
    }


def _views(
    edges: EdgeArrays, key: Mapping[int, str], cut: Mapping[tuple[int, int], str]
) -> Iterable[tuple[int, int, EdgeView]]:
    columns = (getattr(edges, name).tolist() for name in EDGE_COLUMNS)
    for a, b, count, vouched, first, last in zip(*columns, strict=True):
        why = cut.get((min(a, b), max(a, b)))
        one, other = sorted((key[a], key[b]))
        kind, seen = "linking" if why is None else "severed", (from_micros(first), from_micros(last))
        yield a, b, EdgeView(one, other, count, vouched, *seen, kind=kind, detail=why or "")
