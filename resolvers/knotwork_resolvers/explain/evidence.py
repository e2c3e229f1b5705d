"""The events behind the edges: read from the generation, only as many as a person looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import Identifier, Status, to_micros
from knotwork_graph.policy import Policy
from knotwork_resolvers.explain.answers import Link, SampleEvent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_EVENTS = 1_000
FOR_SAMPLES = 64
SAMPLES = 3
CODES = (Status.LINKING, Status.BLOCKED, Status.INVALID)

# the first and the last event of every link asked about come first, then the newest
TOGETHER = """
SELECT "timestamp", source, message_id, coalesce(event, ''), identifiers
FROM read_parquet($path) WHERE customer = $customer AND len(identifiers) > 1
ORDER BY list_contains($moments, epoch_us("timestamp")) DESC, "timestamp" DESC, source, message_id LIMIT $most
"""

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
    """Reads the events that bear several identifiers; safe to call from several threads.

    DuckDB rather than whole row groups: the best thousand of a customer with a million events take no more memory.
    """

    def __init__(self) -> None:
        self._connection: DuckDBPyConnection | None = None
        self._turn = Lock()

    def together(self, path: Path, customer: int, asking: Asking) -> tuple[Sighting, ...]:
        """Up to ``asking.most`` events of a customer with several identifiers, by time; reads its row groups alone."""
        bound = {"path": str(path), "customer": customer, "most": asking.most}
        rows = self._ask(TOGETHER, bound | {"moments": [to_micros(moment) for moment in asking.moments]})
        raws = [tuple((one["type"], one["value"]) for one in row[-1]) for row in rows]
        known = meanings({raw for some in raws for raw in some}, asking.policy, asking.known)
        found = [
            Sighting.of(_event(row), tuple(known[raw] for raw in some)) for row, some in zip(rows, raws, strict=True)
        ]
        return tuple(sorted(found, key=lambda one: (one.event.timestamp, one.event.source, one.event.message_id)))

    def close(self) -> None:
        """Give back the connection; the next question opens another."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _ask(self, query: str, bound: dict[str, Any]) -> list[tuple[Any, ...]]:
        with self._turn:
            if self._connection is None:
                self._connection = _connected()
            cursor = self._connection.cursor()
        try:
            return cursor.execute(query, bound).fetchall()
        finally:
            cursor.close()


def _connected() -> DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET parquet_metadata_cache = true").fetchall()
    connection.execute("SET threads = 1").fetchall()
    return connection


def _event(row: tuple[Any, ...]) -> SampleEvent:
    moment, source, message_id, event, _ = row
    return SampleEvent(source, message_id, moment.replace(tzinfo=UTC), event)


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
