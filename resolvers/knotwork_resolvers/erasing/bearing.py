"""Which events bear some identifiers, however these were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.facts import Segment, scan
from knotwork_graph.model import Identifier
from knotwork_graph.policy import Policy
from knotwork_resolvers.engine import engine
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.normalise import normalise_values

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

RAW = """
SELECT DISTINCT one.value AS value FROM (SELECT unnest(identifiers) AS one FROM {facts})
WHERE one.type = $type AND one.value IS NOT NULL
"""
BORNE = """
SELECT DISTINCT e.event_id FROM (SELECT event_id, unnest(identifiers) AS one FROM {facts}) AS e
JOIN wanted AS w ON w.type = e.one.type AND w.value = e.one.value
ORDER BY e.event_id
"""
BESIDE = """
SELECT count(DISTINCT e.event_id) AS events
FROM (SELECT event_id, unnest(identifiers) AS one FROM {facts} WHERE event_id IN (SELECT event_id FROM borne)) AS e
LEFT JOIN wanted AS w ON w.type = e.one.type AND w.value = e.one.value WHERE w.type IS NULL
"""


@dataclass(frozen=True, slots=True)
class Bearing:
    """The ids of the events, ascending; how many bear other identifiers too; the ``written`` forms of those asked."""

    events: Ints
    beside: int
    written: frozenset[str]


def bearing(segments: Sequence[Segment], identifiers: Sequence[Identifier], policy: Policy, scratch: Path) -> Bearing:
    """The events of ``segments`` that bear one of ``identifiers`` (normalised); reads the identifiers of all events."""
    facts = scan([segment.path for segment in segments])
    with engine(scratch) as connection:
        wanted = _written(connection, facts, identifiers, policy)
        connection.register("wanted", wanted)
        borne = connection.sql(BORNE.format(facts=facts)).to_arrow_table()
        connection.register("borne", borne)
        beside = connection.sql(BESIDE.format(facts=facts)).to_arrow_table()["events"][0].as_py()
    forms = {*wanted["value"].to_pylist(), *(one.value for one in identifiers)}
    return Bearing(np.asarray(borne["event_id"].to_numpy(), np.int64), beside, frozenset(forms))


def _written(connection: DuckDBPyConnection, facts: str, identifiers: Sequence[Identifier], policy: Policy) -> pa.Table:
    """Every form in which one of ``identifiers`` stands in the facts: ``type, value``."""
    found = [pa.table({"type": pa.array([], pa.string()), "value": pa.array([], pa.string())})]
    for kind in sorted({one.type for one in identifiers}):
        raw = connection.sql(RAW.format(facts=facts), params={"type": kind}).to_arrow_table()["value"].combine_chunks()
        normal = normalise_values(policy.rule(kind), raw).value.cast(pa.string())
        asked = pa.array([one.value for one in identifiers if one.type == kind], pa.string())
        values = raw.filter(pc.is_in(normal, value_set=asked)).cast(pa.string())
        found.append(pa.table({"type": pa.repeat(pa.scalar(kind), len(values)), "value": values}))
    return pa.concat_tables(found)
