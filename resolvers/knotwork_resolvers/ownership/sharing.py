"""Events of shared and contested identifiers: who was identified on them, and when."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from knotwork_graph.policy import SharedEvents
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.ownership.reasons import Reason
from knotwork_resolvers.sessions import SESSION_GAP

REASON_OF: dict[SharedEvents, Reason] = {
    "session": Reason.SESSION,
    "device_split": Reason.DEVICE_SPLIT,
    "last_identified": Reason.LAST_IDENTIFIED,
}

# On each identifier: the last one identified up to an event, else the first one after it.
AROUND = """
coalesce(
    last_value(customer IGNORE NULLS) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    first_value(customer IGNORE NULLS) OVER (w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING))
"""
LATEST = "last_value(customer IGNORE NULLS) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
RULES: dict[SharedEvents, tuple[str, str]] = {
    "session": (AROUND, "identifier, session"),
    "device_split": (AROUND, "identifier"),
    "last_identified": (LATEST, "identifier"),
}

QUERY = """
WITH touched AS (
    SELECT t.place, t.identifier, t.strength, nullif(t.customer, 0) AS customer,
        epoch_us(f."timestamp") AS moment, f.source, f.message_id
    FROM touching AS t JOIN {facts} AS f ON f.event_id = t.event),
gaps AS (
    SELECT *, coalesce(moment - lag(moment) OVER (
        PARTITION BY identifier ORDER BY moment, source, message_id) > {gap}, false) AS begins FROM touched),
sessions AS (
    SELECT *, sum(begins::INT) OVER (
        PARTITION BY identifier ORDER BY moment, source, message_id ROWS UNBOUNDED PRECEDING) AS session FROM gaps),
told AS (
    SELECT place, strength, {answer} AS answer, customer
    FROM sessions WINDOW w AS (PARTITION BY {parts} ORDER BY moment, source, message_id))
SELECT place, arg_min(answer, strength) FILTER (answer IS NOT NULL) AS answer
FROM told WHERE {asked} GROUP BY place ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """All sightings, a mask of the identifiers that are shared or contested, and each identifier's strength."""

    event: Ints
    identifier: Ints
    marked: Mask
    strength: Ints

    def any(self) -> bool:
        """Whether there is any such identifier."""
        return bool(self.marked.any())


@dataclass(frozen=True, slots=True)
class Settled:
    """The events (by place in the owners) that were settled, with their customers and reasons."""

    place: Ints
    customer: Ints
    reason: NDArray[np.int8]


def settle_doubtful(
    doubtful: Doubtful, events: Ints, customers: Ints, rule: SharedEvents, facts: str | pa.Table
) -> Settled:
    """Who owns the events on doubtful identifiers under ``rule``; one query, O(n log n) in those events.

    ``events`` (ascending) and ``customers`` are the owners that firm identifiers told. ``last_identified`` takes all
    events of the identifier; the other rules leave alone an event that says for itself whose it is.
    """
    rows = np.flatnonzero(doubtful.marked[doubtful.identifier])
    place = np.searchsorted(events, doubtful.event[rows])
    touching = pa.table(
        {
            "place": place,
            "event": doubtful.event[rows],
            "identifier": doubtful.identifier[rows],
            "strength": doubtful.strength[doubtful.identifier[rows]],
            "customer": customers[place],
        }
    )
    answers = _ask(touching, rule, facts)
    where = np.asarray(answers["place"].to_numpy(), np.int64)
    told = np.asarray(answers["answer"].fill_null(NOBODY).to_numpy(), np.int64)
    reason = np.where(told == NOBODY, Reason.NOT_IDENTIFIED, REASON_OF[rule]).astype(np.int8)
    return Settled(where, told, reason)


def _ask(touching: pa.Table, rule: SharedEvents, facts: str | pa.Table) -> pa.Table:
    answer, parts = RULES[rule]
    asked = "true" if rule == "last_identified" else "customer IS NULL"
    with duckdb.connect() as connection:
        connection.register("touching", touching)
        if not isinstance(facts, str):
            connection.register("told_facts", facts)
            facts = "told_facts"
        query = QUERY.format(facts=facts, gap=SESSION_GAP, answer=answer, parts=parts, asked=asked)
        return connection.sql(query).to_arrow_table()
