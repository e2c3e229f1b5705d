"""From event rows to a journey: what carried each event, and whether the person was known then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from knotwork_graph.model import EdgeView, Identifier, JourneyEvent, customer_id
from knotwork_graph.policy import Policy
from knotwork_resolvers.journeys.reading import EventRow
from knotwork_resolvers.journeys.stitching import ALWAYS, ANONYMOUS_TYPES, Stitch, stitches

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphReader

LINKING = 0


def journey_of(
    rows: Sequence[EventRow], edges: Iterable[EdgeView], reading: Keyed, runs: Mapping[str, int] | None = None
) -> tuple[JourneyEvent, ...]:
    """The journey that ``rows`` (oldest first) make. ``edges`` are the customer's, for the stitch moments.

    ``runs`` say since which run each key belongs to the customer. O(events + edges log edges).
    """
    links = stitches((key for row in rows for key in reading.keys(row)), edges)
    evidence = Evidence(links, runs or {})
    return tuple(_journey_event(row, reading.keys(row), evidence) for row in rows)


def device_journey(rows: Sequence[EventRow], reading: Keyed) -> tuple[JourneyEvent, ...]:
    """The same rows as if nothing were stitched: each event is known by what it bears itself, and by nothing else."""
    evidence = Evidence()
    return tuple(_journey_event(row, reading.keys(row), evidence) for row in rows)


class Keyed(Protocol):
    """What says which identifiers an event bears."""

    def keys(self, row: EventRow) -> tuple[str, ...]:
        """The keys of the usable identifiers of an event, the strongest type first."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the identifiers of an event say of it: since when each leads to a known one, the way from the carrier."""

    first: datetime | None
    since: tuple[tuple[str, datetime], ...]
    path: tuple[str, ...]
    run: int
    device: str


class Evidence:
    """What makes events the customer's: how each key leads to a known one, and since which run it belongs here."""

    def __init__(self, links: Mapping[str, Stitch] | None = None, runs: Mapping[str, int] | None = None) -> None:
        self._links, self._runs = links or {}, runs or {}
        self._told: dict[tuple[str, ...], Told] = {}  # the events of one customer bear few sets of identifiers

    def of(self, keys: tuple[str, ...]) -> Told:
        """What the keys of an event, the strongest first, say of it."""
        known = self._told.get(keys)
        if known is None:
            known = self._told[keys] = self._tell(keys)
        return known

    def _tell(self, keys: tuple[str, ...]) -> Told:
        links = {key: link for key in keys if (link := self._link(key)) is not None}
        first = min((link.since for link in links.values()), default=None)
        carrier = keys[0] if keys else ""
        path = links[carrier].path if carrier in links else ()
        device = next((key for key in keys if Identifier.parse(key).type in ANONYMOUS_TYPES), "")
        since = tuple((key, link.since) for key, link in links.items())
        return Told(first, since, path, self._runs.get(carrier, 0), device)

    def _link(self, key: str) -> Stitch | None:
        """How a key leads to a known one; a known one is so by itself."""
        if key not in self._links and Identifier.parse(key).type not in ANONYMOUS_TYPES:
            return Stitch(ALWAYS, (key,))
        return self._links.get(key)


