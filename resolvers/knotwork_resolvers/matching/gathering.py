"""Customers as records: their identifiers as they were normalised, their traits as they were observed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from knotwork_graph.model import Identifier
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.engine import engine
from knotwork_resolvers.generation.population import everybody
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.match.records import Records, Role, Values
from knotwork_resolvers.matching.sides import Sides, numbers, sides_in
from knotwork_resolvers.profiles.observed import observed_in
from knotwork_resolvers.run.guessed import STRAY

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHARED_PHONE = "shared_phone"
"""The kind of telephone numbers that several people use: what a household shares, and no evidence of one person."""

MOST_VALUES = 12
"""Of one kind in one record, the most often seen first: whoever has more is a machine, or many people."""

MEMBERS = """
SELECT coalesce(s.side, m.customer) AS record, m.type, m.value
FROM members AS m LEFT JOIN sides AS s ON s.type = m.type AND s.value = m.value
WHERE m.status = 'linking' AND m.customer > 0
"""
# A stray event bears no usable identifier, or shared ones alone, so it is nobody's, or whose a model has held it for: a
# record of its own.
EVENTS = """(
SELECT e.* EXCLUDE (customer), CASE
    WHEN e.customer > 0 AND len(e.bears) > 0 AND a.event IS NULL THEN coalesce(s.side, f.side, e.customer)
    ELSE -e.event_id END AS customer
FROM {events} AS e LEFT JOIN adopted AS a ON a.event = e.event_id
LEFT JOIN ({sided}) AS s ON s.event_id = e.event_id LEFT JOIN firsts AS f ON f.customer = e.customer)
"""
# The side of each event of customers that are taken apart; one that bears none of its own is the first side's.
SIDED = """
SELECT b.event_id, min(s.side) AS side FROM (
    SELECT event_id, unnest(bears) AS identifier FROM {events} WHERE customer IN (SELECT customer FROM firsts)) AS b
JOIN sides AS s ON s.identifier = b.identifier GROUP BY b.event_id
"""
SOME = "(SELECT * FROM {events} WHERE customer IN (SELECT record FROM held) OR customer < 0)"
# The key that stands for a record: of the strongest type, then the smallest. Two records never share one.
KEYS = """
SELECT record, arg_min(m.type || ':' || m.value, (coalesce(r.priority, {default}), m.type, m.value)) AS key
FROM held AS m LEFT JOIN ranks AS r ON r.type = m.type GROUP BY record
UNION ALL SELECT DISTINCT e.customer, '{stray}:' || e.source || '/' || e.message_id
FROM {events} AS e JOIN told AS t ON t.record = e.customer WHERE e.customer < 0
ORDER BY record
"""
TRAITS = """
SELECT customer AS record, if(trait = 'masked_phone', 'phone', trait) AS kind, value, sum(count) AS count
FROM {observed} WHERE text GROUP BY customer, trait, value
"""
MASKED = """
SELECT customer AS record, 'phone' AS kind, one.value AS value, count(*) AS count
FROM (SELECT customer, unnest(identifiers) AS one FROM {events})
WHERE one.type IN (SELECT unnest($types)) AND regexp_matches(one.value, '[*•●]|[xX]{{2,}}')
GROUP BY customer, one.value
"""
# Telephones that several people use link nobody; they are known again by their last nine digits, however written.
SHARED = """
SELECT DISTINCT e.record, '{kind}' AS kind, s.tail AS value, 1 AS count
FROM (SELECT customer AS record, right(regexp_replace(one.value, '[^0-9]', '', 'g'), 9) AS tail
    FROM (SELECT customer, unnest(identifiers) AS one FROM {events}) WHERE one.type IN (SELECT unnest($types))) AS e
JOIN (SELECT right(value, 9) AS tail FROM members
    WHERE status = 'shared' AND type IN (SELECT unnest($types))) AS s ON s.tail = e.tail
WHERE e.record > 0
"""
# What a record's events bear and the record does not hold: shared by several, or cut from it by a limit. Who has it is
# doubtful; that it was seen is not, and how many have it says how much that is worth.
BORNE = """
SELECT e.record, m.type AS kind, m.value, count(*) AS count
FROM (SELECT customer AS record, unnest(bears) AS identifier FROM {events}) AS e
JOIN doubtful AS m ON m.identifier = e.identifier
WHERE m.type IN (SELECT unnest($kinds))
    AND NOT EXISTS (SELECT 1 FROM held AS h WHERE h.record = e.record AND h.type = m.type AND h.value = m.value)
