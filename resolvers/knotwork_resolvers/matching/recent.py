"""The records of those alone to whom something came: what changed is asked of the store, and no other is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from knotwork_graph.model import Identifier
from knotwork_graph.policy import Policy
from knotwork_graph.since import COLUMNS, arrow_schema
from knotwork_resolvers.engine import engine
from knotwork_resolvers.generation.population import everybody, later_events
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints, StatusCode
from knotwork_resolvers.match.records import Role
from knotwork_resolvers.matching.gathering import EVENTS, SIDED, Gathered, Scope, gathered_in
from knotwork_resolvers.matching.sides import Sides, numbers, sides_of
from knotwork_resolvers.profiles.events import events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Nobody's events that are new stand beside the events of the customers, which are read one by one.
BOTH = """
SELECT * FROM {theirs} UNION ALL BY NAME
SELECT e.*, 0 AS place FROM (SELECT {columns} FROM {new} WHERE event_id > {event} AND customer <= 0) AS e
"""
BORNE = "SELECT DISTINCT unnest(bears) AS identifier FROM {events} ORDER BY identifier"
FRESH = """
SELECT DISTINCT k.record FROM keys AS k JOIN (
    SELECT customer AS record FROM {events} WHERE event_id > $event
    UNION ALL SELECT record FROM held JOIN changed ON changed.key = held.type || ':' || held.value) AS f
ON f.record = k.record ORDER BY k.record
"""
# Every key that stands for one of the records, or is held by it.
ABOUT = """
SELECT type || ':' || value AS key FROM held JOIN fresh USING (record)
UNION SELECT key FROM keys JOIN fresh USING (record)
"""


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
    owners = np.unique(_owners(home, policy, since))
    ids = home.store.changed_since(since.run)
    rows = home.store.memberships(ids)
    holders = rows.customer[rows.seen_by(home.store.state().current)]
    return np.unique(np.concatenate([owners[owners > 0], holders[holders > 0]]))


def _owners(home: Home, policy: Policy, since: Since) -> Ints:
    """The owners of the events that came ``since``."""
    if home.store.state().base <= since.run:
        rows = _came(home, policy)
        return numbers(rows, "customer")[numbers(rows, "event_id") > since.event]
    with engine(home.scratch) as connection:
        query = f"SELECT customer FROM {everybody(connection, home, policy)} WHERE event_id > {since.event}"
        return numbers(connection.sql(query).to_arrow_table(), "customer")


def _came(home: Home, policy: Policy) -> pa.Table:
    """What came since the last full run, or changed hands."""
    rows = later_events(home, policy)
    return arrow_schema().empty_table() if rows is None else rows


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
    with engine(home.scratch) as connection:
        scope = _scope(connection, home, policy, made, customers, roles)
        gathered = gathered_in(connection, home, policy, scope, named)
        events = EVENTS.format(events=scope.events, sided=SIDED.format(events=scope.events))
        return _told(connection, home, gathered, events, made, looked)


def _new(connection: DuckDBPyConnection, home: Home, policy: Policy, since: Since) -> str:
    """What stands after FROM: rows of events among which are all that came ``since``."""
    if home.store.state().base > since.run:
        return everybody(connection, home, policy)
    connection.register("came", _came(home, policy))
    return "came"


def _scope(
    connection: DuckDBPyConnection,
    home: Home,
    policy: Policy,
    made: Since,
    customers: Ints,
    roles: Mapping[str, Role],
) -> Scope:
    new = _new(connection, home, policy, made)
    theirs = events_of(connection, home, policy, customers.tolist())
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    both = BOTH.format(theirs=theirs, new=new, columns=columns, event=made.event)
    events = "small"
    connection.register(events, connection.sql(both).to_arrow_table())
    members = [
        {"customer": number, "type": one.type, "value": one.value, "status": str(one.status)}
        for number, held in home.store.members_of(customers.tolist()).items()
        for one in held
    ]
    keys = {f"{one['type']}:{one['value']}" for one in members}
    pairs = () if home.matches is None else home.matches.among(keys)
    sides = sides_of(home, policy, pairs) if pairs else Sides()
    borne = numbers(connection.sql(BORNE.format(events=events)).to_arrow_table(), "identifier")
    return Scope(events, pa.Table.from_pylist(members, HELD), _doubtful(home, borne), sides, roles)


HELD = pa.schema([("customer", pa.int64()), ("type", pa.string()), ("value", pa.string()), ("status", pa.string())])


def _doubtful(home: Home, ids: Ints) -> pa.Table:
    """Those of some identifiers that are shared, or ends of a link that was cut, as ``Scope`` has them."""
    rows = home.store.memberships(ids)
    shared = rows.seen_by(home.store.state().current) & (rows.status == StatusCode.SHARED)
    cut = home.store.severed_of(ids)
    ends = np.concatenate([np.asarray(cut[name].to_numpy(), np.int64) for name in ("a", "b")])
    doubtful = np.unique(np.concatenate([rows.identifier[shared], ends]))
    found = home.store.identifiers_of(doubtful)
    named = [Identifier.parse(found.key(row)) for row in range(len(found))]
    told = {name: pa.array([getattr(one, name) for one in named], pa.string()) for name in ("type", "value")}
    return pa.table({"identifier": found.ids, **told})


def _told(
    connection: DuckDBPyConnection, home: Home, gathered: Gathered, events: str, made: Since, looked: Since
) -> Recent:
    changed = _changed_keys(home, looked)
    connection.register("changed", pa.table({"key": pa.array(changed, pa.string())}))
    query = FRESH.format(events=events)
    fresh = numbers(connection.sql(query, params={"event": looked.event}).to_arrow_table(), "record")
    wanted: Ints = np.searchsorted(gathered.records.id, fresh)
    about = _keys_of(connection, fresh) | frozenset(changed)
    gone = _keys_of(connection, gathered.records.id) | frozenset(_changed_keys(home, made))
    return Recent(gathered, wanted, about, gone)


def _keys_of(connection: DuckDBPyConnection, records: Ints) -> frozenset[str]:
    connection.register("fresh", pa.table({"record": records}))
    keys = connection.sql(ABOUT).to_arrow_table()["key"].to_pylist()
    connection.unregister("fresh")
    return frozenset(keys)


def _changed_keys(home: Home, since: Since) -> list[str]:
    """The keys that a run after the earlier one gave to another customer."""
    found = home.store.identifiers_of(home.store.changed_since(since.run))
    return [found.key(row) for row in range(len(found))]
