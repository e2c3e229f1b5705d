"""The records of those alone to whom something came: what changed is asked of the store, and no other is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from knotwork_graph.model import Identifier
from knotwork_graph.policy import Policy
from knotwork_graph.since import arrow_schema
from knotwork_resolvers.engine import engine
from knotwork_resolvers.generation.customer_events import CustomerEvents
from knotwork_resolvers.generation.follow import follow
from knotwork_resolvers.generation.population import everybody
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints, StatusCode
from knotwork_resolvers.match.records import Role
from knotwork_resolvers.matching.few import READ, Few, FewRecords, Member, few_records
from knotwork_resolvers.matching.gathering import Gathered
from knotwork_resolvers.matching.sides import Sides, numbers, sides_of
from knotwork_resolvers.profiles.events import FEW, events_of

MOST_FRESH = 5_000
"""Of more new records everybody is compared anew: it is the shorter way, and the weights may have changed."""


@dataclass(frozen=True, slots=True)
class Since:
    """How far an earlier matching looked: the run that readers saw, and the last event (its id)."""

    run: int
    event: int


@dataclass(frozen=True, slots=True)
class Recent:
    """The records of every customer that changed since the index was made, and of nobody's new events.

    ``wanted``: the rows of those that changed since the last look, and ``about`` all keys of these. ``gone``: keys that
    stand for one of the records, or for none any more.
    """

    gathered: Gathered
    wanted: Ints
    about: frozenset[str]
    gone: frozenset[str]


def changed_customers(home: Home, policy: Policy, since: Since) -> Ints:
    """Who got events or identifiers ``since``, ascending; O(what changed), and a column of events after a full run."""
    owners = numbers(_came(home, policy, since, ("event_id", "customer")), "customer")
    ids = home.store.changed_since(since.run)
    rows = home.store.memberships(ids)
    holders = rows.customer[rows.seen_by(home.store.state().current)]
    return np.unique(np.concatenate([owners[owners > 0], holders[holders > 0]]))


def _came(home: Home, policy: Policy, since: Since, columns: tuple[str, ...] = READ) -> pa.Table:
    """The events that came ``since``; after a full run they are looked for among all."""
    base = home.store.state().base
    if base > since.run:
        with engine(home.scratch) as connection:
            named = ", ".join(f'"{name}"' for name in columns)
            rows = f"SELECT {named} FROM {everybody(connection, home, policy)} WHERE event_id > {since.event}"
            return connection.sql(rows).to_arrow_table()
    follow(home, policy)
    if not home.generations.since(base).exists():
        return arrow_schema(columns).empty_table()
    with home.opened.turn:
        return home.opened.since(base).after(since.event, columns)


def recent(
    home: Home,
    policy: Policy,
    made: Since,
    looked: Since,
    customers: Ints,
    roles: Mapping[str, Role],
    named: frozenset[str] = frozenset(),
) -> Recent:
    """What changed since the index was ``made`` (``customers``); ``looked``: the last look. O(what changed).

    Of the keys ``named`` the records tell whose they are.
    """
    few = _few(home, policy, made, customers)
    found = few_records(few, policy, roles)
    newest = max(few.events["event_id"].to_pylist(), default=0)
    run = home.store.state().current
    place = {key: record for record, keys in _keys(found).items() for key in keys & named} if named else {}
    gathered = Gathered(found.records, pa.array(found.keys, pa.string()), run, place, newest)
    return _told(home, found, gathered, made, looked)


def _few(home: Home, policy: Policy, made: Since, customers: Ints) -> Few:
    events = [_theirs(home, policy, customers), _nobodys(_came(home, policy, made))]
    schema = arrow_schema(READ)
    both = pa.concat_tables([one.select(list(READ)).cast(schema) for one in events])
    members = tuple(
        Member(number, one.type, one.value, str(one.status))
        for number, held in home.store.members_of(customers.tolist()).items()
        for one in held
    )
    pairs = () if home.matches is None else home.matches.among({f"{one.type}:{one.value}" for one in members})
    sides = sides_of(home, policy, pairs) if pairs else Sides()
    adopted = () if home.matches is None else home.matches.adopted_among(both["event_id"].to_pylist())
    borne = np.unique(np.array([one for some in both["bears"].to_pylist() for one in some or ()], np.int64))
    return Few(both, members, _doubtful(home, borne), sides, frozenset(one.event for one in adopted))


def _theirs(home: Home, policy: Policy, customers: Ints) -> pa.Table:
    """The events of some customers: read one by one where they are few."""
    if len(customers) > FEW:
        with engine(home.scratch) as connection:
            rows = f"SELECT * FROM {events_of(connection, home, policy, customers.tolist())}"
            return connection.sql(rows).to_arrow_table()
    schema = arrow_schema(READ)
    found = CustomerEvents(home, policy).rows_of(customers.tolist(), READ)
    return pa.concat_tables([schema.empty_table(), *(rows.cast(schema) for rows in found.values())])


def _nobodys(events: pa.Table) -> pa.Table:
    return events.filter(pa.array(numbers(events, "customer") <= 0))


def _doubtful(home: Home, ids: Ints) -> dict[int, tuple[str, str]]:
    """Type and value of those of some identifiers that are shared, or ends of a link that was cut."""
    rows = home.store.memberships(ids)
    shared = rows.seen_by(home.store.state().current) & (rows.status == StatusCode.SHARED)
    cut = home.store.severed_of(ids)
    ends = np.concatenate([np.asarray(cut[name].to_numpy(), np.int64) for name in ("a", "b")])
    doubtful = np.unique(np.concatenate([rows.identifier[shared], ends]))
    found = home.store.identifiers_of(doubtful)
    named = [Identifier.parse(found.key(row)) for row in range(len(found))]
    return {number: (one.type, one.value) for number, one in zip(found.ids.tolist(), named, strict=True)}


def _told(home: Home, found: FewRecords, gathered: Gathered, made: Since, looked: Since) -> Recent:
    changed, keys = _changed_keys(home, looked), _keys(found)
    ids = found.records.id.tolist()
    fresh = [
        row
        for row, record in enumerate(ids)
        if found.newest.get(record, 0) > looked.event or not changed.isdisjoint(found.held.get(record, ()))
    ]
    about = changed.union(*(keys[ids[row]] for row in fresh))
    gone = (changed if made == looked else _changed_keys(home, made)).union(*keys.values())
    return Recent(gathered, np.array(fresh, np.int64), about, gone)


def _keys(found: FewRecords) -> dict[int, frozenset[str]]:
    """Every key that stands for a record, or is held by it."""
    rows: Iterable[tuple[int, str]] = zip(found.records.id.tolist(), found.keys, strict=True)
    return {record: found.held.get(record, frozenset()) | {key} for record, key in rows}


def _changed_keys(home: Home, since: Since) -> frozenset[str]:
    """The keys that a run after the earlier one gave to another customer."""
    found = home.store.identifiers_of(home.store.changed_since(since.run))
    return frozenset(found.key(row) for row in range(len(found)))