GROUP BY ALL
"""
DOUBTFUL = """
SELECT key, type, value FROM (SELECT type || ':' || value AS key, type, value, status FROM members)
WHERE status = 'shared' OR key IN (SELECT a::VARCHAR FROM severed UNION ALL SELECT b::VARCHAR FROM severed)
"""
TOLD = """
CREATE TEMP TABLE told AS {traits} UNION ALL BY NAME {masked} UNION ALL BY NAME {shared} UNION ALL BY NAME {borne}
"""
ALL = """
SELECT k.row, a.kind, a.value FROM (
    SELECT * FROM told UNION ALL BY NAME
    SELECT record, type AS kind, value, 1 AS count FROM held WHERE type IN (SELECT unnest($kinds))) AS a
JOIN (SELECT record, row_number() OVER (ORDER BY record) - 1 AS row FROM keys) AS k ON k.record = a.record
QUALIFY row_number() OVER (PARTITION BY k.row, a.kind ORDER BY a.count DESC, a.value) <= {most}
ORDER BY a.kind, k.row, a.count DESC, a.value
"""
NAMED = """
SELECT key, record FROM about JOIN (SELECT type || ':' || value AS key, record FROM held
    UNION SELECT key, record FROM keys) USING (key)
"""
FIRSTS = "SELECT customer, min(side) AS side FROM sides GROUP BY customer"
TYPES = """
SELECT type, count(*) AS values, count(DISTINCT record) AS records,
    count(*) = count(DISTINCT record) AND records = (SELECT count(DISTINCT record) FROM held) AS numbering
FROM held GROUP BY type ORDER BY type
"""
SINGLE = 1.05
"""Of a type that the policy does not name, so many values a record at most, or it is a machine's."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What records are gathered of: ``events`` (what stands after FROM), and Arrow tables of identifiers.

    ``members``: ``customer, type, value, status``; ``doubtful``: ``identifier`` (id), ``type, value`` of what is
    shared, and of both ends of every link that was cut.
    """

    events: str
    members: pa.Table
    doubtful: pa.Table
    sides: Sides


@dataclass(frozen=True, slots=True)
class Gathered:
    """Records of all customers, ordered by ``records.id``, and the key that stands for each (Arrow strings).

    An id is a customer's number, or one above all for a side of a customer that joined pairs hold together; below zero
    it is the id of an event that bears no usable identifier, and its key ``event:SOURCE/MESSAGE_ID``.
    """

    records: Records
    keys: pa.Array
    run: int
    named: Mapping[str, int]
    newest: int = 0


def gather(home: Home, policy: Policy, about: Collection[str] = frozenset()) -> Gathered:
    """Everybody as records, and of the keys ``about`` which record each is of (``named``).

    Raises ``UnknownRunError`` where nothing is resolved yet. Customers that joined pairs hold together are several
    records, as if no pair were joined. O(events) in DuckDB.
    """
    with engine(home.scratch) as connection:
        members = home.store.member_rows()
        doubtful = _doubtful(connection, home, members)
        scope = Scope(everybody(connection, home, policy), members, doubtful, sides_in(home, policy))
        return gathered_in(connection, home, policy, scope, about)


def gathered_in(
    connection: DuckDBPyConnection, home: Home, policy: Policy, scope: Scope, about: Collection[str] = frozenset()
) -> Gathered:
    """The records of ``scope``."""
    _register(connection, home, scope, policy)
    events = EVENTS.format(events=scope.events, sided=SIDED.format(events=scope.events))
    told = TOLD.format(
        traits=TRAITS.format(observed=observed_in(SOME.format(events=events))),
        masked=MASKED.format(events=events),
        shared=SHARED.format(events=events, kind=SHARED_PHONE),
        borne=BORNE.format(events=events),
    )
    roles = roles_of(connection.sql(TYPES).to_arrow_table().to_pylist(), policy)
    connection.execute(told, {"types": phones_of(policy), "kinds": list(roles)}).fetchall()
    keys = connection.sql(KEYS.format(default=policy.default.priority, stray=STRAY, events=events)).to_arrow_table()
    connection.register("keys", keys)
    named = _named(connection, about)
    newest = connection.sql(f"SELECT coalesce(max(event_id), 0) AS last FROM {scope.events}").to_arrow_table()
    table = connection.sql(ALL.format(most=MOST_VALUES), params={"kinds": list(roles)}).to_arrow_table()
    records = Records(numbers(keys, "record"), by_kind(table), roles)
    return Gathered(records, keys["key"].combine_chunks(), home.store.state().current, named, newest["last"][0].as_py())


def _register(connection: DuckDBPyConnection, home: Home, scope: Scope, policy: Policy) -> None:
    """The tables ``sides``, ``adopted``, ``ranks``, ``doubtful``, and ``held``: the identifiers of each record."""
    adopted = () if home.matches is None else home.matches.adopted()
    connection.register("sides", scope.sides.table())
    connection.register("firsts", connection.sql(FIRSTS).to_arrow_table())
    connection.register("adopted", pa.table({"event": pa.array([one.event for one in adopted], pa.int64())}))
    connection.register("members", scope.members)
    connection.register("ranks", _ranks({name: rule.priority for name, rule in policy.identifiers.items()}))
    connection.execute(f"CREATE TEMP TABLE held AS {MEMBERS}").fetchall()
    connection.register("doubtful", scope.doubtful)


def _doubtful(connection: DuckDBPyConnection, home: Home, members: pa.Table) -> pa.Table:
    """What is shared or was cut from somebody, of all identifiers, as ``Scope`` has it."""
    connection.register("members", members)
    connection.register("severed", home.store.severed_rows())
    found = connection.sql(DOUBTFUL).to_arrow_table()
    place = home.store.ids_of([Identifier.parse(key) for key in found["key"].to_pylist()])
    ids = pa.array([place.get(key) for key in found["key"].to_pylist()], pa.int64())
    return found.append_column("identifier", ids)


def _named(connection: DuckDBPyConnection, about: Collection[str]) -> dict[str, int]:
    """The record of each of the keys that are some record's."""
    if not about:
        return {}
    connection.register("about", pa.table({"key": pa.array(sorted(about), pa.string())}))
    rows = connection.sql(NAMED).to_arrow_table()
    return dict(zip(rows["key"].to_pylist(), rows["record"].to_pylist(), strict=True))


