"""Who a customer was at an earlier moment: the same rules on the events of that time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING

from knotwork_graph.model import (
    Decision,
    EdgeArrays,
    EdgeView,
    GraphArrays,
    Identifier,
    IdentifierArrays,
    IdentifierView,
    Pair,
    Status,
    from_micros,
    to_micros,
)
from knotwork_graph.model.arrays import EDGE_COLUMNS
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import Matched
from knotwork_resolvers.journeys.journey import Reading
from knotwork_resolvers.journeys.reading import EventRow

if TYPE_CHECKING:
    from knotwork_resolvers.identity.resolution import Severed


@dataclass(frozen=True, slots=True)
class Then:
    """One customer as it was: its events, oldest first; what it held; and the edges at these.

    A severed edge may have one end outside.
    """

    rows: tuple[EventRow, ...] = ()
    identifiers: tuple[IdentifierView, ...] = ()
    edges: tuple[EdgeView, ...] = ()


def customer_then(
    rows: Sequence[EventRow],
    policy: Policy,
    as_of: datetime,
    asked: str | None,
    decisions: tuple[Decision, ...] = (),
    matches: tuple[Matched, ...] = (),
) -> Then:
    """What was one customer at ``as_of``, of a customer's events up to then, with ``asked`` (a key) in it.

    Without ``asked``, or where it was not seen yet, the part with the most events (ties: the smallest key). The
    ``decisions`` are those that the customer's run obeyed, ``matches`` the joined pairs of its identifiers. For one
    customer's rows: edges are made in Python, O(events x identifiers of an event squared).
    """
    from knotwork_resolvers.identity import Circumstances, partition

    early = [row for row in rows if row.timestamp <= as_of]
    reading = Reading(early, policy)
    graph = _graph(early, reading, policy)
    found = partition(graph, policy, Circumstances(to_micros(as_of), decisions, {}, matches))
    parts = {graph.identifiers.key(index): int(label) for index, label in enumerate(found.label) if label >= 0}
    held = _by_part(early, reading, parts)
    chosen = parts[asked] if asked is not None and asked in parts else _most(held, parts)
    if chosen is None:
        return Then()
    own = tuple(held.get(chosen, ()))
    keys = {key for key, label in parts.items() if label == chosen}
    return Then(own, _identifiers(keys, own, reading), tuple(_edges(graph, found.severed, keys)))


def _by_part(rows: Sequence[EventRow], reading: Reading, parts: Mapping[str, int]) -> dict[int, list[EventRow]]:
    """The events that bear an identifier of each part."""
    held: dict[int, list[EventRow]] = {}
    for row in rows:
        for label in {parts[key] for key in reading.keys(row) if key in parts}:
            held.setdefault(label, []).append(row)
    return held


def _most(held: Mapping[int, Sequence[EventRow]], parts: Mapping[str, int]) -> int | None:
    """The part with the most events."""
    smallest = {label: min(key for key in parts if parts[key] == label) for label in held}
    return min(held, key=lambda label: (-len(held[label]), smallest[label]), default=None)


def _identifiers(keys: Collection[str], rows: Sequence[EventRow], reading: Reading) -> tuple[IdentifierView, ...]:
    """Identifiers as their events saw them."""
    times: dict[str, list[datetime]] = {key: [] for key in sorted(keys)}
    for row in rows:
        for key in reading.keys(row):
            if key in times:
                times[key].append(row.timestamp)
    named = ((Identifier.parse(key), seen) for key, seen in times.items())
    return tuple(
        IdentifierView(one.type, one.value, Status.LINKING, "", len(seen), min(seen), max(seen)) for one, seen in named
    )


def _edges(graph: GraphArrays, severed: Severed, keys: Collection[str]) -> Iterator[EdgeView]:
    """The edges that touch some keys; severed ones say why."""
    why = {
        edge: f"{rule}: {detail}" if detail else rule
        for edge, rule, detail in zip(severed.edges.tolist(), severed.rules, severed.details, strict=True)
    }
    columns = (getattr(graph.edges, name).tolist() for name in EDGE_COLUMNS)
    for place, (one, other, count, vouched, first, last) in enumerate(zip(*columns, strict=True)):
        a, b = sorted((graph.identifiers.key(one), graph.identifiers.key(other)))
        if a in keys or b in keys:
            kind, seen = "severed" if place in why else "linking", (from_micros(first), from_micros(last))
            yield EdgeView(a, b, count, vouched, *seen, kind=kind, detail=why.get(place, ""))


def _graph(rows: Sequence[EventRow], reading: Reading, policy: Policy) -> GraphArrays:
    """The graph that ``rows`` make; an event with too many identifiers makes no edges."""
    import numpy as np
    import pyarrow as pa

    keys = sorted({key for row in rows for key in reading.keys(row)})
    place = {key: index for index, key in enumerate(keys)}
    seen: dict[Pair, list[int]] = {}
    vouched: Counter[Pair] = Counter()
    for row in rows:
        bears = reading.keys(row)
        for a, b in () if _crowded(bears, policy) else combinations(bears, 2):
            seen.setdefault(Pair(a, b), []).append(to_micros(row.timestamp))
            vouched[Pair(a, b)] += not {Identifier.parse(a).type, Identifier.parse(b).type}.isdisjoint(row.vouched)
    names = tuple(sorted({Identifier.parse(key).type for key in keys}))
    identifiers = IdentifierArrays(
        ids=np.arange(1, len(keys) + 1),
        types=np.array([names.index(Identifier.parse(key).type) for key in keys], np.int32),
        values=pa.array([Identifier.parse(key).value for key in keys], pa.large_string()),
        usable=np.ones(len(keys), np.bool_),
        type_names=names,
    )
    columns = [
        (place[pair.a], place[pair.b], len(times), vouched[pair], min(times), max(times))
        for pair, times in seen.items()
    ]
    return GraphArrays(identifiers, EdgeArrays(*np.array(columns, np.int64).reshape(-1, 6).T))


def _crowded(keys: Sequence[str], policy: Policy) -> bool:
    """Whether an event that bears these links nothing: too many, or two of a type that is limited to one."""
    from knotwork_resolvers.projection.queries import MOST_IDENTIFIERS

    types = Counter(Identifier.parse(key).type for key in keys)
    several = any(count > 1 and policy.rule(kind).max_per_customer == 1 for kind, count in types.items())
    return several or len(keys) > MOST_IDENTIFIERS
