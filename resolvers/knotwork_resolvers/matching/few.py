"""The records of few customers, from their events and identifiers as they lie in memory.

What ``gathering`` asks of the query engine for everybody, said once more in plain Python: for a handful of customers
the engine takes longer to begin than all of this. A test holds both to be the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from knotwork_graph.policy import Policy
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.match.records import Records, Role, Values
from knotwork_resolvers.matching.gathering import MOST_VALUES, phones_of
from knotwork_resolvers.matching.sides import Sides
from knotwork_resolvers.profiles.bodies import said
from knotwork_resolvers.run.guessed import STRAY

MASKED = re.compile(r"[*•●]|[xX]{2,}")
READ = ("event_id", "customer", "source", "message_id", "identifiers", "traits", "bears")
Told = tuple[int, str, str, int]
"""A record (its number), a kind, a value, and how often it was seen there."""


@dataclass(frozen=True, slots=True)
class Member:
    """An identifier of a customer, with its status."""

    customer: int
    type: str
    value: str
    status: str


@dataclass(frozen=True, slots=True)
class Few:
    """What a handful of records is made of.

    ``events``: rows of a generation; ``members`` of the customers; ``doubtful``: type and value of identifiers (ids)
    that are shared, or ends of a link that was cut; ``adopted``: events (ids) that a model gave to somebody.
    """

    events: pa.Table
    members: tuple[Member, ...]
    doubtful: Mapping[int, tuple[str, str]]
    sides: Sides = field(default_factory=Sides)
    adopted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as a record sees it."""

    record: int
    event: int
    key: str
    source: str
    identifiers: tuple[tuple[str, str], ...]
    traits: str | None
    bears: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FewRecords:
    """Records by number (ascending), and the key that stands for each.

    ``held``: the identifier keys of each; ``newest``: the last event (its id) of each that has one.
    """

    records: Records
    keys: tuple[str, ...]
    held: Mapping[int, frozenset[str]]
    newest: Mapping[int, int]


def few_records(few: Few, policy: Policy, roles: Mapping[str, Role]) -> FewRecords:
    """The records of ``few``, as ``gathering`` has them, but for what only tells households; O(events, identifiers)."""
    held = _held(few)
    seen = [one for one in _seen(few) if one.record < 0 or one.record in held]
    told = [*_told(few, policy, seen, held, roles)]
    keys = {record: _standing_for(policy, some) for record, some in held.items()}
    known, strays = {one[0] for one in told}, {one.record: one.key for one in seen if one.record < 0}
    keys |= {record: key for record, key in strays.items() if record in known}
    told += ((record, one.type, one.value, 1) for record, some in held.items() for one in some if one.type in roles)
    ids = np.array(sorted(keys), np.int64)
    newest: dict[int, int] = {}
    for one in seen:
        newest[one.record] = max(newest.get(one.record, 0), one.event)
    own = {record: frozenset(f"{one.type}:{one.value}" for one in some) for record, some in held.items()}
    return FewRecords(Records(ids, _values(ids, told), roles), tuple(keys[one] for one in ids.tolist()), own, newest)


def _held(few: Few) -> dict[int, list[Member]]:
    """The linking identifiers of each record: of a customer, or of each side of one that is taken apart."""
    side = dict(zip(few.sides.keys, few.sides.side.tolist(), strict=True))
    found: dict[int, list[Member]] = defaultdict(list)
    for one in few.members:
        if one.status == "linking" and one.customer > 0:
            found[side.get(f"{one.type}:{one.value}", one.customer)].append(one)
    return found


def _seen(few: Few) -> Iterator[Seen]:
    """The events, each with its record; one that bears nothing usable, or that a model gave away, is one by itself."""
    side = dict(zip(few.sides.identifier.tolist(), few.sides.side.tolist(), strict=True))
    first: dict[int, int] = {}
    for customer, one in zip(few.sides.customer.tolist(), few.sides.side.tolist(), strict=True):
        first[customer] = min(first.get(customer, one), one)
    for row in few.events.select(list(READ)).to_pylist():
        event, customer, bears = row["event_id"], row["customer"], row["bears"] or ()
        sides = [side[one] for one in bears if one in side] if customer in first else []
        owner = min(sides) if sides else first.get(customer, customer)
        yield Seen(
            record=owner if customer > 0 and bears and event not in few.adopted else -event,
            event=event,
            key=f"{STRAY}:{row['source']}/{row['message_id']}",
            source=row["source"],
            identifiers=tuple((one["type"], one["value"]) for one in row["identifiers"] or ()),
            traits=row["traits"],
            bears=tuple(bears),
        )


def _told(
    few: Few, policy: Policy, seen: Sequence[Seen], held: Mapping[int, Sequence[Member]], roles: Mapping[str, Role]
) -> Iterator[Told]:
    """All that the events say of their records, but for the identifiers that these hold."""
    yield from _traits(seen)
    phones = frozenset(phones_of(policy))
    numbers = ((one.record, value) for one in seen for kind, value in one.identifiers if kind in phones)
    masked = Counter((record, value) for record, value in numbers if MASKED.search(value))
    yield from ((record, "phone", value, times) for (record, value), times in masked.items())
    own = {(record, one.type, one.value) for record, some in held.items() for one in some}
    borne = Counter((one.record, *few.doubtful[each]) for one in seen for each in one.bears if each in few.doubtful)
    yield from ((*each, times) for each, times in borne.items() if each[1] in roles and each not in own)


def _traits(seen: Iterable[Seen]) -> Iterator[Told]:
    """The traits that are texts; whether a source says a value as a text is told by any of its events."""
    times: Counter[tuple[int, str, str, str]] = Counter()
    texts: set[tuple[int, str, str, str]] = set()
    for one in seen:
        for name, value, text in said(one.traits) if one.traits else ():
            place = (one.record, name, value, one.source)
            times[place] += 1
            if text:
                texts.add(place)
    found: Counter[tuple[int, str, str]] = Counter()
    for place in texts:
        found[place[:3]] += times[place]
    for (record, name, value), count in found.items():
        yield record, "phone" if name == "masked_phone" else name, value, count


def _standing_for(policy: Policy, held: Iterable[Member]) -> str:
    """The key that stands for a record: of the strongest type, then the smallest."""
    best = min(held, key=lambda one: (policy.rule(one.type).priority, one.type, one.value))
    return f"{best.type}:{best.value}"


def _values(ids: Ints, told: Iterable[Told]) -> dict[str, Values]:
    """The values of each kind by record, the most often seen first, at most ``MOST_VALUES``."""
    rows = sorted((kind, record, -times, value) for record, kind, value, times in told)
    found: dict[str, tuple[list[int], list[str]]] = {}
    last, count = ("", 0), 0
    for kind, record, _, value in rows:
        count = count + 1 if (kind, record) == last else 1
        last = (kind, record)
        if count <= MOST_VALUES:
            records, texts = found.setdefault(kind, ([], []))
            records.append(record)
            texts.append(value)
    return {
        kind: Values(np.searchsorted(ids, np.array(records, np.int64)), pa.array(texts, pa.string()))
        for kind, (records, texts) in found.items()
    }
