"""Who a customer was at an earlier moment: the same rules on the events of that time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING

from knotwork_graph.model import Decision, EdgeArrays, GraphArrays, Identifier, IdentifierArrays, Pair, to_micros
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import Matched
from knotwork_resolvers.journeys.journey import Reading
from knotwork_resolvers.journeys.reading import EventRow

if TYPE_CHECKING:
    from knotwork_resolvers.identity import Circumstances


def customer_then(
    rows: Sequence[EventRow],
    policy: Policy,
    as_of: datetime,
    asked: str | None,
    decisions: tuple[Decision, ...] = (),
    matches: tuple[Matched, ...] = (),
) -> tuple[EventRow, ...]:
    """Those of a customer's events up to ``as_of`` that were one customer then, with ``asked`` (a key) among them.

    Without ``asked``, or where it was not seen yet, the part with the most events (ties: the smallest key). The
    ``decisions`` are those that the customer's run obeyed, ``matches`` the joined pairs of its identifiers. For one
    customer's rows: edges are made in Python, O(events x identifiers of an event squared).
    """
    from knotwork_resolvers.identity import Circumstances

    early = [row for row in rows if row.timestamp <= as_of]
    reading = Reading(early, policy)
    parts = _parts(early, reading, policy, Circumstances(to_micros(as_of), decisions, {}, matches))
    held: dict[int, list[EventRow]] = {}
    for row in early:
        labels = {parts[key] for key in reading.keys(row) if key in parts}
        for label in labels:
            held.setdefault(label, []).append(row)
    if asked is not None and asked in parts:
        return tuple(held.get(parts[asked], ()))
    smallest = {label: min(key for key in parts if parts[key] == label) for label in held}
    chosen = min(held, key=lambda label: (-len(held[label]), smallest[label]), default=None)
    return () if chosen is None else tuple(held[chosen])


def _parts(rows: Sequence[EventRow], reading: Reading, policy: Policy, now: Circumstances) -> dict[str, int]:
    """The part that each key was in, by the rules of resolution on ``rows`` alone."""
    from knotwork_resolvers.identity import partition

    graph = _graph(rows, reading, policy)
    label = partition(graph, policy, now).label
    return {graph.identifiers.key(index): int(found) for index, found in enumerate(label) if found >= 0}


def _graph(rows: Sequence[EventRow], reading: Reading, policy: Policy) -> GraphArrays:
    """The graph that ``rows`` make; an event with too many identifiers makes no edges."""
    import numpy as np
    import pyarrow as pa

    keys = sorted({key for row in rows for key in reading.keys(row)})
    place = {key: index for index, key in enumerate(keys)}
    seen: dict[Pair, list[int]] = {}
    for row in rows:
        bears = reading.keys(row)
        for a, b in () if _crowded(bears, policy) else combinations(bears, 2):
            seen.setdefault(Pair(a, b), []).append(to_micros(row.timestamp))
    names = tuple(sorted({Identifier.parse(key).type for key in keys}))
    identifiers = IdentifierArrays(
        ids=np.arange(1, len(keys) + 1),
        types=np.array([names.index(Identifier.parse(key).type) for key in keys], np.int32),
        values=pa.array([Identifier.parse(key).value for key in keys], pa.large_string()),
        usable=np.ones(len(keys), np.bool_),
        type_names=names,
    )
    columns = [(place[pair.a], place[pair.b], len(times), 0, min(times), max(times)) for pair, times in seen.items()]
    return GraphArrays(identifiers, EdgeArrays(*np.array(columns, np.int64).reshape(-1, 6).T))


def _crowded(keys: Sequence[str], policy: Policy) -> bool:
    """Whether an event that bears these links nothing: too many, or two of a type that is limited to one."""
    from knotwork_resolvers.projection.queries import MOST_IDENTIFIERS

    types = Counter(Identifier.parse(key).type for key in keys)
    several = any(count > 1 and policy.rule(kind).max_per_customer == 1 for kind, count in types.items())
    return several or len(keys) > MOST_IDENTIFIERS
