"""Applying increments: identifiers get their ids, edges their counts, and segments are remembered, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model.arrays import EdgeArrays
from knotwork_graph.ports import Increment
from knotwork_graph.sqlite.connection import FEW, Bulk
from knotwork_graph.sqlite.schema import BULK_INDEXES
from knotwork_graph.sqlite.tables import EVERYTHING, listed, numbers

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

OTHER_SOURCES = 62
"""Sources beyond the first 62 share the last bit of an edge's mask; the facts still know each by name."""

MOST_PENDING = 2_000_000
"""More identifiers than that are not worth telling apart: all will be resolved."""

UPSERT_IDENTIFIERS = """
INSERT INTO identifiers (type, value, status, reason, events, first_seen, last_seen)
SELECT type, value, status, reason, events, first_seen, last_seen FROM {source} WHERE true
ORDER BY type, value
ON CONFLICT (type, value) DO UPDATE SET
    status = CASE WHEN events = 0 THEN excluded.status ELSE min(status, excluded.status) END,
    reason = CASE WHEN events = 0 OR excluded.status < status THEN excluded.reason ELSE reason END,
    first_seen = CASE WHEN events = 0 THEN excluded.first_seen ELSE min(first_seen, excluded.first_seen) END,
    last_seen = CASE WHEN events = 0 THEN excluded.last_seen ELSE max(last_seen, excluded.last_seen) END,
    events = events + excluded.events
"""
IDS = """
SELECT id FROM {source} AS new JOIN identifiers AS old ON old.type = new.type AND old.value = new.value
ORDER BY new.place
"""
UPSERT_EDGES = """
INSERT INTO edges SELECT a, b, count, vouched, first_seen, last_seen, sources FROM {source} WHERE true
ORDER BY a, b
ON CONFLICT (a, b) DO UPDATE SET
    count = count + excluded.count, vouched = vouched + excluded.vouched,
    first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen),
    sources = sources | excluded.sources
"""
UPTO = "UPDATE meta SET value = ? WHERE name = 'upto'"
LAST = "SELECT coalesce(max(id), 0) AS last FROM identifiers"
REMEMBER = """
INSERT INTO pending SELECT value, value IN (SELECT value FROM json_each(?2)) FROM json_each(?1) WHERE true
ON CONFLICT (identifier) DO UPDATE SET moved = max(moved, excluded.moved)
"""
NEW_TRAITS = """
SELECT DISTINCT n.identifier AS identifier FROM {source} AS n WHERE NOT EXISTS (
    SELECT 1 FROM traits AS t
    WHERE t.trait = n.trait AND t.identifier = n.identifier AND t.value_hash = n.value_hash)
"""
NEW_EDGES = """
SELECT n.a AS a, n.b AS b FROM {source} AS n
WHERE NOT EXISTS (SELECT 1 FROM edges AS e WHERE e.a = n.a AND e.b = n.b)
"""
COUNT_EDGES = "UPDATE meta SET value = CAST(value AS INTEGER) + ? WHERE name = 'edges'"
ADD_TRAITS = "INSERT OR IGNORE INTO traits SELECT trait, identifier, value_hash FROM {source}"


def apply_increment(bulk: Bulk, increment: Increment) -> Ints:
    """Write an increment inside the caller's transaction; returns the ids of its identifiers, in their order."""
    import pyarrow as pa

    known = int(bulk.fetch(LAST)["last"][0].as_py())
    ids = _intern(bulk, increment.identifiers)
    masks = _recode(bulk, increment.sources, increment.source_names)
    ends = _add_edges(bulk, increment.edges, ids, masks)
    moved = np.concatenate([ids[ids > known], ends, _add_traits(bulk, increment.traits, ids)])
    _remember_touched(bulk, ids, moved)
    if increment.segments:
        bulk.append("segments", pa.table({"number": pa.array(increment.segments, pa.int64())}))
    if increment.upto:
        bulk.execute(UPTO, (str(increment.upto),))
    return ids


def _remember_touched(bulk: Bulk, ids: Ints, moved: Ints) -> None:
    """The ids wait for a run to look at them, those that ``moved`` above all; very many stand for everything."""
    if len(ids) > MOST_PENDING:
        ids = moved = np.array([EVERYTHING])
    bulk.execute(REMEMBER, (listed(ids), listed(np.unique(moved))))


def _add_traits(bulk: Bulk, traits: pa.Table, ids: Ints) -> Ints:
    """Keep which values of traits identifiers bear; the ids of those that bear one for the first time."""
    import pyarrow as pa

    if not len(traits):
        return ids[:0]
    placed = pa.array(ids[np.asarray(traits["identifier"])])
    given = bulk.given("new_traits", traits.set_column(0, "identifier", placed))
    new = bulk.fetch(NEW_TRAITS.format(source=given.source), given.bound())
    if len(new):
        bulk.execute(ADD_TRAITS.format(source=given.source), given.bound())
    return numbers(new, "identifier")


