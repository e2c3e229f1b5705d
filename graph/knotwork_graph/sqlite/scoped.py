"""The parts of the graph around some identifiers, as arrays: what resolving the touched clusters reads.

Every query starts from the identifiers at hand and takes an index; none grows with the graph.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model import EdgeArrays, Identifier, IdentifierArrays
from knotwork_graph.model.arrays import EDGE_COLUMNS
from knotwork_graph.ports import Stood
from knotwork_graph.sqlite.connection import Bulk
from knotwork_graph.sqlite.tables import MEMBERSHIPS, TRAIT_COUNTS, listed, numbers, texts

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

MANY = 50_000
"""Beyond so many identifiers one pass over the whole table is the shorter way."""

CURRENT = "(SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'current')"
SEEN_NOW = "{m}.from_run <= {current} AND ({m}.to_run IS NULL OR {m}.to_run > {current})"
OWN = "WITH own AS (SELECT value AS id FROM json_each(?1))"

IDENTIFIERS = "SELECT id, type, value, status, events FROM identifiers{which} ORDER BY id"
SOME = " WHERE id IN (SELECT value FROM json_each(?1))"
EDGE_NAMES = ", ".join(f"e.{name}" for name in EDGE_COLUMNS)
EDGES_OF = f"""
{OWN}
SELECT {EDGE_NAMES} FROM own CROSS JOIN edges AS e ON e.a = own.id
UNION ALL SELECT {EDGE_NAMES} FROM own CROSS JOIN edges AS e ON e.b = own.id WHERE e.a NOT IN (SELECT id FROM own)
"""
LAST_SEEN = "CREATE INDEX IF NOT EXISTS edges_last_seen ON edges (last_seen)"
EDGES_SEEN = f"SELECT {EDGE_NAMES} FROM edges AS e WHERE e.last_seen > ?1 AND e.last_seen <= ?2"
MEMBERSHIPS_OF = MEMBERSHIPS.replace("ORDER BY", "WHERE identifier IN (SELECT value FROM json_each(?1)) ORDER BY")
TOGETHER = f"""
{OWN}
SELECT id FROM own
UNION SELECT m.identifier FROM own
JOIN memberships AS o ON o.identifier = own.id AND o.customer > 0 AND {SEEN_NOW.format(m="o", current=CURRENT)}
JOIN memberships AS m ON m.customer = o.customer AND {SEEN_NOW.format(m="m", current=CURRENT)}
ORDER BY 1
"""
LIVING = f"""
{OWN}
SELECT id FROM own WHERE EXISTS (
    SELECT 1 FROM memberships AS m WHERE m.customer = own.id AND {SEEN_NOW.format(m="m", current=CURRENT)}) ORDER BY id
"""
LIVING_IN = LIVING.replace(CURRENT, "?2")
BETWEEN = MEMBERSHIPS.replace(
    "ORDER BY",
    """WHERE identifier IN (
    SELECT identifier FROM memberships INDEXED BY memberships_run WHERE from_run > ?1 AND from_run <= ?2)
AND from_run <= ?2 AND (to_run IS NULL OR to_run > ?1) ORDER BY""",
)
CHANGED = """
SELECT identifier AS id FROM memberships INDEXED BY memberships_run WHERE from_run > ?1
UNION SELECT a FROM severed INDEXED BY severed_from WHERE from_run > ?1
UNION SELECT b FROM severed INDEXED BY severed_from WHERE from_run > ?1
UNION SELECT a FROM severed INDEXED BY severed_to WHERE to_run > ?1
UNION SELECT b FROM severed INDEXED BY severed_to WHERE to_run > ?1
ORDER BY 1
"""
# the few names, each found by one step in the index rather than by reading all rows
NAMED = """
WITH RECURSIVE named (trait) AS (
    SELECT min(trait) FROM traits
    UNION ALL SELECT (SELECT min(t.trait) FROM traits AS t WHERE t.trait > named.trait) FROM named
    WHERE named.trait IS NOT NULL)"""
TRAITS = f"{NAMED} SELECT trait FROM named WHERE trait IS NOT NULL"
IDS_OF = """
SELECT t.name || ':' || i.value AS key, i.id AS id FROM json_each(?1) AS wanted
JOIN types AS t ON t.name = json_extract(wanted.value, '$[0]')
JOIN identifiers AS i ON i.type = t.code AND i.value = json_extract(wanted.value, '$[1]')
"""
SEVERED_OF = f"""
{OWN}
SELECT s.a AS a, s.b AS b, s.rule AS rule, s.detail AS detail FROM own CROSS JOIN severed AS s
ON s.a = own.id AND {SEEN_NOW.format(m="s", current=CURRENT)}
UNION SELECT s.a, s.b, s.rule, s.detail FROM own CROSS JOIN severed AS s
ON s.b = own.id AND {SEEN_NOW.format(m="s", current=CURRENT)}
ORDER BY 1, 2
"""
SEVERED_NOW = f"""
SELECT a, b, rule, detail FROM severed AS s WHERE {SEEN_NOW.format(m="s", current=CURRENT)} ORDER BY a, b
"""
LARGEST = f"""
SELECT coalesce(max(held), 0) AS held FROM (
    SELECT count(*) AS held FROM memberships AS m WHERE m.customer > 0 AND {SEEN_NOW.format(m="m", current=CURRENT)}
    AND m.customer NOT IN (SELECT value FROM json_each(?1)) GROUP BY m.customer)
