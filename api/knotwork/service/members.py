"""Members for a stream: put in order as narrow rows, and given ids and hashes part by part when they come out.

What is put in order is held, or written to the disk and read again; an id has fourteen letters and a hash thirty-two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork.service.columns import ids
from knotwork.service.exports import seen_members

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from knotwork.access.secret import Secret
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.home import Home

JOIN_HASH = """left(sha256(getvariable('outside') || unhex(sha256(
    getvariable('inside') || encode(type || ':' || value)))), 32)"""
"""``Secret.join_hash`` in the engine's words, which no other thread waits for."""


def in_order(connection: DuckDBPyConnection, home: Home, _: Policy) -> str:
    """The query for all identifiers with the numbers of their customers."""
    return (
        f"SELECT customer, type, value, status, nullif(reason, '') AS reason FROM {seen_members(connection, home)}"
        " ORDER BY customer = 0, customer, type, value"
    )


def give_pads(connection: DuckDBPyConnection, secret: Secret) -> None:
    """Let ``JOIN_HASH`` hash with this secret; as variables, since a query can be told in an error."""
    for name, pad in zip(("inside", "outside"), secret.join_pads(), strict=True):
        connection.execute(f"SET VARIABLE {name} = ?", [pad]).fetchall()


class Hashed:
    """Makes rows of ``in_order`` what is exported. One thread at a time."""

    def __init__(self, secret: Secret) -> None:
        import duckdb

        self._engine = duckdb.connect()
        give_pads(self._engine, secret)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The same rows with ids of customers, and a hash beside each value."""
        import pyarrow as pa

        self._engine.register("part", batch)
        hashes = self._engine.sql(f"SELECT {JOIN_HASH} AS hash FROM part").to_arrow_table()["hash"].combine_chunks()
        made = {"customer_id": ids(batch["customer"]), "type": batch["type"], "value": batch["value"], "hash": hashes}
        return pa.record_batch(made | {name: batch[name] for name in ("status", "reason")})
