"""The events whose owner a run that nobody made would change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from knotwork_graph.policy import Policy
from knotwork_graph.since import COLUMNS, arrow_schema
from knotwork_resolvers.generation.follow import follow
from knotwork_resolvers.generation.scene import Scene
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.base import Base, whole
from knotwork_resolvers.review.effects.after import NEXT, StoreAfter

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphStore
    from knotwork_graph.since import SinceFile


@dataclass(frozen=True, slots=True)
class MovedEvents:
    """How many events change hands, those with revenue, and the sum of it by currency (empty: none was named).

    ``rows``: these events with all columns of a generation and their new customers; None where nothing moves.
    ``owners``: the customers that lose or gain any.
    """

    events: int = 0
    orders: int = 0
    revenue: Mapping[str, str] = field(default_factory=dict)
    rows: pa.Table | None = None
    owners: frozenset[int] = frozenset()


def moved_events(
    home: Home, policy: Policy, after: StoreAfter, changed: Ints, *, counted_only: bool = False
) -> MovedEvents:
    """What moves where ``changed`` (ids) have another customer, status or cut edge; told by the rules that runs use.

    O(events of these identifiers, and of the sessions they decide). With ``counted_only`` nothing is told of revenue,
    and no row: these are the dearer half.
    """
    if not len(changed):
        return MovedEvents()
    follow(home, policy)
    state = home.store.state()
    with home.opened.turn:
        base, since = home.opened.base(state.base), home.opened.since(state.base)
        # the scene asks a store three things, and these the store of afterwards can answer
        scene = Scene(base, since, cast("GraphStore", after), policy, NEXT)
        rows, refs, owned = scene.reowned(changed)
        before = _owners_now(rows, since)
        other = owned.customer != before
        owners = frozenset(np.union1d(before[other], owned.customer[other]).tolist()) - {NOBODY}
        if counted_only:
            return MovedEvents(int(np.count_nonzero(other)), owners=owners)
        moved = _whole(base, since, refs[other])
    order = np.searchsorted(owned.event, whole(moved, "event_id"))
    place = moved.schema.get_field_index("customer")
    found = _summed(moved.set_column(place, moved.schema.field(place), pa.array(owned.customer[order])))
    return replace(found, owners=owners)


def _whole(base: Base, since: SinceFile, refs: Ints) -> pa.Table:
    """All columns of some events, by the references of a scene."""
    kept = base.at(np.sort(refs[refs >= 0]), COLUMNS).cast(arrow_schema())
    return pa.concat_tables([kept, since.of_events(np.sort(-refs[refs < 0]).tolist())])


def _owners_now(rows: pa.Table, since: SinceFile) -> Ints:
    """The customer of each of ``rows`` as readers see it: what was told anew since is not what the base says."""
    events, customer = whole(rows, "event_id"), whole(rows, "customer").copy()
    anew = np.array(since.owners(events.tolist()), np.int64).reshape(-1, 2)
    customer[np.searchsorted(events, anew[:, 0])] = anew[:, 1]
    return customer


def _summed(rows: pa.Table) -> MovedEvents:
    texts = [text for text in rows["properties"].to_pylist() if text and '"revenue"' in text]
    # as one document: reading each costs five times as much
    every = json.loads(f"[{','.join(texts)}]", parse_float=Decimal, parse_int=Decimal)
    orders, sums = 0, dict[str, Decimal]()
    for told in every:
        amount = _amount(told.get("revenue"))
        if amount is not None:
            orders += 1
            currency = str(told.get("currency") or "")
            sums[currency] = sums.get(currency, Decimal()) + amount
    return MovedEvents(len(rows), orders, {name: f"{sums[name].normalize():f}" for name in sorted(sums)}, rows)


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
