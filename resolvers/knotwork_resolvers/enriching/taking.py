"""Rows of a source, read and judged as loading does, into a table that is gone afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_graph.policy import Policy
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.loading import Mapping

TRIED = "tried_events"
NAMES = "tried_names"
OWNED = "tried_owners"
TABLE = f"""
CREATE TEMP TABLE {TRIED} (key UBIGINT, source VARCHAR, message_id VARCHAR, "timestamp" TIMESTAMP,
    identifiers STRUCT(type VARCHAR, value VARCHAR)[], vouched VARCHAR[], traits VARCHAR)
"""
COLUMNS = 'key, source, message_id, "timestamp", identifiers, vouched, traits'
TAKE = f"INSERT INTO {TRIED} SELECT {COLUMNS} FROM taken"
# the same row in two files is one row
ONCE = f"""
CREATE OR REPLACE TEMP TABLE {TRIED} AS SELECT *, row_number() OVER (ORDER BY "timestamp", source, message_id) AS row
FROM (SELECT DISTINCT ON (key) * FROM {TRIED})
"""
DISTINCT = f"SELECT DISTINCT one.type AS type, one.value AS value FROM (SELECT unnest(identifiers) AS one FROM {TRIED})"
OWNERS = f"""
CREATE TEMP TABLE {OWNED} AS
SELECT row, count(DISTINCT customer) AS customers, min(customer) AS customer FROM (
    SELECT DISTINCT t.row, m.customer FROM (SELECT row, unnest(identifiers) AS one FROM {TRIED}) AS t
    JOIN {NAMES} AS n ON n.type = t.one.type AND n.raw = t.one.value AND n.status = 0
    JOIN members AS m ON m.type = n.type AND m.value = n.value AND m.customer > 0 AND m.status = 'linking')
GROUP BY row
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows: how many would be accepted, were loaded before, or are refused and why.

    ``unusable`` counts distinct values by type that link nothing: blocked or invalid ones.
    """

    accepted: int
    duplicate: int
    reasons: Counter[str]
    unusable: dict[str, int]


def take(
    connection: DuckDBPyConnection, home: Home, policy: Policy, paths: Sequence[Path], mapping: Mapping | None
) -> Taken:
    """Fill the tables ``TRIED`` (rows that would be accepted) and ``OWNED`` (whose they are); writes nothing else.

    Raises ``InputError`` or ``MappingError``. O(bytes), in bounded memory.
    """
    duplicate, reasons = _read(connection, home, paths, mapping)
    received = _count(connection)
    connection.execute(ONCE)
    unusable = _name(connection, policy)
    connection.register("members", home.store.member_rows())
    connection.execute(OWNERS)
    accepted = _count(connection)
    return Taken(accepted, duplicate + received - accepted, reasons, unusable)


def _read(
    connection: DuckDBPyConnection, home: Home, paths: Sequence[Path], mapping: Mapping | None
) -> tuple[int, Counter[str]]:
    """Fill ``TRIED``; how many rows were loaded before, and why others are refused."""
    import duckdb

    from knotwork_resolvers.loading.check import Checker
    from knotwork_resolvers.loading.inputs import inputs
    from knotwork_resolvers.loading.judge import Judge

    found, duplicate, reasons = inputs(paths, mapping), 0, Counter[str]()
    connection.execute(TABLE)
    with duckdb.connect() as other:
        check, judge = Checker(other), Judge(other, home.facts)
        for checked in (check(block) for one in found for block in one.blocks()):
            verdict = judge(checked)
            reasons.update(one.reason for one in (*checked.refused, *verdict.refused))
            duplicate += verdict.duplicate
            connection.register("taken", verdict.events)
            connection.execute(TAKE)
            connection.unregister("taken")
    return duplicate, reasons


def _name(connection: DuckDBPyConnection, policy: Policy) -> dict[str, int]:
    """Fill ``NAMES``: each raw identifier with its normal value and status; how many of each type link nothing."""
    import pyarrow as pa

    from knotwork_resolvers.normalise import normalise_values

    raw = connection.sql(DISTINCT).to_arrow_table()
    pieces, unusable = [], {}
    for kind in sorted(set(raw["type"].to_pylist())):
        values = raw.filter(pa.compute.equal(raw["type"], kind))["value"].combine_chunks()
        normal = normalise_values(policy.rule(kind), values)
        types = pa.array([kind] * len(values), pa.string())
        normals = normal.value.cast(pa.string())
        pieces.append(pa.table({"type": types, "raw": values, "value": normals, "status": normal.status}))
        if (count := int((normal.status != 0).sum())) > 0:
            unusable[kind] = count
    empty = pa.table(
        {name: pa.array([], pa.string()) for name in ("type", "raw", "value")} | {"status": pa.array([], pa.int8())}
    )
    connection.register("named", pa.concat_tables([empty, *pieces]))
    connection.execute(f"CREATE TEMP TABLE {NAMES} AS SELECT * FROM named")
    return unusable


def _count(connection: DuckDBPyConnection) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {TRIED}").fetchall()[0][0])
