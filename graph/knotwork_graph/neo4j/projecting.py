"""Applying increments: identifiers get their ids, edges their counts, and segments are remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j.head import Head, Meta, head_of
from knotwork_graph.neo4j.near import MOST, put_and_look
from knotwork_graph.neo4j.standing import Says
from knotwork_graph.neo4j.taking import Hand, put_with
from knotwork_graph.neo4j.words import STATUS_CODES, STATUSES, ints, masked, seen
from knotwork_graph.neo4j.work import ROWS, Work, Write, batches
from knotwork_graph.ports import Increment

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints

MOST_PENDING = 2_000_000
"""More identifiers than that are not worth telling apart: all will be resolved."""
FEW = 5_000
"""In so small an increment it is asked first which edges are new, and whether to be seen again can change anything."""

# restless: one of its customer has a severed edge, and there more evidence can change which edges are taken
KNOWN = f"""
MATCH (k:Knotwork {{name: 'graph'}}) WITH collect(k.current)[0] AS current
CALL (current) {{
    UNWIND $keys AS key
    MATCH (i:Identifier {{key: key}}) USING INDEX i:Identifier(key)
    OPTIONAL MATCH (i)-[m:BELONGS_TO]->(c) WHERE $few AND {seen("m")}
    WITH current, i, m, c, $few AND EXISTS {{ (i)-[s:SEVERED]-() WHERE {seen("s")} }} AS cut
    WITH i, m, c, cut, $few AND i.events > 0 AND NOT cut AND NOT (coalesce(c.number, 0) > 0 AND EXISTS {{
        (c)<-[n:BELONGS_TO]-()-[s:SEVERED]-() WHERE {seen("n")} AND {seen("s")} }}) AS calm
    RETURN collect(i.key) AS keys, collect([i.id, i.status, calm, coalesce(c.number, 0), m.status, cut]) AS rows
}}
CALL (keys) {{
    UNWIND CASE WHEN size(keys) > 0 THEN $pairs ELSE [] END AS pair
    MATCH (a:Identifier {{key: pair[0]}}) USING INDEX a:Identifier(key)
    MATCH (b:Identifier {{key: pair[1]}}) USING INDEX b:Identifier(key)
    WITH pair WHERE EXISTS {{ (a)-[:SEEN_WITH]->(b) }}
    RETURN collect(pair[2]) AS held
}}
RETURN keys, rows, held
"""
NEW = """
UNWIND $rows AS row
CREATE (:Identifier {id: row[0], key: row[1], type: row[2], value: row[3], status: row[4], reason: row[5],
    events: row[6], first_seen: row[7], last_seen: row[8], touched: $turn})
"""
# the best verdict on any spelling of a value counts; whatever was counted before a new projection does not;
# who was seen again, and with nobody, is as they were
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
    i.events = i.events + row[6],
    i.calm = CASE WHEN row[10] THEN i.calm
        WHEN row[9] AND (coalesce(i.touched, 0) <= $settled OR i.calm = i.touched) THEN $turn END,
    i.touched = CASE WHEN row[10] THEN i.touched ELSE $turn END
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
    e.sources = $names[row[6]], a.calm = NULL, b.calm = NULL
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

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an increment comes to: the ids of its identifiers, how many of them are new, and what is written.

    ``edges``: how many are new; None where only the server can tell, by the relationships made beside ``shown`` others.
    ``waiting``: the ids of whom a run is to look at; not who was seen again, with nobody. ``calm``: of these, who was
    only seen again. ``says``: of a small one, what its identifiers say of events.
    """

    ids: Ints
    new: int
    writes: tuple[Write, ...]
    shown: int
    edges: int | None
    waiting: Ints
    calm: Ints
    says: list[tuple[int, Says]]


@dataclass(frozen=True, slots=True)
class _Known:
    """An identifier that was seen before; ``calm``: seeing it again, and nothing else, can change nothing.

    The last three, in a small increment alone, are what it says in the run that readers see; no ``said`` for nothing.
    """

    id: int
    status: str
    calm: bool
    customer: int
    said: str | None
    cut: bool


def weight(increment: Increment) -> int:
    """How many rows it writes at most."""
    return len(increment.identifiers) + len(increment.edges) + len(increment.traits)


def planned(hand: Hand, meta: Meta, increment: Increment) -> Applied:
    """What is to be written for an increment; reads what is known of its identifiers."""
    columns = increment.identifiers.to_pydict()
    keys = [f"{kind}:{value}" for kind, value in zip(columns["type"], columns["value"], strict=True)]
    pairs = [(a, b) if keys[a] < keys[b] else (b, a) for a, b in _ends(increment)]
    known, held = _known(hand, keys, pairs) if meta["next_id"] > 1 else ({}, set())
    ids, new = _ids(meta, keys, known)
    shown = _traits(hand, increment, ids) if len(increment.traits) else []
    place = ids.tolist()
    moved = {place[end] for pair in pairs if pair not in held for end in pair}
    rows = list(_rows(columns, keys, place))
    calm = _calm(rows, known, moved.union(row[0] for row in shown))
    alone = calm.difference(place[end] for pair in pairs for end in pair)
    edges = _edges(meta, increment, [(place[a], place[b]) for a, b in pairs])
    writes = (*_identifiers(meta, rows, known, calm, alone), edges, *_shown(shown))
    small = _small(keys, pairs)
    added = len(pairs) - len(held) if small else None
    says = list(_says(rows, known)) if small else []
    waiting = np.setdiff1d(ids, ints(sorted(alone)))
    return Applied(ids, new, writes, len(shown), added, waiting, ints(sorted(calm - alone)), says)


