"""The parts of the graph around some identifiers, as arrays: what resolving the touched clusters reads.

Every query starts from the identifiers at hand and takes an index; none grows with the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.model import EdgeArrays, Identifier, IdentifierArrays
from knotwork_graph.neo4j import whole
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.head import Pending, head_of, pending_of
from knotwork_graph.neo4j.near import looked_around, near
from knotwork_graph.neo4j.words import POINTER, STATUS_CODES, ints, seen
from knotwork_graph.neo4j.work import ROWS, Work, batches
from knotwork_graph.ports import OPEN, Memberships, Stood

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

MANY = 50_000
"""Beyond so many identifiers one pass over everything is the shorter way."""

# the far end of a pattern bears no label: a plan made while the graph was small would start there, and read everything
OWN = "UNWIND $ids AS id MATCH (i:Identifier {id: id}) USING INDEX i:Identifier(id)"
TYPES = "MATCH (k:Knotwork {name: 'graph'}) WITH collect(k.types)[0] AS types"
IDENTIFIERS = f"{TYPES} {OWN} {whole.IDENTIFIERS}, types"
EDGES = f"{OWN} MATCH (i)-[e:SEEN_WITH]-() WITH DISTINCT e {whole.EDGE_LISTS}"
EDGES_SEEN = f"MATCH ()-[e:SEEN_WITH]->() WHERE e.last_seen > $after AND e.last_seen <= $until {whole.EDGE_LISTS}"
MEMBERSHIPS = f"{whole.LAST} {OWN} MATCH (i)-[m:BELONGS_TO]->(c) WITH last, i, m, c {whole.MEMBERSHIPS}"
TOGETHER = f"""
{POINTER}
{OWN}
MATCH (i)-[m:BELONGS_TO]->(c) WHERE c.number > 0 AND {seen("m")}
WITH DISTINCT current, c
MATCH (c)<-[m:BELONGS_TO]-(j) WHERE {seen("m")}
RETURN collect(j.id)
"""
LIVING = f"""
{POINTER}
UNWIND $ids AS number
MATCH (c:Customer {{number: number}}) WHERE EXISTS {{ (c)<-[m:BELONGS_TO]-() WHERE {seen("m")} }}
RETURN collect(DISTINCT number)
"""
LIVING_IN = LIVING.replace(POINTER, "WITH $run AS current")
# told to take the index: how few rows a run has written, the planner does not know
BETWEEN = """
MATCH (i)-[m:BELONGS_TO]->() USING INDEX m:BELONGS_TO(from_run) WHERE $after < m.from_run <= $upto
RETURN collect(DISTINCT i.id)
"""
CHANGED = f"""
{whole.LAST}
CALL (last) {{
    MATCH (i)-[m:BELONGS_TO]->() USING INDEX m:BELONGS_TO(from_run) WHERE $run < m.from_run <= last RETURN i.id AS id
    UNION
    MATCH (a)-[s:SEVERED]->(b) USING INDEX s:SEVERED(from_run) WHERE $run < s.from_run <= last
    UNWIND [a.id, b.id] AS id RETURN id
    UNION
    MATCH (a)-[s:SEVERED]->(b) USING INDEX s:SEVERED(to_run) WHERE $run < s.to_run <= last
    UNWIND [a.id, b.id] AS id RETURN id
}}
WITH id ORDER BY id
RETURN collect(id)
"""
IDS = "UNWIND $keys AS key MATCH (i:Identifier {key: key}) RETURN i.key, i.id"
SEVERED = f"""
{POINTER}
{OWN}
MATCH (i)-[s:SEVERED]-() WHERE {seen("s")}
WITH DISTINCT s
RETURN startNode(s).id AS a, endNode(s).id AS b, s.rule, s.detail ORDER BY a, b
"""
EVERY_CUT = f"""
{POINTER}
MATCH ()-[s:SEVERED]->() WHERE {seen("s")}
RETURN startNode(s).id, endNode(s).id, s.rule, s.detail
"""
STOOD = f"""
{TYPES}, $run AS current
CALL (current) {{
    {OWN}
    OPTIONAL MATCH (i)-[m:BELONGS_TO]->(c) WHERE {seen("m")}
    RETURN collect([i.id, i.type, coalesce(c.number, 0), coalesce(m.status, 'blocked'),
        EXISTS {{ (i)-[s:SEVERED]-() WHERE {seen("s")} }}]) AS rows
}}
RETURN types, rows
"""
LARGEST = f"""
{POINTER}
MATCH (c:Customer)<-[m:BELONGS_TO]-() WHERE NOT c.number IN $but AND {seen("m")}
WITH c, count(*) AS held
RETURN coalesce(max(held), 0)
"""
SIZES = "MATCH (k:Knotwork {name: 'graph'}) RETURN k.next_id - 1, k.edges"
PENDING = """
MATCH (k:Knotwork {name: 'graph'})
RETURN CASE WHEN k.everything THEN NULL
    ELSE COLLECT { MATCH (i:Identifier) WHERE i.touched > k.settled
        RETURN [i.id, coalesce(i.calm = i.touched, false)] ORDER BY i.id } END
