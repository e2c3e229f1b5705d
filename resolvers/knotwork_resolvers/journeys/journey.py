"""From a customer's event rows to a journey: what carried each event, and whether the person was known then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from knotwork_graph.model import EdgeView, Identifier, JourneyEvent
from knotwork_graph.policy import Policy
from knotwork_resolvers.journeys.reading import EventRow
from knotwork_resolvers.journeys.stitching import known_since

LINKING = 0


def journey_of(rows: Sequence[EventRow], edges: Iterable[EdgeView], policy: Policy) -> tuple[JourneyEvent, ...]:
    """The journey that ``rows`` (oldest first) make. ``edges`` are the customer's, for the stitch moments."""
    reading = Reading(rows, policy)
    since = known_since((key for row in rows for key in reading.keys(row)), edges)
    return tuple(_journey_event(row, reading, since) for row in rows)


class Reading:
    """The raw identifiers of some events as keys; each distinct value is normalised once, type by type."""

    def __init__(self, rows: Iterable[EventRow], policy: Policy) -> None:
        self._policy = policy
        self._key = _keys({pair for row in rows for pair in row.identifiers}, policy)

    def keys(self, row: EventRow) -> tuple[str, ...]:
        """The keys of the usable identifiers of an event, the strongest type first."""
        found = {key for pair in row.identifiers if (key := self._key.get(pair))}
        return tuple(sorted(found, key=self._strength))

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


def _journey_event(row: EventRow, reading: Reading, since: dict[str, datetime]) -> JourneyEvent:
    from knotwork_resolvers.ownership.reasons import REASONS, Reason

    keys = reading.keys(row)
    return JourneyEvent(
        timestamp=row.timestamp,
        source=row.source,
        message_id=row.message_id,
        channel=row.channel,
        event=row.event,
        session=row.session,
        carrier=keys[0] if keys else "",
        reason=REASONS[Reason(row.reason)],
        known=any(key in since and since[key] <= row.timestamp for key in keys),
        identifiers=keys,
        traits=row.traits,
        properties=row.properties,
        consent=row.consent,
    )