def _says(rows: list[list[Any]], known: dict[str, _Known]) -> Iterator[tuple[int, Says]]:
    """What identifiers say in the run that readers see; of new ones it says nothing."""
    for number, key, kind, *_ in rows:
        one = known.get(key)
        if one is None or one.said is None:
            yield number, Says(kind, cut=one is not None and one.cut)
        else:
            yield number, Says(kind, one.customer, STATUS_CODES[one.said], one.cut)


def _ends(increment: Increment) -> Iterator[Pair]:
    return zip(np.asarray(increment.edges.a).tolist(), np.asarray(increment.edges.b).tolist(), strict=True)


def _small(keys: list[str], pairs: list[Pair]) -> bool:
    return max(len(keys), len(pairs)) <= FEW


def _calm(rows: list[list[Any]], known: dict[str, _Known], moved: set[int]) -> set[int]:
    """The ids of those that are only seen again, as they were known; ``moved``: who has something new."""
    before = ((row, known.get(row[1])) for row in rows)
    return {row[0] for row, one in before if one and one.calm and one.status == row[4] and row[0] not in moved}


def apply_whole(work: Work, meta: Meta, increment: Increment) -> Applied:
    """Write an increment, and remember that it is in; one statement where it is small and joins nothing known."""
    refuse_applied(meta, increment)
    applied = planned(work, meta, increment)
    if applied.edges is None:
        made = work.all(applied.writes) - applied.shown
        put_with(work, _segments(increment), _moved(meta, increment, applied, made))
    else:
        writes, moved = (*applied.writes, *_segments(increment)), _moved(meta, increment, applied, applied.edges)
        head = head_of(work)
        around = None if head is None else _looked_at_next(head, applied)
        if head is None or around is None:
            put_with(work, writes, moved)
        else:
            put_and_look(work, head, writes, moved, around)
    return applied


def _looked_at_next(head: Head, applied: Applied) -> Ints | None:
    """Whom a run will look around once this is in, as far as can be told; None for nobody, or too many."""
    if head.pending is None or head.meta["everything"]:
        return None
    found = head.pending.and_of(applied.waiting, applied.calm).to_look_at(ages=False)
    return found if 0 < len(found) <= MOST else None


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


def _ids(meta: Meta, keys: list[str], known: dict[str, _Known]) -> tuple[Ints, int]:
    """The id of each row, and how many are new: these get the next ones, in their order."""
    new = [key for key in keys if key not in known]
    fresh = {key: meta["next_id"] + number for number, key in enumerate(new)}
    return ints([known[key].id if key in known else fresh[key] for key in keys]), len(new)


def _identifiers(
    meta: Meta, rows: list[list[Any]], known: dict[str, _Known], calm: set[int], alone: set[int]
) -> Iterator[Write]:
    turn = {"turn": meta["turn"]}
    yield Write(NEW, [row for row in rows if row[1] not in known], turn)
    again = [[*row, row[0] in calm, row[0] in alone] for row in rows if row[1] in known]
    yield Write(AGAIN, again, turn | {"settled": meta["settled"]})


def _known(hand: Hand, keys: list[str], pairs: list[Pair]) -> tuple[dict[str, _Known], set[Pair]]:
    """Those of the identifiers that were seen before, by key; and, of a small increment, the edges that there are."""
    few = _small(keys, pairs)
    known: dict[str, _Known] = {}
    held: set[Pair] = set()
    asked = [[keys[a], keys[b], place] for place, (a, b) in enumerate(pairs)] if few else []
    for batch in batches(keys, ROWS):
        found, rows, there = hand.rows(KNOWN, keys=batch, pairs=asked, few=few)[0]
        known |= {key: _Known(*row) for key, row in zip(found, rows, strict=True)}
        held |= {pairs[place] for place in there}
    return known, held


def _rows(columns: dict[str, list[Any]], keys: list[str], ids: list[int]) -> Iterator[list[Any]]:
    names = ("type", "value", "status", "reason", "events", "first_seen", "last_seen")
    for number, key, row in zip(ids, keys, zip(*(columns[name] for name in names), strict=True), strict=True):
        kind, value, status, reason, *figures = row
        yield [number, key, kind, value, str(STATUSES[status]), reason or None, *figures]


def _edges(meta: Meta, increment: Increment, pairs: list[Pair]) -> Write:
    """Each lies from the smaller key to the larger, as ``pairs`` of ids do."""
    edges = increment.edges
    masks, which = np.unique(increment.sources, return_inverse=True)
    names = [masked(int(mask), increment.source_names) for mask in masks.tolist()]
    columns = (edges.count, edges.vouched, edges.first_seen, edges.last_seen, which)
    rows = zip(pairs, *(np.asarray(column).tolist() for column in columns), strict=True)
    return Write(EDGES if meta["edges"] else FIRST_EDGES, [[*pair, *rest] for pair, *rest in rows], {"names": names})


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
