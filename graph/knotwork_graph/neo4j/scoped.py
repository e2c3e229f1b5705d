"""The parts of the graph around some identifiers, as arrays: what resolving the touched clusters reads.

Every query starts from the identifiers at hand and takes an index; none grows with the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.model import EdgeArrays, Identifier, IdentifierArrays
from knotwork_graph.neo4j import whole
from knotwork_graph.neo4j.connection import ROWS, Server, Work, batches
from knotwork_graph.neo4j.words import POINTER, ints, seen
from knotwork_graph.ports import OPEN, Memberships

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

MANY = 50_000
"""Beyond so many identifiers one pass over everything is the shorter way."""

# the far end of a pattern bears no label: a plan made while the graph was small would start there, and read everything
OWN = "UNWIND $ids AS id MATCH (i:Identifier {id: id}) USING INDEX i:Identifier(id)"
IDENTIFIERS = f"{OWN} {whole.IDENTIFIERS}"
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
BETWEEN = "MATCH (i:Identifier)-[m:BELONGS_TO]->() WHERE $after < m.from_run <= $upto RETURN collect(DISTINCT i.id)"
CHANGED = f"""
{whole.LAST}
CALL (last) {{
    MATCH (i:Identifier)-[m:BELONGS_TO]->() WHERE $run < m.from_run <= last RETURN i.id AS id
    UNION MATCH (a)-[s:SEVERED]->(b) WHERE $run < s.from_run <= last UNWIND [a.id, b.id] AS id RETURN id
    UNION MATCH (a)-[s:SEVERED]->(b) WHERE $run < s.to_run <= last UNWIND [a.id, b.id] AS id RETURN id
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
LARGEST = f"""
{POINTER}
MATCH (c:Customer)<-[m:BELONGS_TO]-() WHERE NOT c.number IN $but AND {seen("m")}
WITH c, count(*) AS held
RETURN coalesce(max(held), 0)
"""
SIZES = "MATCH (k:Knotwork {name: 'graph'}) RETURN k.next_id - 1, k.edges"
SETTLED = "MATCH (k:Knotwork {name: 'graph'}) RETURN k.everything, k.settled"
PENDING = "MATCH (i:Identifier) WHERE i.touched > $settled RETURN i.id ORDER BY i.id"
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
    return whole.identifier_arrays(around(work, IDENTIFIERS, ids), work.rows(whole.UPPER)[0][1])


def edges_of_ids(work: Work, ids: Ints) -> EdgeArrays:
    """All edges that touch one of ``ids``, each once; ends are ids."""
    return whole.edge_arrays(around(work, EDGES, ids))


def edges_last_seen(work: Work, after: int, until: int) -> EdgeArrays:
    """The edges last seen within the span; ends are ids."""
    return whole.edge_arrays(iter(work.rows(EDGES_SEEN, after=after, until=until)))


def memberships_of(work: Work, ids: Ints) -> Memberships:
    """Every membership of these identifiers."""
    return whole.memberships(around(work, MEMBERSHIPS, ids))


def together_with(work: Work, ids: Ints) -> Ints:
    """``ids``, and all who are in a customer with one of them."""
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

    rows = sorted(set(around(work, SEVERED, ids)))
    a, b, rule, detail = list(zip(*rows, strict=True)) or [()] * 4
    numbers = {"a": pa.array(a, pa.int64()), "b": pa.array(b, pa.int64())}
    return pa.table(numbers | {"rule": pa.array(rule, pa.string()), "detail": pa.array(detail, pa.string())})


def largest(work: Work, but: Ints) -> int:
    """How many identifiers the largest customer holds, those of ``but`` left out."""
    return int(work.rows(LARGEST, but=np.asarray(but).tolist())[0][0])


def sizes(server: Server) -> tuple[int, int]:
    """How many identifiers (their ids have no gaps), and how many edges."""
    identifiers, edges = server.rows(SIZES)[0]
    return identifiers, edges


def pending(work: Work) -> Ints | None:
    """The identifiers that no run has looked at since they were touched; None for all."""
    everything, settled = work.rows(SETTLED)[0]
    return None if everything else ints([one for (one,) in work.rows(PENDING, settled=settled)])


def trait_counts(work: Work, ids: Ints) -> dict[str, Ints]:
    """For each trait, how many values each of ``ids`` (ascending) bears."""
    rows = around(work, TRAITS, ids) if len(ids) <= MANY else whole.spans(work, whole.SPAN_TRAITS)
    return whole.trait_counts(rows, [name for (name,) in work.rows(whole.TRAITS)], ids)