class Borne:
    """The identifiers of some events as the run knew them, by their ids in the store: one look-up for all of them."""

    def __init__(self, rows: Iterable[EventRow], store: GraphReader, policy: Policy) -> None:
        import numpy as np

        self.ids = np.array(sorted({one for row in rows for one in row.bears}), np.int64)
        found = store.identifiers_of(self.ids)
        kinds = found.type_names
        named = zip(found.ids.tolist(), found.types.tolist(), found.values.to_pylist(), strict=True)
        self._key = {one: f"{kinds[kind]}:{value}" for one, kind, value in named}
        strength = {one: (policy.rule(key.partition(":")[0]).priority, key) for one, key in self._key.items()}
        self._place = {one: place for place, one in enumerate(sorted(strength, key=lambda one: strength[one]))}
        self._sorted: dict[tuple[int, ...], tuple[str, ...]] = {}

    def keys(self, row: EventRow) -> tuple[str, ...]:
        """The keys of the usable identifiers of an event, the strongest type first."""
        known = self._sorted.get(row.bears)
        if known is None:
            order = sorted({one for one in row.bears if one in self._key}, key=self._place.__getitem__)
            known = self._sorted[row.bears] = tuple(self._key[one] for one in order)
        return known

    def runs(self, store: GraphReader, customer: int) -> dict[str, int]:
        """Since which run each of the identifiers belongs to a customer."""
        return self.runs_of(store).get(customer, {})

    def runs_of(self, store: GraphReader) -> dict[int, dict[str, int]]:
        """For each customer who holds one of the identifiers, since which run each is theirs."""
        rows = store.memberships(self.ids)
        seen = rows.seen_by(store.state().current)
        found: dict[int, dict[str, int]] = {}
        columns = (column[seen].tolist() for column in (rows.identifier, rows.customer, rows.from_run))
        for one, customer, run in zip(*columns, strict=True):
            found.setdefault(customer, {})[self._key[one]] = run
        return found


class Reading:
    """The raw identifiers of some events as keys; each distinct value is normalised once, type by type."""

    def __init__(self, rows: Iterable[EventRow], policy: Policy) -> None:
        self._policy = policy
        self._key = _keys({pair for row in rows for pair in row.identifiers}, policy)
        self._sorted: dict[tuple[tuple[str, str], ...], tuple[str, ...]] = {}

    def keys(self, row: EventRow) -> tuple[str, ...]:
        """The keys of the usable identifiers of an event, the strongest type first."""
        known = self._sorted.get(row.identifiers)
        if known is None:
            found = {key for pair in row.identifiers if (key := self._key.get(pair))}
            known = self._sorted[row.identifiers] = tuple(sorted(found, key=self._strength))
        return known

    def _strength(self, key: str) -> tuple[int, str]:
        return self._policy.rule(Identifier.parse(key).type).priority, key


def _keys(pairs: set[tuple[str, str]], policy: Policy) -> dict[tuple[str, str], str]:
    """The key of each raw (type, value) that is usable."""
    import pyarrow as pa

    from knotwork_resolvers.normalise import normalise_values

    found: dict[tuple[str, str], str] = {}
    for kind in {kind for kind, _ in pairs}:
        raw = sorted(value for one, value in pairs if one == kind)
        normal = normalise_values(policy.rule(kind), pa.array(raw, pa.string()))
        for value, text, status in zip(raw, normal.value.to_pylist(), normal.status.tolist(), strict=True):
            if status == LINKING:
                found[kind, value] = f"{kind}:{text}"
    return found


def _journey_event(row: EventRow, keys: tuple[str, ...], evidence: Evidence) -> JourneyEvent:
    from knotwork_resolvers.ownership.reasons import REASONS, Reason

    told = evidence.of(keys)
    return JourneyEvent(
        timestamp=row.timestamp,
        source=row.source,
        message_id=row.message_id,
        channel=row.channel,
        event=row.event,
        session=row.session,
        carrier=keys[0] if keys else "",
        reason=REASONS[Reason(row.reason)],
        known=told.first is not None and told.first <= row.timestamp,
        identifiers=keys,
        traits=row.traits,
        properties=row.properties,
        consent=row.consent,
        event_id=row.event_id,
        stitched_at=_moment(told.first),
        stitches=tuple(key for key, since in told.since if since == row.timestamp),
        path=told.path,
        run=told.run,
        device=told.device,
        customer=named(row.customer) if row.customer else "",
    )


@lru_cache(maxsize=1024)
def named(customer: int) -> str:
    """The id of a customer."""
    return customer_id(customer)


def _moment(first: datetime | None) -> datetime | None:
    """A moment that there was; what bears a known identifier itself was never stitched."""
    return None if first is None or first == ALWAYS else first
