"""Tables of what runs found: the severed edges and the changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from knotwork_graph.neo4j.whole import joined
from knotwork_graph.neo4j.words import CHANGE_CODES, POINTER, seen
from knotwork_graph.neo4j.work import Work

if TYPE_CHECKING:
    import pyarrow as pa

SPAN = 20_000
SEVERED = f"""
{POINTER}
MATCH (a:Identifier)-[s:SEVERED]->(b:Identifier) WHERE {seen("s")}
RETURN a.key, b.key, s.rule, s.detail ORDER BY a.id, b.id
"""
PUBLISHED = "MATCH (r:Run {state: 'published'}) RETURN r.number ORDER BY r.number"
CHANGES = """
MATCH (c:Change) WHERE c.run = $run AND c.place >= $after AND c.place < $after + $span
WITH c ORDER BY c.place
RETURN collect(c.run), collect(c.kind), collect(c.customer), collect(c.other), collect(c.identifiers), collect(c.cause)
"""


def severed_rows(work: Work) -> pa.Table:
    """All edges that the current run cut, as pairs of keys with rule and detail."""
    import pyarrow as pa

    found = list(zip(*work.rows(SEVERED), strict=True)) or [()] * 4
    names = ("a", "b", "rule", "detail")
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, found, strict=True)})


def change_rows(work: Work) -> pa.Table:
    """All changes of published runs, in the order in which they were found."""
    import pyarrow as pa

    run, kind, customer, other, identifiers, cause = joined(_changes(work), 6)
    numbers = {"run": run, "kind": [CHANGE_CODES[word] for word in kind], "customer": customer, "other": other}
    columns = {name: pa.array(column, pa.int64()) for name, column in (numbers | {"identifiers": identifiers}).items()}
    return pa.table(columns | {"cause": pa.array(cause, pa.string())})


def _changes(work: Work) -> Iterator[tuple[Any, ...]]:
    for (number,) in work.rows(PUBLISHED):
        after = 0
        while (found := work.rows(CHANGES, run=number, after=after, span=SPAN)[0])[0]:
            yield found
            after += SPAN
