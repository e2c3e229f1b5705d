"""Applying increments: identifiers get their ids, edges their counts, and segments are remembered, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knotwork_graph.model.arrays import EdgeArrays
from knotwork_graph.ports import Increment
from knotwork_graph.sqlite.connection import FEW, Bulk
from knotwork_graph.sqlite.schema import BULK_INDEXES
from knotwork_graph.sqlite.tables import numbers

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

OTHER_SOURCES = 62
"""Sources beyond the first 62 share the last bit of an edge's mask; the facts still know each by name."""

UPSERT_IDENTIFIERS = """
INSERT INTO identifiers (type, value, status, reason, events, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (type, value) DO UPDATE SET
    status = CASE WHEN events = 0 THEN excluded.status ELSE min(status, excluded.status) END,
    reason = CASE WHEN events = 0 OR excluded.status < status THEN excluded.reason ELSE reason END,
    first_seen = CASE WHEN events = 0 THEN excluded.first_seen ELSE min(first_seen, excluded.first_seen) END,
    last_seen = CASE WHEN events = 0 THEN excluded.last_seen ELSE max(last_seen, excluded.last_seen) END,
    events = events + excluded.events
RETURNING id, events
"""
UPSERT_EDGES = """
INSERT INTO edges (a, b, count, vouched, first_seen, last_seen, sources) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (a, b) DO UPDATE SET
    count = count + excluded.count, vouched = vouched + excluded.vouched,
    first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen),
    sources = sources | excluded.sources
RETURNING count
"""
ADD_TRAITS = """
INSERT OR IGNORE INTO traits (identifier, trait, value_hash) VALUES (?, ?, ?) RETURNING identifier
"""
COUNTED = """
UPDATE meta SET value = CASE name WHEN 'edges' THEN CAST(value AS INTEGER) + ?1 ELSE ?2 END
WHERE name = 'edges' AND ?1 > 0 OR name = 'upto' AND ?2 > 0
"""
EDGE_ROW = ("a", "b", "count", "vouched", "first_seen", "last_seen", "sources")
IDENTIFIER_COLUMNS = ["type", "value", "status", "reason", "events", "first_seen", "last_seen"]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an increment has become: the ids of its identifiers, in their order, and how many edges there are more.

    ``touched``: those that a run has to look at; ``moved``: which of them are new, or have an edge or a trait more. Who
    was seen again, and with nobody, is as they were.
    """

    ids: Ints
    edges: int
    touched: Ints
    moved: NDArray[np.bool_]


def apply_increment(bulk: Bulk, increment: Increment) -> Applied:
    """Write an increment inside the caller's transaction."""
    import pyarrow as pa

    ids, new = _intern(bulk, increment.identifiers)
    masks = _recode(bulk, increment.sources, increment.source_names)
    ends, edges = _add_edges(bulk, increment.edges, ids, masks)
    moved = np.isin(ids, np.concatenate([new, ends, _add_traits(bulk, increment.traits, ids)]))
    touched = moved.copy()
    touched[increment.edges.a] = touched[increment.edges.b] = True
    if increment.segments:
        bulk.append("segments", pa.table({"number": pa.array(increment.segments, pa.int64())}))
    if edges or increment.upto:
        bulk.execute(COUNTED, (edges, increment.upto))
    return Applied(ids, edges, ids[touched], moved[touched])


def _add_traits(bulk: Bulk, traits: pa.Table, ids: Ints) -> Ints:
    """Keep which values of traits identifiers bear; the ids of those that bear one for the first time."""
    import pyarrow as pa

    if not len(traits):
        return ids[:0]
    placed = pa.table(
        {"identifier": ids[np.asarray(traits["identifier"])], "trait": traits["trait"], "hash": traits["value_hash"]}
    )
    return numbers(bulk.fetch_each(ADD_TRAITS, placed), "identifier")


def codes(bulk: Bulk, table: str, names: tuple[str, ...]) -> dict[str, int]:
    """The code of each name in ``types`` or ``sources``; new names get the next codes, from 0."""
    import pyarrow as pa

    found = bulk.codes.get(table, {})  # a code once given is never another name's
    if all(name in found for name in names):
        return found
    found = dict(bulk.rows(f"SELECT name, code FROM {table}"))
    new = [name for name in sorted(set(names)) if name not in found]
    found.update({name: len(found) + place for place, name in enumerate(new)})
    if new:
        rows = {"code": pa.array([found[name] for name in new], pa.int64()), "name": pa.array(new, pa.string())}
        bulk.append(table, pa.table(rows))
    else:
        bulk.codes[table] = found  # what this transaction adds may yet be undone
    return found


def _intern(bulk: Bulk, identifiers: pa.Table) -> tuple[Ints, Ints]:
    """The ids of the identifiers, in their order, and the ids of those that had no events before."""
    import pyarrow as pa

    if not len(identifiers):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    kinds = identifiers["type"].combine_chunks().dictionary_encode()
    names = kinds.dictionary.to_pylist()
    code = codes(bulk, "types", tuple(names))
    typed = np.array([code[name] for name in names], np.int64)[kinds.indices.to_numpy()]
    rows = identifiers.set_column(identifiers.schema.get_field_index("type"), "type", pa.array(typed))
    rows = rows.select(IDENTIFIER_COLUMNS)
    if is_empty(bulk, "identifiers", rows):
        ids = _first_identifiers(bulk, rows)
        return ids, ids
    kept = bulk.fetch_each(UPSERT_IDENTIFIERS, rows)
    ids = numbers(kept, "id")
    return ids, ids[numbers(kept, "events") == numbers(rows, "events")]


def _first_identifiers(bulk: Bulk, rows: pa.Table) -> Ints:
    """The fast way into an empty table: the rows come in key order, and the index is made afterwards."""
    import pyarrow as pa

    ids = np.arange(1, len(rows) + 1)
    refill(bulk, "identifiers", rows.append_column("id", pa.array(ids)))
    return ids


def refill(bulk: Bulk, table: str, rows: pa.Table) -> None:
    """Fill an empty table with sorted ``rows``, its index made afterwards."""
    statement, index = BULK_INDEXES[table]
    bulk.labour(f"DROP INDEX IF EXISTS {index}")
    bulk.append(table, rows)
    bulk.labour(statement)


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


def _add_edges(bulk: Bulk, edges: EdgeArrays, ids: Ints, masks: Ints) -> tuple[Ints, int]:
    """Add to the edges; the ids at the ends of those that are new, and how many are."""
    import pyarrow as pa

    if not len(edges):
        return ids[:0], 0
    a, b = ids[edges.a], ids[edges.b]
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.argsort(low * (int(high.max()) + 1) + high)  # one integer sorts faster than two
    columns = (low, high, edges.count, edges.vouched, edges.first_seen, edges.last_seen, masks)
    rows = pa.table({name: column[order] for name, column in zip(EDGE_ROW, columns, strict=True)})
    new = np.ones(len(order), np.bool_)
    if is_empty(bulk, "edges", rows):
        refill(bulk, "edges", rows)
    else:
        new = numbers(bulk.fetch_each(UPSERT_EDGES, rows), "count") == edges.count[order]
    return np.concatenate([low[order][new], high[order][new]]), int(new.sum())


def is_empty(bulk: Bulk, table: str, rows: pa.Table) -> bool:
    """Whether the table is empty, so that many ``rows`` may go in the fast way; for few it is not worth the look."""
    return len(rows) > FEW and not bulk.rows(f"SELECT 1 AS one FROM {table} LIMIT 1")