"""
TRAITS = f"""
{OWN}
MATCH (i)-[s:SHOWED]->(t)
WITH t.name AS trait, i.id AS id, count(*) AS shown
RETURN trait, collect(id), collect(shown)
"""


def around(work: Work, query: str, ids: Ints, **bound: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a query over ``$ids``, batch by batch."""
    for batch in batches(np.asarray(ids).tolist(), ROWS):
        yield from work.rows(query, ids=batch, **bound)


def identifiers_of(work: Work, ids: Ints) -> IdentifierArrays:
    """The identifiers with these ids, by id."""
    if (ahead := near(work)) is not None and (known := ahead.some_identifiers(ids)) is not None:
        return known
    names: list[str] = []

    def told() -> Iterator[tuple[Any, ...]]:
        for *columns, types in around(work, IDENTIFIERS, ids):
            names[:] = types
            yield tuple(columns)

    rows = list(told())
    return whole.identifier_arrays(iter(rows), names or work.rows(whole.UPPER)[0][1])


def edges_of_ids(work: Work, ids: Ints) -> EdgeArrays:
    """All edges that touch one of ``ids``, each once; ends are ids."""
    if (ahead := near(work)) is not None and (known := ahead.edges_at(ids)) is not None:
        return known
    return whole.edge_arrays(around(work, EDGES, ids))


def edges_last_seen(work: Work, after: int, until: int) -> EdgeArrays:
    """The edges last seen within the span; ends are ids."""
    return whole.edge_arrays(iter(work.rows(EDGES_SEEN, after=after, until=until)))


def memberships_of(work: Work, ids: Ints) -> Memberships:
    """Every membership of these identifiers."""
    if (ahead := near(work)) is not None and (known := ahead.some_memberships(ids)) is not None:
        return known
    return whole.memberships(around(work, MEMBERSHIPS, ids))


def together_with(work: Work, ids: Ints) -> Ints:
    """``ids``, and all who are in a customer with one of them."""
    if (ahead := looked_around(work, ids)) is not None and (known := ahead.together(ids)) is not None:
        return known
    others = (one for (held,) in around(work, TOGETHER, ids) for one in held)
    return np.unique(ints([*np.asarray(ids).tolist(), *others]))


def living(work: Work, customers: Ints) -> Ints:
    """Those of the customer numbers that hold an identifier."""
    return np.unique(ints([one for (held,) in around(work, LIVING, customers) for one in held]))


def living_in(work: Work, customers: Ints, run: int) -> Ints:
    """Those of the customer numbers that held an identifier in ``run``."""
    return np.unique(ints([one for (held,) in around(work, LIVING_IN, customers, run=run) for one in held]))


def memberships_between(work: Work, after: int, upto: int) -> Memberships:
    """What readers of the runs from ``after`` to ``upto`` see of the identifiers that changed on the way."""
    rows = memberships_of(work, ints(work.rows(BETWEEN, after=after, upto=upto)[0][0]))
    kept = (rows.from_run <= upto) & ((rows.to_run == OPEN) | (rows.to_run > after))
    spans = rows.identifier[kept], rows.from_run[kept], rows.to_run[kept]
    return Memberships(*spans, rows.customer[kept], rows.status[kept], rows.reason.filter(kept))


