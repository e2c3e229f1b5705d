"""Applying increments: identifiers get their ids, edges their counts, and segments are remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j.head import Meta
from knotwork_graph.neo4j.taking import Hand, put_with
from knotwork_graph.neo4j.words import STATUSES, ints, masked
from knotwork_graph.neo4j.work import ROWS, Work, Write, batches
from knotwork_graph.ports import Increment

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints

MOST_PENDING = 2_000_000
"""More identifiers than that are not worth telling apart: all will be resolved."""

KNOWN = "UNWIND $keys AS key MATCH (i:Identifier {key: key}) RETURN collect(i.key), collect(i.id)"
NEW = """
UNWIND $rows AS row
CREATE (:Identifier {id: row[0], key: row[1], type: row[2], value: row[3], status: row[4], reason: row[5],
    events: row[6], first_seen: row[7], last_seen: row[8], touched: $turn})
"""
# the best verdict on any spelling of a value counts; whatever was counted before a new projection does not
AGAIN = """
UNWIND $rows AS row
MATCH (i:Identifier {id: row[0]})
WITH i, row, i.events = 0 AS anew,
    CASE row[4] WHEN 'linking' THEN 0 WHEN 'blocked' THEN 1 WHEN 'invalid' THEN 2 ELSE 3 END
    < CASE i.status WHEN 'linking' THEN 0 WHEN 'blocked' THEN 1 WHEN 'invalid' THEN 2 ELSE 3 END AS better
SET i.status = CASE WHEN anew OR better THEN row[4] ELSE i.status END,
    i.reason = CASE WHEN anew OR better THEN row[5] ELSE i.reason END,
    i.first_seen = CASE WHEN anew OR row[7] < i.first_seen THEN row[7] ELSE i.first_seen END,
    i.last_seen = CASE WHEN anew OR row[8] > i.last_seen THEN row[8] ELSE i.last_seen END,
    i.events = i.events + row[6], i.touched = $turn
"""
ENDS = """
UNWIND $rows AS row
MATCH (a:Identifier {id: row[0]}) USING INDEX a:Identifier(id)
MATCH (b:Identifier {id: row[1]}) USING INDEX b:Identifier(id)
"""
FIRST_EDGES = f"""{ENDS}
CREATE (a)-[:SEEN_WITH {{count: row[2], vouched: row[3], first_seen: row[4], last_seen: row[5],
    sources: $names[row[6]]}}]->(b)
"""
EDGES = f"""{ENDS}
MERGE (a)-[e:SEEN_WITH]->(b)
ON CREATE SET e.count = row[2], e.vouched = row[3], e.first_seen = row[4], e.last_seen = row[5],
    e.sources = $names[row[6]]
ON MATCH SET e.count = e.count + row[2], e.vouched = e.vouched + row[3],
    e.first_seen = CASE WHEN row[4] < e.first_seen THEN row[4] ELSE e.first_seen END,
    e.last_seen = CASE WHEN row[5] > e.last_seen THEN row[5] ELSE e.last_seen END,
    e.sources = e.sources + [name IN $names[row[6]] WHERE NOT name IN e.sources]
"""
SHOWN = """
UNWIND $ids AS id
MATCH (i:Identifier {id: id}) USING INDEX i:Identifier(id)
MATCH (i)-[s:SHOWED]->(t)
RETURN i.id, t.name, collect(s.value)
"""
TRAITS = "UNWIND $rows AS name MERGE (:Trait {name: name})"
SHOW = """
UNWIND $rows AS row
MATCH (i:Identifier {id: row[0]})
MATCH (t:Trait {name: row[1]})
CREATE (i)-[:SHOWED {value: row[2]}]->(t)
"""
SEGMENTS = "UNWIND $rows AS number CREATE (:Segment {number: number})"


@dataclass(frozen=True, slots=True)
class Applied:
    """What an increment comes to: the ids of its identifiers, how many of them are new, and what is written.

    ``edges``: how many are new; None where only the server can tell, by the relationships made beside ``shown`` others.
    """

    ids: Ints
    new: int
    writes: tuple[Write, ...]
    shown: int
    edges: int | None


def weight(increment: Increment) -> int:
    """How many rows it writes at most."""
    return len(increment.identifiers) + len(increment.edges) + len(increment.traits)


def planned(hand: Hand, meta: Meta, increment: Increment) -> Applied:
    """What is to be written for an increment; reads what is known of its identifiers."""
    columns = increment.identifiers.to_pydict()
    keys = [f"{kind}:{value}" for kind, value in zip(columns["type"], columns["value"], strict=True)]
    known = dict(_known(hand, keys)) if meta["next_id"] > 1 else {}
    ids, new = _ids(meta, keys, known)
    shown = _traits(hand, increment, ids) if len(increment.traits) else []
    edges = _edges(meta, increment, ids, keys)
    writes = (*_identifiers(meta, columns, keys, ids, known), edges, *_shown(shown))
    sure = all(row[0] >= meta["next_id"] or row[1] >= meta["next_id"] for row in edges.rows)
    return Applied(ids, new, writes, len(shown), len(edges.rows) if sure else None)


def apply_whole(work: Work, meta: Meta, increment: Increment) -> Applied:
    """Write an increment, and remember that it is in; one statement where it is small and joins nothing known."""
    refuse_applied(meta, increment)
    applied = planned(work, meta, increment)
    if applied.edges is None:
        made = work.all(applied.writes) - applied.shown
        put_with(work, _segments(increment), _moved(meta, increment, applied, made))
    else:
        put_with(work, (*applied.writes, *_segments(increment)), _moved(meta, increment, applied, applied.edges))
    return applied


def keep(work: Work, meta: Meta, increment: Increment, applied: Applied, made: int) -> None:
    """Remember that the increment is in, and that it ``made`` so many relationships."""
    refuse_applied(meta, increment)
    put_with(work, _segments(increment), _moved(meta, increment, applied, made - applied.shown))


def refuse_applied(meta: Meta, increment: Increment) -> None:
    """Raise ``StoreError`` where the increment's events are in already."""
    if meta["upto"] >= increment.upto > 0:
        raise StoreError(f"events up to {increment.upto} are in the graph already, so they were not applied again.")


