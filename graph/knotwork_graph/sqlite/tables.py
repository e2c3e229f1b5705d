"""The queries that read whole tables, for runs and exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.ports import Memberships, Projected

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

PROJECTED = """
SELECT r.value AS reading, CAST(u.value AS INTEGER) AS upto, s.number AS number
FROM meta AS r JOIN meta AS u ON r.name = 'reading' AND u.name = 'upto' LEFT JOIN segments AS s
ORDER BY s.number DESC
"""
EVERYTHING = 0
"""Stands in ``pending`` for every identifier there is."""

TRAIT_COUNTS = "SELECT identifier, count(*) AS n FROM traits WHERE trait = ? GROUP BY identifier"
MEMBERSHIPS = """
SELECT identifier, from_run, coalesce(to_run, 0) AS to_run, customer, status, coalesce(reason, '') AS reason
FROM memberships ORDER BY identifier, from_run
"""
MEMBERS = """
SELECT coalesce(m.customer, 0) AS customer, t.name AS type, i.value AS value,
    CASE coalesce(m.status, i.status)
        WHEN 0 THEN 'linking' WHEN 1 THEN 'blocked' WHEN 2 THEN 'invalid' ELSE 'shared' END AS status,
    coalesce(m.reason, i.reason, '') AS reason
FROM identifiers AS i JOIN types AS t ON t.code = i.type
LEFT JOIN memberships AS m
    ON m.identifier = i.id AND m.from_run <= ?1 AND (m.to_run IS NULL OR m.to_run > ?1)
WHERE i.events > 0 OR m.customer > 0
"""
SEVERED = """
SELECT ta.name || ':' || ia.value AS a, tb.name || ':' || ib.value AS b, s.rule AS rule, s.detail AS detail
FROM severed AS s
JOIN identifiers AS ia ON ia.id = s.a JOIN types AS ta ON ta.code = ia.type
JOIN identifiers AS ib ON ib.id = s.b JOIN types AS tb ON tb.code = ib.type
WHERE s.from_run <= ?1 AND (s.to_run IS NULL OR s.to_run > ?1)
"""
CHANGES = """
SELECT c.run AS run, c.kind AS kind, c.customer AS customer, c.other AS other, c.identifiers AS identifiers,
    c.cause AS cause
FROM changes AS c JOIN runs AS r ON r.number = c.run WHERE r.state = 'published'
"""


def numbers(rows: pa.Table, name: str) -> Ints:
    """A column of whole numbers as an array."""
    import numpy as np

    return np.asarray(rows[name].to_numpy(), np.int64)


def texts(rows: pa.Table, name: str) -> pa.LargeStringArray:
    """A column of texts in one piece."""
    import pyarrow as pa

    return rows[name].cast(pa.large_string()).combine_chunks()


def projected(rows: Sequence[tuple[str, int, int | None]]) -> Projected:
    """Rows with the columns of ``PROJECTED`` as the value."""
    reading, upto, _ = rows[0]
    return Projected(reading, frozenset(number for *_, number in rows if number is not None), upto)


def membership_arrays(rows: pa.Table) -> Memberships:
    """Rows with the columns of ``MEMBERSHIPS`` as arrays."""
    import numpy as np

    whole = {name: numbers(rows, name) for name in ("identifier", "from_run", "to_run", "customer")}
    return Memberships(**whole, status=numbers(rows, "status").astype(np.int8), reason=texts(rows, "reason"))


def listed(ids: Ints) -> str:
    """Numbers as one value that a statement can take apart."""
    return str(ids.tolist())  # of whole numbers this is JSON, and made faster
