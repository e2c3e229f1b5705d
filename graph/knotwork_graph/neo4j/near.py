"""What resolving an event reads, in one statement: the customers of what it touches, their edges, the other ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.model import EdgeArrays, IdentifierArrays
from knotwork_graph.neo4j import whole
from knotwork_graph.neo4j.head import Head, head_of
from knotwork_graph.neo4j.standing import BLOCKED, Says
from knotwork_graph.neo4j.taking import PUT
from knotwork_graph.neo4j.words import ints, seen
from knotwork_graph.neo4j.work import Write
from knotwork_graph.ports import Memberships

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knotwork_graph.neo4j.work import Work
    from knotwork_graph.ports import Ints

MOST = 2_000
"""Identifiers that are looked around at once; around more, each question is asked when it comes."""

# nothing but an index leads to the identifiers at hand, and nothing but relationships away from them
NEAR = f"""
MATCH (k:Knotwork {{name: 'graph'}}) WITH collect(k.current)[0] AS current, collect(k.last_run)[0] AS last
CALL (current) {{
    UNWIND $ids AS id
    MATCH (i:Identifier {{id: id}}) USING INDEX i:Identifier(id)
    OPTIONAL MATCH (i)-[m:BELONGS_TO]->(c) WHERE c.number > 0 AND {seen("m")}
    RETURN collect(DISTINCT i) AS own, collect(DISTINCT c) AS customers
}}
CALL (current, own, customers) {{
    UNWIND customers AS c
    MATCH (c)<-[m:BELONGS_TO]-(j) WHERE {seen("m")}
    RETURN collect(j) AS held
}}
CALL (own, held) {{ UNWIND own + held AS i RETURN collect(DISTINCT i) AS inside }}
CALL (current, inside) {{
    UNWIND inside AS i
    OPTIONAL MATCH (i)-[m:BELONGS_TO]->() WHERE {seen("m")}
    WITH i, m WHERE coalesce(m.status, i.status) = 'linking' AND i.events > 0
    RETURN collect(i) AS free
}}
CALL (free) {{
    UNWIND free AS i
    MATCH (i)-[e:SEEN_WITH]-()
    WITH DISTINCT e
    RETURN collect(e) AS edges
}}
CALL (inside, edges) {{
    UNWIND inside + [e IN edges | startNode(e)] + [e IN edges | endNode(e)] AS i
    RETURN collect(DISTINCT i) AS met
}}
CALL (last, met) {{
    UNWIND met AS i
    MATCH (i)-[m:BELONGS_TO]->(c) WHERE last - m.from_run >= 0
    RETURN collect([i.id, m.from_run, CASE WHEN m.to_run <= last THEN m.to_run ELSE 0 END, c.number, m.status,
        coalesce(m.reason, '')]) AS memberships
}}
CALL (own) {{
    UNWIND own AS i
    MATCH (i)-[s:SHOWED]->(t)
    WITH t.name AS trait, i.id AS id, count(*) AS shown
    RETURN collect([trait, id, shown]) AS traits
}}
CALL (current, inside) {{
    UNWIND inside AS i
    MATCH (i)-[s:SEVERED]-()
    WITH DISTINCT s, current
    RETURN collect([startNode(s).id, endNode(s).id, s.rule, s.detail, {seen("s")}, s.to_run IS NULL]) AS severed
}}
RETURN [i IN own | i.id], [i IN inside | i.id], [i IN free | i.id],
    [i IN met | [i.id, i.type, i.value, i.status = 'linking' AND i.events > 0]],
    [e IN edges | [startNode(e).id, endNode(e).id, e.count, e.vouched, e.first_seen, e.last_seen]],
    memberships, traits, severed, current, COLLECT {{ MATCH (t:Trait) RETURN t.name }}
