"""Single look-ups for people and pages: each takes an index, and sees the run that the pointer names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from knotwork_graph.model import EdgeView, IdentifierView, Run, RunState, Status, from_micros
from knotwork_graph.ports import GraphCounts
from knotwork_graph.sqlite.connection import Lookup
from knotwork_graph.sqlite.projecting import OTHER_SOURCES
from knotwork_graph.sqlite.schema import VISIBLE

STATUSES = (Status.LINKING, Status.BLOCKED, Status.INVALID, Status.SHARED)

SHOWN = """
SELECT t.name, i.value, coalesce(m.status, i.status), coalesce(m.reason, i.reason, ''), i.events, i.first_seen,
    i.last_seen, coalesce(m.customer, 0)
"""
IDENTIFIER = f"""
{SHOWN}
FROM identifiers AS i JOIN types AS t ON t.code = i.type
LEFT JOIN memberships AS m
    ON m.identifier = i.id AND m.from_run <= :run AND (m.to_run IS NULL OR m.to_run > :run)
"""
FIND = IDENTIFIER + "WHERE i.type = (SELECT code FROM types WHERE name = :type) AND i.value = :value"
# in this order of loops, whatever the planner thinks: any other begins with all identifiers
MEMBERS = f"""
{SHOWN}
FROM json_each(:customers) AS wanted
CROSS JOIN memberships AS m
    ON m.customer = wanted.value AND m.from_run <= :run AND (m.to_run IS NULL OR m.to_run > :run)
CROSS JOIN identifiers AS i ON i.id = m.identifier
CROSS JOIN types AS t ON t.code = i.type
ORDER BY t.name, i.value
"""
CUSTOMERS = f"""
SELECT DISTINCT customer FROM memberships WHERE customer > :after AND {VISIBLE} ORDER BY customer LIMIT :first
"""
EDGES = f"""
WITH own AS (SELECT identifier FROM memberships WHERE customer = :customer AND {VISIBLE}),
touching AS (
    SELECT e.* FROM own JOIN edges AS e ON e.a = own.identifier
    UNION SELECT e.* FROM own JOIN edges AS e ON e.b = own.identifier)
SELECT ta.name || ':' || ia.value, tb.name || ':' || ib.value, e.count, e.vouched, e.first_seen, e.last_seen, e.sources,
    coalesce(s.rule, ''), coalesce(s.detail, '')
FROM touching AS e
JOIN identifiers AS ia ON ia.id = e.a JOIN types AS ta ON ta.code = ia.type
JOIN identifiers AS ib ON ib.id = e.b JOIN types AS tb ON tb.code = ib.type
LEFT JOIN severed AS s ON s.a = e.a AND s.b = e.b AND s.from_run <= :run AND (s.to_run IS NULL OR s.to_run > :run)
"""
CUSTOMERS_BEFORE = f"""
SELECT DISTINCT customer FROM memberships WHERE customer > 0 AND customer < :before AND {VISIBLE}
ORDER BY customer DESC LIMIT :last
"""
HEIRS = f"SELECT heirs FROM redirects WHERE customer = :customer AND {VISIBLE}"
COUNTS = (
    "SELECT t.name, count(*) FROM identifiers AS i JOIN types AS t ON t.code = i.type WHERE i.events > 0 GROUP BY 1"
)
ONE_RUN = "SELECT number, state, as_of, started, coalesce(finished, 0), counts, how, base FROM runs"
RUN = f"{ONE_RUN} WHERE number = :run"
RUNS = f"{ONE_RUN} ORDER BY number DESC"


def run(lookup: Lookup, number: int) -> Run | None:
    """One run, or None where there is none of this number."""
    row = lookup.one(RUN, {"run": number})
    return None if row is None else run_of(row)


def find(lookup: Lookup, kind: str, value: str, run: int) -> tuple[IdentifierView, int] | None:
    """One identifier and the number of its customer (0 for none), or None where it was never seen."""
    row = lookup.one(FIND, {"type": kind, "value": value, "run": run})
    return None if row is None else (_identifier(row), int(row[7]))


def members(lookup: Lookup, customers: Sequence[int], run: int) -> dict[int, tuple[IdentifierView, ...]]:
    """The identifiers of each customer, by (type, value)."""
    found: dict[int, list[IdentifierView]] = {}
    wanted = [int(number) for number in dict.fromkeys(customers)]
    for row in lookup.rows(MEMBERS, {"customers": str(wanted), "run": run}) if wanted else ():
        found.setdefault(row[7], []).append(_identifier(row))
    return {customer: tuple(held) for customer, held in found.items()}


def edges(lookup: Lookup, customer: int, run: int) -> tuple[EdgeView, ...]:
    """The edges that touch a customer's identifiers, by their keys."""
    names = source_names(lookup)
    rows = lookup.rows(EDGES, {"customer": customer, "run": run})
    return tuple(sorted((_edge(row, names) for row in rows), key=lambda edge: (edge.a, edge.b)))


