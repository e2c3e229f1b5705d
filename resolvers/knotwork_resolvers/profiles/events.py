"""The events that profiles are made of: of everybody, or of some customers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

FEW = 200
"""So many customers are read one by one, through Arrow; for more the query engine reads whole columns."""

_numbers = count(1)


def events_of(
    connection: DuckDBPyConnection, home: Home, policy: Policy, customers: Sequence[int] | None = None
) -> str:
    """What stands after FROM: the events of these customers, or of all, as a generation has them, and ``place``.

    ``place`` orders the events of one customer by (timestamp, source, message_id); nobody's events are left out.
    Registers tables on the connection. Raises ``UnknownRunError`` where nothing is resolved yet.
    """
    from knotwork_resolvers.generation.population import everybody

    if customers is not None and len(customers) <= FEW:
        return _of_few(connection, home, policy, sorted(set(customers)))
    rows = everybody(connection, home, policy)
    if customers is None:
        return f"(SELECT * FROM {rows} WHERE customer > 0)"
    import pyarrow as pa

    wanted = f"wanted_{next(_numbers)}"
    connection.register(wanted, pa.table({"customer": pa.array(customers, pa.int64())}))
    return f"(SELECT * FROM {rows} WHERE customer > 0 AND customer IN (SELECT customer FROM {wanted}))"


def _of_few(connection: DuckDBPyConnection, home: Home, policy: Policy, customers: Sequence[int]) -> str:
    import numpy as np
    import pyarrow as pa

    from knotwork_graph.since import COLUMNS, arrow_schema
    from knotwork_resolvers.generation.customer_events import CustomerEvents

    reader = CustomerEvents(home, policy)
    schema = arrow_schema()
    pieces = [reader.rows(one).select(list(COLUMNS)).cast(schema) for one in customers if one > 0]
    rows = pa.concat_tables([schema.empty_table(), *pieces])
    name = f"events_of_{next(_numbers)}"
    connection.register(name, rows.append_column("place", pa.array(np.arange(len(rows)))))
    return f'"{name}"'