def _ranks(ranks: Mapping[str, int]) -> pa.Table:
    return pa.table(
        {"type": pa.array(list(ranks), pa.string()), "priority": pa.array(list(ranks.values()), pa.int64())}
    )


def phones_of(policy: Policy) -> list[str]:
    """The identifier types whose values are telephone numbers."""
    return [name for name, rule in policy.identifiers.items() if rule.normaliser == "phone"] or ["phone"]


def roles_of(types: Sequence[Mapping[str, object]], policy: Policy) -> dict[str, Role]:
    """What each identifier type is compared as; machines' ids, which say nothing beyond linking, are left out.

    So is a type that the policy does not name and of which every record has one: it numbers rows. Numbers that lie side
    by side are no typing errors.
    """
    found: dict[str, Role] = {}
    for row in types:
        name = str(row["type"])
        single = int(str(row["values"])) <= SINGLE * int(str(row["records"])) and not row["numbering"]
        role = _role(policy.rule(name), named=policy.names(name), single=single)
        if role is not None:
            found[name] = role
    return found


def _role(rule: IdentifierRule, *, named: bool, single: bool) -> Role | None:
    by_normaliser: dict[str, Role] = {"phone": "phone", "email": "email", "loyalty_card": "identifier"}
    if rule.normaliser in by_normaliser:
        return by_normaliser[rule.normaliser]
    if rule.max_per_customer == 1:
        return "verified"
    return "identifier" if not named and single else None


def by_kind(table: pa.Table) -> dict[str, Values]:
    """Rows ``row, kind, value`` ordered by kind as columns of values."""
    kinds = table["kind"].combine_chunks()
    encoded = kinds.dictionary_encode()
    codes = np.asarray(encoded.indices.to_numpy(), np.int64)
    rows, texts = numbers(table, "row"), table["value"].combine_chunks()
    found = {}
    for code, name in enumerate(encoded.dictionary.to_pylist()):
        here: Ints = np.flatnonzero(codes == code)
        found[name] = Values(rows[here], texts.take(pa.array(here)))
    return found
