"""What was known then: publications, and every membership, change and redirect that a customer ever had."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from knotwork_graph.model import Identifier
from knotwork_graph.ports import Memberships, PastChange, Publications, Redirected
from knotwork_graph.sqlite.connection import Lookup

RUN_AT = "SELECT run FROM publications WHERE at <= :moment ORDER BY at DESC, seq DESC LIMIT 1"
PUBLICATIONS = "SELECT at, run FROM publications ORDER BY seq"
ROWS = """
SELECT m.identifier, m.from_run, coalesce(m.to_run, 0), m.customer, m.status, coalesce(m.reason, '')
FROM memberships AS m WHERE m.identifier IN ({which}) ORDER BY m.identifier, m.from_run
"""
OF_IDENTIFIER = ROWS.format(
    which="SELECT id FROM identifiers WHERE type = (SELECT code FROM types WHERE name = :type) AND value = :value"
)
OF_CUSTOMER = ROWS.format(which="SELECT identifier FROM memberships WHERE customer = :customer")
KEYS = """
SELECT i.id, t.name || ':' || i.value FROM json_each(:ids) AS one
JOIN identifiers AS i ON i.id = one.value JOIN types AS t ON t.code = i.type
"""
CHANGES = """
SELECT c.run, c.kind, c.customer, c.other, c.identifiers, c.cause
FROM (SELECT value ->> 0 AS run, value ->> 1 AS customer FROM json_each(:pairs)) AS one
CROSS JOIN changes AS c ON c.run = one.run AND c.customer = one.customer
ORDER BY c.run, c.kind, c.customer, c.other
"""
REDIRECTS = "SELECT from_run, coalesce(to_run, 0), heirs FROM redirects WHERE customer = :customer ORDER BY from_run"


def run_at(lookup: Lookup, moment: int) -> int:
    """The run that readers saw at a moment, 0 for none."""
    row = lookup.one(RUN_AT, {"moment": moment})
    return 0 if row is None else int(row[0])


def publications(lookup: Lookup) -> Publications:
    """Every move of the pointer, in order."""
    import numpy as np

    rows = lookup.rows(PUBLICATIONS)
    return Publications(*(np.array([row[place] for row in rows], np.int64) for place in (0, 1)))


def history(lookup: Lookup, identifier: Identifier) -> Memberships:
    """Every membership of one identifier, by run."""
    return _memberships(lookup.rows(OF_IDENTIFIER, {"type": identifier.type, "value": identifier.value}))


def held(lookup: Lookup, customer: int) -> Memberships:
    """Every membership of all identifiers that a customer ever held."""
    return _memberships(lookup.rows(OF_CUSTOMER, {"customer": customer}))


def keys_of(lookup: Lookup, ids: Iterable[int]) -> dict[int, str]:
    """The keys of some identifiers."""
    return dict(lookup.rows(KEYS, {"ids": json.dumps([int(one) for one in ids])}))


def changes_of(lookup: Lookup, pairs: Sequence[tuple[int, int]]) -> tuple[PastChange, ...]:
    """The changes of some customers in some runs."""
    rows = lookup.rows(CHANGES, {"pairs": json.dumps([(int(run), int(customer)) for run, customer in set(pairs)])})
    return tuple(PastChange(*row) for row in rows)


def redirects_of(lookup: Lookup, customer: int) -> tuple[Redirected, ...]:
    """Where a customer's id ever led."""
    rows = lookup.rows(REDIRECTS, {"customer": customer})
    return tuple(Redirected(start, end, tuple(map(int, heirs.split()))) for start, end, heirs in rows)


def _memberships(rows: Sequence[tuple[Any, ...]]) -> Memberships:
    import numpy as np
    import pyarrow as pa

    identifier, start, end, customer, status = np.array([row[:5] for row in rows], np.int64).reshape(-1, 5).T
    reasons = pa.array([row[5] for row in rows], pa.large_string())
    return Memberships(identifier, start, end, customer, status.astype(np.int8), reasons)