def customers(lookup: Lookup, after: int, first: int, run: int) -> tuple[int, ...]:
    """The next customer numbers above ``after``."""
    return tuple(int(row[0]) for row in lookup.rows(CUSTOMERS, {"after": after, "first": first, "run": run}))


def customers_before(lookup: Lookup, before: int, last: int, run: int) -> tuple[int, ...]:
    """The customer numbers just below ``before``, ascending."""
    found = lookup.rows(CUSTOMERS_BEFORE, {"before": before, "last": last, "run": run})
    return tuple(int(row[0]) for row in reversed(found))


def heirs(lookup: Lookup, customer: int, run: int) -> tuple[int, ...] | None:
    """The heirs of a retired customer, or None where no redirect stands."""
    row = lookup.one(HEIRS, {"customer": customer, "run": run})
    return None if row is None else tuple(int(number) for number in row[0].split())


def counts(lookup: Lookup) -> GraphCounts:
    """Identifiers by type, and edges; reads whole indexes."""
    by_type = {str(name): int(count) for name, count in lookup.rows(COUNTS)}
    return GraphCounts(by_type, int(lookup.rows("SELECT count(*) FROM edges")[0][0]))


def sources(lookup: Lookup) -> tuple[str, ...]:
    """The names of all sources, sorted."""
    return tuple(name for (name,) in lookup.rows("SELECT name FROM sources ORDER BY name"))


def runs(lookup: Lookup) -> tuple[Run, ...]:
    """All runs, newest first."""
    return tuple(run_of(row) for row in lookup.rows(RUNS))


def run_of(row: Sequence[Any]) -> Run:
    """A row with the columns of ``ONE_RUN`` as the value."""
    number, state, as_of, started, finished, counted, how, base = row
    return Run(
        number=number,
        state=RunState(state),
        as_of=from_micros(as_of),
        started=from_micros(started),
        finished=from_micros(finished) if finished else None,
        counts=json.loads(counted),
        how=how,
        base=base,
    )


def _identifier(row: tuple[Any, ...]) -> IdentifierView:
    kind, value, status, reason, events, first, last = row[:7]
    return IdentifierView(kind, value, STATUSES[status], reason, events, from_micros(first), from_micros(last))


def _edge(row: tuple[Any, ...], names: dict[int, str]) -> EdgeView:
    a, b, count, vouched, first, last, mask, rule, detail = row
    a, b = min(a, b), max(a, b)
    return EdgeView(
        a=a,
        b=b,
        count=count,
        vouched=vouched,
        first_seen=from_micros(first),
        last_seen=from_micros(last),
        sources=sources_of(mask, names),
        kind="severed" if rule else "linking",
        detail=f"{rule}: {detail}" if detail else rule,
    )


def source_names(lookup: Lookup) -> dict[int, str]:
    """The name behind each source code, by code."""
    return dict(lookup.rows("SELECT code, name FROM sources ORDER BY code"))


def sources_of(mask: int, names: dict[int, str]) -> tuple[str, ...]:
    """The sources that an edge's mask stands for, by code; those beyond the mask are ``others``."""
    named = tuple(name for code, name in names.items() if code < OTHER_SOURCES and mask >> code & 1)
    return (*named, "others") if mask >> OTHER_SOURCES & 1 else named
