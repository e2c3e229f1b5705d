"""The queries that read each table of a whole graph, as a list for each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knotwork_graph.moving import COLUMNS, SINGLE, table_of
from knotwork_graph.neo4j.whole import WITHIN, joined
from knotwork_graph.neo4j.words import CHANGE_CODES, MICROS, STATUS_CODES

if TYPE_CHECKING:
    import pyarrow as pa

UNTIL = "CASE WHEN {row}.to_run <= $last THEN {row}.to_run ELSE 0 END"
SINGLES = "MATCH (k:Knotwork {name: 'graph'}) RETURN properties(k)"
PENDING = """
MATCH (k:Knotwork {name: 'graph'})
OPTIONAL MATCH (i:Identifier) WHERE i.touched > k.settled
WITH k.everything AS everything, i.id AS id ORDER BY id
WITH everything, collect(id) AS ids
RETURN CASE WHEN everything THEN [0] ELSE ids END
"""
TABLES = {
    "segments": "MATCH (s:Segment) WITH s ORDER BY s.number RETURN collect(s.number)",
    "identifiers": f"""
        MATCH (i:Identifier) WHERE {WITHIN}
        WITH i ORDER BY i.id
        RETURN collect(i.id), collect(i.type), collect(i.value), collect(i.status), collect(coalesce(i.reason, '')),
            collect(i.events), collect(i.first_seen), collect(i.last_seen)""",
    "edges": f"""
        MATCH (i:Identifier)-[e:SEEN_WITH]->(j) WHERE {WITHIN}
        WITH e, CASE WHEN i.id < j.id THEN [i.id, j.id] ELSE [j.id, i.id] END AS ends
        RETURN collect(ends[0]), collect(ends[1]), collect(e.count), collect(e.vouched), collect(e.first_seen),
            collect(e.last_seen), collect(e.sources)""",
    "traits": f"""
        MATCH (i:Identifier)-[s:SHOWED]->(t) WHERE {WITHIN}
        WITH i, s, t ORDER BY i.id, t.name, s.value
        RETURN collect(i.id), collect(t.name), collect(s.value)""",
    "memberships": f"""
        MATCH (i:Identifier)-[m:BELONGS_TO]->(c) WHERE {WITHIN} AND $last - m.from_run >= 0
        WITH i, m, c ORDER BY i.id, m.from_run
        RETURN collect(i.id), collect(m.from_run), collect({UNTIL.format(row="m")}), collect(c.number),
            collect(m.status), collect(coalesce(m.reason, ''))""",
    "severed": f"""
        MATCH (a:Identifier)-[s:SEVERED]->(b:Identifier) WHERE $last - s.from_run >= 0
        WITH a, s, b ORDER BY a.id, b.id, s.from_run
        RETURN collect(a.id), collect(b.id), collect(s.from_run), collect({UNTIL.format(row="s")}), collect(s.rule),
            collect(s.detail)""",
    "redirects": f"""
        MATCH (c:Customer)-[r:REDIRECTS_TO]->(h) WHERE $last - r.from_run >= 0
        WITH c.number AS customer, r.from_run AS start, {UNTIL.format(row="r")} AS until, h.number AS heir, r.place AS n
        ORDER BY customer, start, n
        WITH customer, start, until, [one IN collect(heir) WHERE one > 0 | toString(one)] AS heirs
        WITH customer, start, until, reduce(all = '', one IN heirs | trim(all + ' ' + one)) AS heirs
        ORDER BY customer, start
        RETURN collect(customer), collect(start), collect(until), collect(heirs)""",
    "changes": """
        MATCH (c:Change) WHERE c.run <= $last
        WITH c ORDER BY c.run, c.place
        RETURN collect(c.run), collect(c.kind), collect(c.customer), collect(c.other), collect(c.identifiers),
            collect(c.cause)""",
    "runs": f"""
        MATCH (r:Run)
        WITH r ORDER BY r.number
        RETURN collect(r.number), collect(r.state), collect({MICROS.format(at="r.as_of")}),
            collect({MICROS.format(at="r.started")}), collect(coalesce({MICROS.format(at="r.finished")}, 0)),
            collect(r.policy), collect(r.counts), collect(r.how), collect(r.base)""",
    "publications": f"""
        MATCH (p:Publication)
        WITH p ORDER BY p.turn
        RETURN collect({MICROS.format(at="p.at")}), collect(p.run)""",
    "decisions": f"""
        MATCH (d:Decision)
        WITH d ORDER BY d.number
        RETURN collect(d.number), collect(d.kind), collect(d.a), collect(d.b), collect(d.by),
            collect({MICROS.format(at="d.at")}), collect(d.reason), collect(d.comment), collect(d.undoes),
            collect(coalesce(d.code, '')), collect(coalesce(d.bundle, 0)), collect(coalesce(d.approved_by, ''))""",
    "pending": PENDING,
}
CODES = {"status": STATUS_CODES, "kind": CHANGE_CODES}


def told(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    """Lists of one of the tables as that table, with codes for the graph's words."""
    columns = joined(iter(rows), len(COLUMNS[name]))
    coded = [
        [CODES[column][word] for word in values] if column in CODES and name != "decisions" else values
        for column, values in zip(COLUMNS[name], columns, strict=True)
    ]
    return table_of(name, coded)


def single(name: str, values: dict[str, Any]) -> pa.Table:
    """The single values of the graph as the table ``meta``, ``types`` or ``sources``."""
    if name == "meta":
        return table_of(name, (SINGLE, [str(values[one]) for one in SINGLE]))
    return table_of(name, [values[name]])