def codes(bulk: Bulk, table: str, names: tuple[str, ...]) -> dict[str, int]:
    """The code of each name in ``types`` or ``sources``; new names get the next codes, from 0."""
    import pyarrow as pa

    found = bulk.codes.get(table, {})  # a code once given is never another name's
    if all(name in found for name in names):
        return found
    known = bulk.fetch(f"SELECT name, code FROM {table}").to_pydict()
    found = dict(zip(known["name"], known["code"], strict=True))
    new = [name for name in sorted(set(names)) if name not in found]
    found.update({name: len(found) + place for place, name in enumerate(new)})
    if new:
        rows = {"code": pa.array([found[name] for name in new], pa.int64()), "name": pa.array(new, pa.string())}
        bulk.append(table, pa.table(rows))
    else:
        bulk.codes[table] = found  # what this transaction adds may yet be undone
    return found


def _intern(bulk: Bulk, identifiers: pa.Table) -> Ints:
    import pyarrow as pa

    kinds = identifiers["type"].combine_chunks().dictionary_encode()
    names = kinds.dictionary.to_pylist()
    code = codes(bulk, "types", tuple(names))
    typed = np.array([code[name] for name in names] or [0], np.int64)[kinds.indices.to_numpy()]
    rows = identifiers.set_column(identifiers.schema.get_field_index("type"), "type", pa.array(typed))
    if is_empty(bulk, "identifiers", rows):
        return _first_identifiers(bulk, rows)
    given = bulk.given("new_identifiers", rows.append_column("place", pa.array(np.arange(len(rows)))))
    bulk.execute(UPSERT_IDENTIFIERS.format(source=given.source), given.bound())
    return np.asarray(bulk.fetch(IDS.format(source=given.source), given.bound())["id"].to_numpy(), np.int64)


def _first_identifiers(bulk: Bulk, rows: pa.Table) -> Ints:
    """The fast way into an empty table: the rows come in key order, and the index is made afterwards."""
    import pyarrow as pa

    ids = np.arange(1, len(rows) + 1)
    refill(bulk, "identifiers", rows.append_column("id", pa.array(ids)))
    return ids


def refill(bulk: Bulk, table: str, rows: pa.Table) -> None:
    """Fill an empty table with sorted ``rows``, its index made afterwards."""
    statement, index = BULK_INDEXES[table]
    bulk.execute(f"DROP INDEX IF EXISTS {index}")
    bulk.append(table, rows)
    bulk.execute(statement)


def _recode(bulk: Bulk, masks: Ints, names: tuple[str, ...]) -> Ints:
    """Masks over the increment's own source codes as masks over the store's.

    The increment's last bit stands for any of its sources beyond the first 62, so it names none of them here either.
    """
    code = codes(bulk, "sources", names)
    out = np.zeros(len(masks), np.int64)
    for place, name in enumerate(names):
        bit = np.int64(1) << np.int64(min(code[name], OTHER_SOURCES) if place < OTHER_SOURCES else OTHER_SOURCES)
        out |= np.where(masks & (np.int64(1) << np.int64(min(place, OTHER_SOURCES))), bit, 0)
    return out


def _add_edges(bulk: Bulk, edges: EdgeArrays, ids: Ints, masks: Ints) -> Ints:
    """Add to the edges; the ids at the ends of those that are new."""
    import pyarrow as pa

    if not len(edges):
        return ids[:0]
    a, b = ids[edges.a], ids[edges.b]
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.argsort(low * (int(high.max()) + 1) + high)  # one integer sorts faster than two
    columns = (low, high, edges.count, edges.vouched, edges.first_seen, edges.last_seen, masks)
    names = ("a", "b", "count", "vouched", "first_seen", "last_seen", "sources")
    rows = pa.table({name: column[order] for name, column in zip(names, columns, strict=True)})
    new = rows
    if is_empty(bulk, "edges", rows):
        refill(bulk, "edges", rows)
    else:
        given = bulk.given("new_edges", rows)
        new = bulk.fetch(NEW_EDGES.format(source=given.source), given.bound())
        bulk.execute(UPSERT_EDGES.format(source=given.source), given.bound())
    if len(new):
        bulk.execute(COUNT_EDGES, (len(new),))
    return np.concatenate([numbers(new, "a"), numbers(new, "b")])


def is_empty(bulk: Bulk, table: str, rows: pa.Table) -> bool:
    """Whether the table is empty, so that many ``rows`` may go in the fast way; for few it is not worth the look."""
    return len(rows) > FEW and not len(bulk.fetch(f"SELECT 1 AS one FROM {table} LIMIT 1"))