"""
SIZES = """
SELECT (SELECT coalesce(max(id), 0) FROM identifiers) AS identifiers,
    (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'edges') AS edges
"""
# each trait has a row, be there nothing of it: that of identifier 0
TRAITS_OF = f"""
{NAMED},
own AS (SELECT value AS id FROM json_each(?1))
SELECT trait, 0 AS identifier, 0 AS n FROM named WHERE trait IS NOT NULL
UNION ALL SELECT t.trait, t.identifier, count(*) FROM named CROSS JOIN own
    CROSS JOIN traits AS t ON t.trait = named.trait AND t.identifier = own.id GROUP BY 1, 2
"""
# in the order of the ids, which the outermost loop runs through
STOOD = f"""
{OWN}
SELECT i.type AS type, coalesce(m.customer, 0) AS customer, coalesce(m.status, 1) AS status,
    EXISTS (SELECT 1 FROM severed AS s WHERE s.a = own.id AND {SEEN_NOW.format(m="s", current="?2")})
    OR EXISTS (SELECT 1 FROM severed AS s WHERE s.b = own.id AND {SEEN_NOW.format(m="s", current="?2")}) AS cut
FROM own CROSS JOIN identifiers AS i ON i.id = own.id
LEFT JOIN memberships AS m ON m.identifier = i.id AND {SEEN_NOW.format(m="m", current="?2")}
"""


def identifier_arrays(bulk: Bulk, ids: Ints | None = None) -> IdentifierArrays:
    """The identifiers with these ids, or all, which tell what no event bears any more; by id."""
    rows = bulk.fetch(IDENTIFIERS.format(which="" if ids is None else SOME), () if ids is None else (listed(ids),))
    borne = numbers(rows, "events") > 0
    usable = (numbers(rows, "status") == 0) & borne
    seen = borne if ids is None and borne.any() and not borne.all() else None
    types = numbers(rows, "type").astype(np.int32)
    names = type_names(bulk, int(types.max(initial=-1)) + 1)
    return IdentifierArrays(numbers(rows, "id"), types, texts(rows, "value"), usable, names, seen)


def type_names(bulk: Bulk, least: int) -> tuple[str, ...]:
    """The names of all types by code, from 0: those read before, where these are ``least`` at least."""
    known = bulk.codes.get("types", {})
    if len(known) < max(1, least):
        known = dict(bulk.rows("SELECT name, code FROM types"))
        if not bulk.held:  # what this transaction adds may yet be undone
            bulk.codes["types"] = known
    return tuple(sorted(known, key=lambda name: known[name]))


def edges_of_ids(bulk: Bulk, ids: Ints) -> EdgeArrays:
    """All edges that touch one of ``ids``, each once; ends are ids."""
    return edge_arrays(bulk.fetch(EDGES_OF, (listed(ids),)))


def edges_last_seen(bulk: Bulk, after: int, until: int) -> EdgeArrays:
    """The edges last seen within the span; the index that finds them is made when it is first asked for."""
    bulk.labour(LAST_SEEN)
    return edge_arrays(bulk.fetch(EDGES_SEEN, (after, until)))


def edge_arrays(rows: pa.Table) -> EdgeArrays:
    """Rows with the columns of edges as arrays; ends are ids."""
    return EdgeArrays(*(numbers(rows, name) for name in EDGE_COLUMNS))


def memberships_of(bulk: Bulk, ids: Ints) -> pa.Table:
    """Every membership of these identifiers, by (identifier, from_run)."""
    return bulk.fetch(MEMBERSHIPS_OF, (listed(ids),))


def together_with(bulk: Bulk, ids: Ints) -> Ints:
    """``ids``, and all who are in a customer with one of them."""
    return numbers(bulk.fetch(TOGETHER, (listed(ids),)), "id")


def living(bulk: Bulk, customers: Ints) -> Ints:
    """Those of the customer numbers that hold an identifier."""
    return numbers(bulk.fetch(LIVING, (listed(customers),)), "id")


def living_in(bulk: Bulk, customers: Ints, run: int) -> Ints:
    """Those of the customer numbers that held an identifier in ``run``."""
    return numbers(bulk.fetch(LIVING_IN, (listed(customers), run)), "id")


def memberships_between(bulk: Bulk, after: int, upto: int) -> pa.Table:
    """What readers of the runs from ``after`` to ``upto`` see of the identifiers that changed on the way."""
    return bulk.fetch(BETWEEN, (after, upto))


def changed_since(bulk: Bulk, run: int) -> Ints:
    """The identifiers that a later run gave another customer, status or severed edge."""
    return numbers(bulk.fetch(CHANGED, (run,)), "id")


def ids_of(bulk: Bulk, identifiers: Sequence[Identifier]) -> dict[str, int]:
    """The ids of those identifiers that were ever seen, by key."""
    return dict(bulk.rows(IDS_OF, (json.dumps([[one.type, one.value] for one in identifiers]),)))


def severed_of(bulk: Bulk, ids: Ints) -> pa.Table:
    """The edges at ``ids`` that the current run cut."""
    if len(ids) > MANY:
        rows = bulk.fetch(SEVERED_NOW)
        return rows.filter(np.isin(numbers(rows, "a"), ids) | np.isin(numbers(rows, "b"), ids))
    return bulk.fetch(SEVERED_OF, (listed(ids),))


def largest(bulk: Bulk, but: Ints) -> int:
    """How many identifiers the largest customer holds, those of ``but`` left out."""
    return int(bulk.rows(LARGEST, (listed(but),))[0][0])


def sizes(bulk: Bulk) -> tuple[int, int]:
    """How many identifiers (their ids have no gaps), and how many edges."""
    identifiers, edges = bulk.rows(SIZES)[0]
    return int(identifiers), int(edges)


def trait_counts(bulk: Bulk, ids: Ints) -> dict[str, Ints]:
    """For each trait, how many values of it each of ``ids`` (ascending) bears."""
    if len(ids) > MANY:
        return {trait: _counted(bulk.fetch(TRAIT_COUNTS, (trait,)), ids) for (trait,) in bulk.rows(TRAITS)}
    found: dict[str, Ints] = {}
    place = {one: index for index, one in enumerate(ids.tolist())}
    for trait, identifier, count in bulk.rows(TRAITS_OF, (listed(ids),)):
        counts = found.setdefault(trait, np.zeros(len(ids), np.int64))
        if identifier:
            counts[place[identifier]] = count
    return found


def _counted(rows: pa.Table, ids: Ints) -> Ints:
    holder, count = numbers(rows, "identifier"), numbers(rows, "n")
    found, here = np.zeros(len(ids), np.int64), np.isin(holder, ids)
    found[np.searchsorted(ids, holder[here])] = count[here]
    return found


def stood(bulk: Bulk, ids: Ints, run: int) -> Stood:
    """What each of ``ids`` (ascending, all known) says of events in a run."""
    rows = bulk.fetch(STOOD, (listed(ids), run))
    types = numbers(rows, "type").astype(np.int32)
    return Stood(
        types,
        numbers(rows, "customer"),
        numbers(rows, "status").astype(np.int8),
        numbers(rows, "cut") == 1,
        type_names(bulk, int(types.max(initial=-1)) + 1),
    )