"""

Cut = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Near:
    """What lies around the identifiers ``own``. ``inside``: they, and all in a customer with one of them.

    Of ``free``, those inside that link, all edges are there; of ``own`` all traits; of those inside all severed edges.
    ``identifiers`` and ``memberships`` are of all ends of these edges too. Ids ascend.
    """

    own: Ints
    inside: Ints
    free: Ints
    identifiers: IdentifierArrays
    memberships: Memberships
    edges: EdgeArrays
    traits: dict[str, dict[int, int]]
    cuts: tuple[tuple[Cut, bool, bool], ...]
    current: int

    def together(self, ids: Ints) -> Ints | None:
        """``ids`` and all in a customer with one of them; None where that was not read."""
        if not _within(ids, self.own):
            return None
        return self.inside if len(ids) == len(self.own) else self._holding(ids)

    def _holding(self, ids: Ints) -> Ints:
        rows = self.memberships
        inside = rows.seen_by(self.current) & (rows.customer > 0) & np.isin(rows.identifier, self.inside)
        customers = rows.customer[inside & np.isin(rows.identifier, ids)]
        return np.union1d(ids, rows.identifier[inside & np.isin(rows.customer, customers)])

    def some_identifiers(self, ids: Ints) -> IdentifierArrays | None:
        """The identifiers ``ids``; None where they were not read."""
        every = self.identifiers
        if not _within(ids, every.ids):
            return None
        place = np.searchsorted(every.ids, ids)
        return IdentifierArrays(
            ids, every.types[place], every.values.take(place), every.usable[place], every.type_names
        )

    def some_memberships(self, ids: Ints) -> Memberships | None:
        """Every membership of ``ids``; None where they were not read."""
        rows = self.memberships
        if not _within(ids, self.identifiers.ids):
            return None
        kept = np.isin(rows.identifier, ids)
        spans = rows.identifier[kept], rows.from_run[kept], rows.to_run[kept]
        return Memberships(*spans, rows.customer[kept], rows.status[kept], rows.reason.filter(kept))

    def edges_at(self, ids: Ints) -> EdgeArrays | None:
        """All edges that touch one of ``ids``; None where they were not read."""
        if not _within(ids, self.free):
            return None
        return self.edges.take(np.isin(self.edges.a, ids) | np.isin(self.edges.b, ids))

    def trait_counts(self, ids: Ints) -> dict[str, Ints] | None:
        """How many values of each trait each of ``ids`` bears; None where that was not read."""
        if not _within(ids, self.own):
            return None
        wanted = ids.tolist()
        return {name: ints([shown.get(one, 0) for one in wanted]) for name, shown in self.traits.items()}

    def visible_cuts(self, ids: Ints) -> list[Cut] | None:
        """The edges at ``ids`` that the current run cut; None where they were not read."""
        return [cut for cut, seen, _ in self._cuts(ids) if seen] if _within(ids, self.inside) else None

    def open_cuts(self, ids: Ints) -> list[Cut] | None:
        """The severed edges at ``ids`` that no run has ended; None where they were not read."""
        return [cut for cut, _, held in self._cuts(ids) if held] if _within(ids, self.inside) else None

    def says(self) -> Iterator[tuple[int, Says]]:
        """What those inside say of events in the run that readers see."""
        rows, every = self.memberships, self.identifiers
        now = np.flatnonzero(rows.seen_by(self.current))
        held = (rows.identifier[now].tolist(), rows.customer[now].tolist(), rows.status[now].tolist())
        said = {one: (customer, status) for one, customer, status in zip(*held, strict=True)}
        cut = {end for one, seen, _ in self.cuts if seen for end in one[:2]}
        kinds = every.types[np.searchsorted(every.ids, self.inside)].tolist()
        for one, kind in zip(self.inside.tolist(), kinds, strict=True):
            customer, status = said.get(one, (0, BLOCKED))
            yield one, Says(every.type_names[kind], customer, status, one in cut)

    def _cuts(self, ids: Ints) -> list[tuple[Cut, bool, bool]]:
        here = set(ids.tolist())
        return [one for one in self.cuts if one[0][0] in here or one[0][1] in here]


def near(work: Work) -> Near | None:
    """What was read ahead in this transaction, if anything was."""
    return None if work.ahead is None else work.ahead.get(Near)


def looked_around(work: Work, ids: Ints) -> Near | None:
    """What lies around ``ids``, in a joint transaction; None in any other, and where they are many."""
    if work.ahead is None or not 0 < len(ids) <= MOST:
        return None
    known = work.ahead.get(Near)
    if known is not None and _within(ids, known.own):
        return known
    head = head_of(work)
    return None if head is None else _held(work, head, work.rows(NEAR, ids=ids.tolist())[0], ids)


def put_and_look(work: Work, head: Head, writes: Sequence[Write], values: dict[str, Any], ids: Ints) -> None:
    """Do small ``writes`` and change single values; the same statement then looks around ``ids``, for who asks next."""
    found = work.then([*writes, Write(PUT, [values])], NEAR, ids=ids.tolist())
    head.meta.put(values)
    if work.ahead is not None and _held(work, head, found[0], ids) is not None:
        work.ahead.keep(Near)


def _held(work: Work, head: Head, row: tuple[Any, ...], ids: Ints) -> Near | None:
    """What was read around ``ids``, for this transaction to know; None where some of them were never given out."""
    own, inside, free, met, edges, memberships, traits, severed, current, names = row
    if work.ahead is None or len(own) < len(ids):  # then each question is asked by itself
        return None
    shown: dict[str, dict[int, int]] = {name: {} for name in names}
    for name, identifier, count in traits:
        shown[name][identifier] = count
    found = Near(
        np.sort(ints(own)),
        np.sort(ints(inside)),
        np.sort(ints(free)),
        whole.identifier_arrays(iter([_columns(met, 4)]), head.meta["types"]),
        whole.memberships(iter([_columns(memberships, 6)])),
        whole.edge_arrays(iter([_columns(edges, 6)])),
        shown,
        tuple(((a, b, rule, detail), bool(seen), held) for a, b, rule, detail, seen, held in severed),
        current,
    )
    work.ahead.standing.add(found.current, found.identifiers.type_names, found.says())
    return work.ahead.put(found)


def _columns(rows: Sequence[Sequence[Any]], width: int) -> tuple[Any, ...]:
    return tuple(zip(*rows, strict=True)) or ((),) * width


def _within(ids: Ints, known: Ints) -> bool:
    return bool(np.isin(ids, known).all())