def changed_since(work: Work, run: int) -> Ints:
    """The identifiers that a later run gave another customer, status or severed edge."""
    return ints(work.rows(CHANGED, run=run)[0][0])


def ids_of(server: Server, identifiers: Sequence[Identifier]) -> dict[str, int]:
    """The ids of those identifiers that were ever seen, by key."""
    return dict(server.rows(IDS, keys=[one.key for one in identifiers]))


def severed_of(work: Work, ids: Ints) -> pa.Table:
    """The edges at ``ids`` that the current run cut, by both ends."""
    import pyarrow as pa

    ahead = near(work)
    known = None if ahead is None else ahead.visible_cuts(ids)
    rows = sorted(set(_cuts(work, ids) if known is None else known))
    a, b, rule, detail = list(zip(*rows, strict=True)) or [()] * 4
    numbers = {"a": pa.array(a, pa.int64()), "b": pa.array(b, pa.int64())}
    return pa.table(numbers | {"rule": pa.array(rule, pa.string()), "detail": pa.array(detail, pa.string())})


def _cuts(work: Work, ids: Ints) -> Iterator[tuple[Any, ...]]:
    """The severed edges at ``ids``; around many, all of them are read, for these are few at any size."""
    if len(ids) <= MANY:
        return around(work, SEVERED, ids)
    here = set(np.asarray(ids).tolist())
    return (row for row in work.rows(EVERY_CUT) if row[0] in here or row[1] in here)


def stood(work: Work, ids: Ints, run: int) -> Stood:
    """What the identifiers ``ids`` (ascending) said of events in ``run``."""
    rows: list[Any] = []
    names: list[str] = []
    for names, some in around(work, STOOD, ids, run=run):  # noqa: B007 - the names are the same in every batch
        rows += some
    code = {name: place for place, name in enumerate(names)}
    _, kinds, customers, statuses, cut = list(zip(*sorted(rows), strict=True)) or [()] * 5
    return Stood(
        np.array([code[one] for one in kinds], np.int32),
        ints(customers),
        np.array([STATUS_CODES[one] for one in statuses], np.int8),
        np.array(cut, np.bool_),
        tuple(names),
    )


def largest(work: Work, but: Ints) -> int:
    """How many identifiers the largest customer holds, those of ``but`` left out."""
    return int(work.rows(LARGEST, but=np.asarray(but).tolist())[0][0])


def sizes(work: Work) -> tuple[int, int]:
    """How many identifiers (their ids have no gaps), and how many edges."""
    if (head := head_of(work)) is not None:
        return head.meta["next_id"] - 1, head.meta["edges"]
    identifiers, edges = work.rows(SIZES)[0]
    return identifiers, edges


def pending(work: Work, *, ages: bool = True) -> Ints | None:
    """The identifiers that no run has looked at since they were touched, and has to; None for all."""
    found = _pending(work)
    return None if found is None else found.to_look_at(ages=ages)


def _pending(work: Work) -> Pending | None:
    if (head := head_of(work)) is not None:
        return head.pending
    found = work.rows(PENDING)[0][0]
    return None if found is None else pending_of(found)


def trait_counts(server: Server, ids: Ints) -> dict[str, Ints]:
    """For each trait, how many values each of ``ids`` (ascending) bears."""
    if len(ids) > MANY:
        return whole.counted_traits(server, [name for (name,) in server.rows(whole.TRAITS)], ids)
    return server.read(lambda work: _trait_counts(work, ids))


def _trait_counts(work: Work, ids: Ints) -> dict[str, Ints]:
    ahead = near(work)
    if ahead is not None and (known := ahead.trait_counts(ids)) is not None:
        return known
    return whole.trait_counts(around(work, TRAITS, ids), [name for (name,) in work.rows(whole.TRAITS)], ids)