def _segments(increment: Increment) -> Iterator[Write]:
    yield Write(SEGMENTS, increment.segments)


def _moved(meta: Meta, increment: Increment, applied: Applied, edges: int) -> dict[str, Any]:
    """The single values that an increment moves."""
    return {
        "next_id": meta["next_id"] + applied.new,
        "edges": meta["edges"] + edges,
        "types": _more(meta["types"], increment.identifiers["type"].unique().to_pylist()),
        "sources": _more(meta["sources"], list(increment.source_names)),
        "upto": max(meta["upto"], increment.upto),
        "everything": meta["everything"] or len(applied.ids) > MOST_PENDING,
    }


def _more(known: list[str], names: list[str]) -> list[str]:
    return [*known, *(name for name in sorted(set(names)) if name not in known)]


def _ids(meta: Meta, keys: list[str], known: dict[str, int]) -> tuple[Ints, int]:
    """The id of each row, and how many are new: these get the next ones, in their order."""
    new = [key for key in keys if key not in known]
    fresh = {key: meta["next_id"] + number for number, key in enumerate(new)}
    return ints([known.get(key) or fresh[key] for key in keys]), len(new)


def _identifiers(
    meta: Meta, columns: dict[str, list[Any]], keys: list[str], ids: Ints, known: dict[str, int]
) -> Iterator[Write]:
    rows = list(_rows(columns, keys, ids.tolist()))
    bound = {"turn": meta["turn"]}
    yield Write(NEW, [row for row in rows if row[1] not in known], bound)
    yield Write(AGAIN, [row for row in rows if row[1] in known], bound)


def _known(hand: Hand, keys: list[str]) -> Iterator[tuple[str, int]]:
    for batch in batches(keys, ROWS):
        found, ids = hand.rows(KNOWN, keys=batch)[0]
        yield from zip(found, ids, strict=True)


def _rows(columns: dict[str, list[Any]], keys: list[str], ids: list[int]) -> Iterator[list[Any]]:
    names = ("type", "value", "status", "reason", "events", "first_seen", "last_seen")
    for number, key, row in zip(ids, keys, zip(*(columns[name] for name in names), strict=True), strict=True):
        kind, value, status, reason, *figures = row
        yield [number, key, kind, value, str(STATUSES[status]), reason or None, *figures]


def _edges(meta: Meta, increment: Increment, ids: Ints, keys: list[str]) -> Write:
    """Each lies from the smaller key to the larger."""
    edges = increment.edges
    masks, which = np.unique(increment.sources, return_inverse=True)
    names = [masked(int(mask), increment.source_names) for mask in masks.tolist()]
    columns = (edges.a, edges.b, edges.count, edges.vouched, edges.first_seen, edges.last_seen, which)
    rows = zip(*(np.asarray(column).tolist() for column in columns), strict=True)
    place = ids.tolist()
    turned = [[place[a], place[b], *rest] if keys[a] < keys[b] else [place[b], place[a], *rest] for a, b, *rest in rows]
    return Write(EDGES if meta["edges"] else FIRST_EDGES, turned, {"names": names})


def _traits(hand: Hand, increment: Increment, ids: Ints) -> list[tuple[int, str, int]]:
    """The values that each identifier has not shown before: ids, names and hashes."""
    holders = ids[np.asarray(increment.traits["identifier"])].tolist()
    names, values = increment.traits["trait"].to_pylist(), increment.traits["value_hash"].to_pylist()
    shown = {
        (holder, name, value)
        for batch in batches(sorted(set(holders)), ROWS)
        for holder, name, known in hand.rows(SHOWN, ids=batch)
        for value in known
    }
    return [row for row in zip(holders, names, values, strict=True) if row not in shown]


def _shown(rows: list[tuple[int, str, int]]) -> Iterator[Write]:
    yield Write(TRAITS, sorted({name for _, name, _ in rows}))
    yield Write(SHOW, rows)
