"""Attribution of paths that are given as such, with how often each was gone: no workspace, no events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses.attribution import Attribution
from knotwork_resolvers.analyses.credit import MODELS, AttributionAnswer
from knotwork_resolvers.analyses.crediting import credited
from knotwork_resolvers.analyses.log import EventLog
from knotwork_resolvers.analyses.population import population_in
from knotwork_resolvers.analyses.touches import Reading, count_touches

WAYS = """
CREATE OR REPLACE TEMP TABLE ways AS
SELECT path AS customer, path AS turn, conversions, nulls, amount, currency FROM given_paths
"""
STOPS = """
CREATE OR REPLACE TEMP TABLE stops AS
SELECT path AS turn, number AS place, 0 AS t, 0 AS ends, 0 AS newest, touch, false AS conversion,
    lag(touch) OVER way AS previous, lead(touch) OVER way AS next
FROM (SELECT path, generate_subscripts(steps, 1) AS number, unnest(steps) AS touch FROM given_paths)
WINDOW way AS (PARTITION BY path ORDER BY number)
"""


@dataclass(frozen=True, slots=True)
class GivenPath:
    """A path of touchpoints, how often it ended in a conversion, how often in nothing, and what it brought in all."""

    steps: tuple[str, ...]
    conversions: float = 0.0
    nulls: float = 0.0
    amount: float | None = None
    currency: str = ""

    def __post_init__(self) -> None:
        if min(self.conversions, self.nulls) < 0:
            raise UsageError("a path cannot be gone less than never; mend its conversions or nulls.")


def attribution_of(
    given: Iterable[GivenPath], asked: Attribution | None = None, *, scratch: Path = Path()
) -> AttributionAnswer:
    """The credits of given paths by the models of ``asked``; they have no times, so time decay is linear."""
    import pyarrow as pa

    chosen, rows = asked or Attribution(), list(given)
    log = EventLog(population_in(None), scratch)
    try:
        table = pa.table(
            {
                "path": pa.array(range(len(rows)), pa.int64()),
                "steps": pa.array([list(row.steps) for row in rows], pa.list_(pa.string())),
                "conversions": pa.array([row.conversions for row in rows], pa.float64()),
                "nulls": pa.array([row.nulls for row in rows], pa.float64()),
                "amount": pa.array([row.amount for row in rows], pa.float64()),
                "currency": pa.array([row.currency for row in rows], pa.string()),
            }
        )
        log.connection.register("given_paths", table)
        log.run(WAYS)
        log.run(STOPS)
        count_touches(log, Reading(None, chosen.half_life, chosen.collapse, chosen.direct))
        return credited(log, chosen.model or MODELS, collapse=chosen.collapse)
    finally:
        log.close()
