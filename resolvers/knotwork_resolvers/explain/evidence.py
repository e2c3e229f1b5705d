"""The events behind the edges: read from the generation, only as many as a person looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import Identifier, Status, to_micros
from knotwork_graph.policy import Policy
from knotwork_resolvers.explain.answers import Link, SampleEvent

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_resolvers.generation.customer_events import CustomerEvents

MOST_EVENTS = 1_000
FOR_SAMPLES = 64
SAMPLES = 3
CODES = (Status.LINKING, Status.BLOCKED, Status.INVALID)

COLUMNS = ("timestamp", "source", "message_id", "event", "identifiers")

Raw = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a raw identifier is: its key, and whether and why it may not link."""

    key: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """One event with several identifiers: what they mean, and the keys of those that are ``usable``."""

    event: SampleEvent
    meanings: tuple[Meaning, ...]
    usable: frozenset[str]

    @classmethod
    def of(cls, event: SampleEvent, found: tuple[Meaning, ...]) -> Sighting:
        """The sighting of an event with these identifiers."""
        return cls(event, found, frozenset(one.key for one in found if one.status is Status.LINKING))


@dataclass(frozen=True, slots=True)
class Asking:
    """Which events are wanted: those at ``moments`` first, then the newest, ``most`` in all.

    ``known`` are keys of usable identifiers, which need no normalising when they come as they are.
    """

    policy: Policy
    moments: frozenset[datetime] = frozenset()
    known: frozenset[str] = frozenset()
    most: int = MOST_EVENTS


class EvidenceReader:
    """Reads the events that bear several identifiers; safe to call from several threads."""

    def __init__(self, events: CustomerEvents) -> None:
        self._events = events

    def together(self, customer: int, asking: Asking) -> tuple[Sighting, ...]:
        """Up to ``asking.most`` events of a customer with several identifiers, by time.

        The first and the last event of every link asked about come first, then the newest.
        """
        return sightings_in(self._events.rows(customer, COLUMNS), asking)

    def close(self) -> None:
        """Give back the files; the next question opens them again."""
        self._events.close()


def sightings_in(rows: pa.Table, asking: Asking) -> tuple[Sighting, ...]:
    """Those of some events with several identifiers that are wanted, ``asking.most`` of them, by time."""
    chosen = _chosen(rows, asking).to_pylist()
    raws = [tuple((one["type"], one["value"]) for one in row["identifiers"]) for row in chosen]
    known = meanings({raw for some in raws for raw in some}, asking.policy, asking.known)
    found = [
        Sighting.of(_event(row), tuple(known[raw] for raw in some)) for row, some in zip(chosen, raws, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.event.timestamp, one.event.source, one.event.message_id)))


def _chosen(rows: pa.Table, asking: Asking) -> pa.Table:
    """Those of a customer's events (by time) that are looked at."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    several = rows.filter(pc.greater(pc.fill_null(pc.list_value_length(rows["identifiers"]), 0), 1))
    times = several["timestamp"].cast(pa.int64()).to_numpy()
    wanted = np.isin(times, [to_micros(moment) for moment in asking.moments])
    order = np.lexsort((-times, ~wanted))
    return several.take(pa.array(order[: asking.most]))


def _event(row: Mapping[str, Any]) -> SampleEvent:
    return SampleEvent(row["source"], row["message_id"], row["timestamp"].replace(tzinfo=UTC), row["event"] or "")


def meanings(raws: Iterable[Raw], policy: Policy, known: frozenset[str] = frozenset()) -> Mapping[Raw, Meaning]:
    """What each raw identifier means under the policy; each type's are normalised in one go, but for ``known`` keys.

    A normalised value is its own normal form, so a raw one that equals a known key means that key.
    """
    import pyarrow as pa

    from knotwork_resolvers.normalise import normalise_values

    found: dict[Raw, Meaning] = {}
    by_type: dict[str, list[str]] = {}
    for kind, value in raws:
        if f"{kind}:{value}" in known:
            found[kind, value] = Meaning(f"{kind}:{value}", Status.LINKING, "")
        else:
            by_type.setdefault(kind, []).append(value)
    for kind, values in by_type.items():
        normal = normalise_values(policy.rule(kind), pa.array(values, pa.string()))
        rows = zip(values, normal.value.to_pylist(), normal.status.tolist(), normal.reason.to_pylist(), strict=True)
        found.update({(kind, raw): Meaning(f"{kind}:{value}", CODES[code], why) for raw, value, code, why in rows})
    return found


def crowded(sighting: Sighting, policy: Policy) -> str:
    """Why the event links nothing, in words; empty where it does."""
    from knotwork_resolvers.projection.queries import MOST_IDENTIFIERS

    keys = sighting.usable
    if len(keys) > MOST_IDENTIFIERS:
        return f"it bears {len(keys)} identifiers, and more than {MOST_IDENTIFIERS} link nothing"
    kinds = [Identifier.parse(key).type for key in keys]
    several = sorted(kind for kind in set(kinds) if kinds.count(kind) > 1 and policy.rule(kind).max_per_customer == 1)
    return f"it bears two values of {several[0]}, a type limited to one for each customer" if several else ""


def samples(link: Link, sightings: Sequence[Sighting], policy: Policy) -> tuple[SampleEvent, ...]:
    """Up to three of the ``sightings`` (by time) that made the link: the first one, and the last ones."""
    ends = {link.a, link.b}
    made = [one.event for one in sightings if ends <= one.usable and not crowded(one, policy)]
    return tuple(made if len(made) <= SAMPLES else [made[0], *made[1 - SAMPLES :]])
