"""Events of shared and contested identifiers: who was identified on them, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from knotwork_graph.policy import SharedEvents
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.ownership.reasons import Reason
from knotwork_resolvers.sessions import SESSION_GAP

FEW = 500
"""So few events on doubtful identifiers are settled without a query engine, which takes a while to wake up."""

FACT = ("event_id", "timestamp", "source", "message_id")
GAP = timedelta(microseconds=SESSION_GAP)

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
    if not isinstance(facts, str) and len(touching) <= FEW:
        return _asked_few(touching, rule, facts)
    answers = _ask(touching, rule, facts)
    where = np.asarray(answers["place"].to_numpy(), np.int64)
    return _settled(where, np.asarray(answers["answer"].fill_null(NOBODY).to_numpy(), np.int64), rule)


def _settled(where: Ints, told: Ints, rule: SharedEvents) -> Settled:
    reason = np.where(told == NOBODY, Reason.NOT_IDENTIFIED, REASON_OF[rule]).astype(np.int8)
    return Settled(where, told, reason)


def _asked_few(touching: pa.Table, rule: SharedEvents, facts: pa.Table) -> Settled:
    """What ``_ask`` says, without a query engine: plain Python over at most some hundred events."""
    told = {event: key for event, *key in zip(*(facts[name].to_pylist() for name in FACT), strict=True)}
    seen: dict[int, list[Touch]] = {}
    for row in touching.to_pylist():
        touch = Touch(tuple(told[row["event"]]), row["place"], row["strength"], row["customer"])
        seen.setdefault(row["identifier"], []).append(touch)
    claims: dict[int, list[tuple[int, int]]] = {}
    for touches in seen.values():
        for group in _groups(sorted(touches, key=lambda one: one.key), rule):
            for touch, answer in zip(group, _answers(group, rule), strict=True):
                if rule == "last_identified" or touch.customer == NOBODY:
                    claims.setdefault(touch.place, []).extend([(touch.strength, answer)] if answer != NOBODY else [])
    where = sorted(claims)
    owner = [min(claims[place])[1] if claims[place] else NOBODY for place in where]
    return _settled(np.array(where, np.int64), np.array(owner, np.int64), rule)


@dataclass(frozen=True, slots=True)
class Touch:
    """One event on a doubtful identifier: its order (moment first), its place, and who it says it is of."""

    key: tuple[Any, ...]
    place: int
    strength: int
    customer: int


def _groups(touches: list[Touch], rule: SharedEvents) -> list[list[Touch]]:
    """The events of one identifier, in their order: all together, or session by session."""
    groups: list[list[Touch]] = []
    for touch in touches:
        together = groups and (rule != "session" or touch.key[0] - groups[-1][-1].key[0] <= GAP)
        if together:
            groups[-1].append(touch)
        else:
            groups.append([touch])
    return groups


def _answers(group: list[Touch], rule: SharedEvents) -> list[int]:
    """Who was identified: the last one up to each event, else the first one after; or the latest of all."""
    known = [touch.customer for touch in group if touch.customer != NOBODY]
    if not known:
        return [NOBODY] * len(group)
    if rule == "last_identified":
        return [known[-1]] * len(group)
    answers, last = [], known[0]
    for touch in group:
        last = touch.customer if touch.customer != NOBODY else last
        answers.append(last)
    return answers


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
