"""Stitching figures: how much of what happened has a known customer, before stitching and after.

An event is known *before* stitching when it bears itself an identifier that names a person (not a browser or a
machine); *after*, when its customer holds one. A session is anonymous when none of its events was known before.
"""

from __future__ import annotations

from dataclasses import dataclass

from knotwork_resolvers.analyses.cell import Cell, named
from knotwork_resolvers.analyses.log import EventLog, text
from knotwork_resolvers.analyses.names import why_empty
from knotwork_resolvers.analyses.options import one_of
from knotwork_resolvers.analyses.table import Form, Table
from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES
from knotwork_resolvers.sessions import SESSION_GAP

ANONYMOUS = "(" + ", ".join(map(text, sorted(ANONYMOUS_TYPES))) + ")"
MEMBERS = f"""
CREATE OR REPLACE TEMP TABLE held AS SELECT customer, count(*) AS identifiers, bool_or(type NOT IN {ANONYMOUS}) AS known
FROM members WHERE customer > 0 AND status = 'linking' GROUP BY customer
"""
NO_MEMBERS = (
    "CREATE OR REPLACE TEMP TABLE held AS SELECT 0::BIGINT AS customer, 0 AS identifiers, false AS known WHERE false"
)
EVENTS = f"""
CREATE OR REPLACE TEMP TABLE stitched AS
SELECT e.customer, e.place, epoch_us(e."timestamp") AS t, coalesce(h.known, false) AS after,
    e.customer > 0 AND len(list_filter(e.identifiers, lambda one: one.type NOT IN {ANONYMOUS})) > 0 AS before
FROM anybody AS e LEFT JOIN held AS h ON h.customer = e.customer
"""
SESSIONS = f"""
CREATE OR REPLACE TEMP TABLE stitched_sessions AS
SELECT customer, session, NOT bool_or(before) AS anonymous, bool_or(after) AS known FROM (
    SELECT *, count(CASE WHEN pause > {SESSION_GAP} THEN 1 END) OVER (PARTITION BY customer ORDER BY place
        ROWS UNBOUNDED PRECEDING) AS session
    FROM (SELECT *, t - lag(t) OVER (PARTITION BY customer ORDER BY place) AS pause FROM stitched WHERE customer > 0))
GROUP BY customer, session
"""
OF_EVENTS = """
SELECT count(*), count(*) FILTER (customer = 0), count(*) FILTER (before), count(*) FILTER (before OR after)
FROM stitched
"""
OF_SESSIONS = (
    "SELECT count(*), count(*) FILTER (anonymous), count(*) FILTER (anonymous AND known) FROM stitched_sessions"
)
OF_CUSTOMERS = """
SELECT count(*), count(*) FILTER (coalesce(known, false)), avg(coalesce(identifiers, 0))
FROM (SELECT DISTINCT customer FROM stitched WHERE customer > 0) LEFT JOIN held USING (customer)
"""
PEOPLE = {
    "events": "SELECT DISTINCT customer FROM stitched WHERE customer > 0",
    "known before": "SELECT DISTINCT customer FROM stitched WHERE before",
    "known after": "SELECT DISTINCT customer FROM stitched WHERE before OR after",
    "gained": "SELECT DISTINCT customer FROM stitched WHERE after AND NOT before",
    "sessions": "SELECT DISTINCT customer FROM stitched_sessions",
    "anonymous sessions": "SELECT DISTINCT customer FROM stitched_sessions WHERE anonymous",
    "recovered sessions": "SELECT DISTINCT customer FROM stitched_sessions WHERE anonymous AND known",
    "customers": "SELECT DISTINCT customer FROM stitched WHERE customer > 0",
    "known customers": "SELECT DISTINCT customer FROM stitched JOIN held USING (customer) WHERE known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stitching:
    """What stitching brought."""


@dataclass(frozen=True, slots=True)
class StitchingAnswer:
    """``nobody`` counts events without a customer. ``lift`` is (after - before) / before, None where before is 0.

    ``recovered`` are the anonymous sessions whose customer is known now; ``identifiers`` the average of a customer.
    """

    events: int
    nobody: int
    known_before: int
    known_after: int
    sessions: int
    anonymous: int
    recovered: int
    customers: int
    known_customers: int
    identifiers: float | None
    notes: tuple[str, ...] = ()

    @property
    def lift(self) -> float | None:
        """How much larger the part of known events became."""
        return (self.known_after - self.known_before) / self.known_before if self.known_before else None

    def tables(self) -> tuple[Table, ...]:
        """Counts with the share they are of what they are part of, and the averages."""
        rows = (
            ("events", self.events, 1.0 if self.events else 0.0),
            ("nobody's", self.nobody, _share(self.nobody, self.events)),
            ("known before", self.known_before, _share(self.known_before, self.events)),
            ("known after", self.known_after, _share(self.known_after, self.events)),
            ("gained", self.known_after - self.known_before, self.lift),
            ("sessions", self.sessions, 1.0 if self.sessions else 0.0),
            ("anonymous sessions", self.anonymous, _share(self.anonymous, self.sessions)),
            ("recovered sessions", self.recovered, _share(self.recovered, self.anonymous)),
            ("customers", self.customers, 1.0 if self.customers else 0.0),
            ("known customers", self.known_customers, _share(self.known_customers, self.customers)),
        )
        averages = (("identifiers of a customer", self.identifiers),)
        return (
            Table("stitching", (("figure", Form.KEY), ("count", Form.COUNT), ("share", Form.SHARE)), rows),
            Table("averages", (("figure", Form.KEY), ("value", Form.NUMBER)), averages),
        )


def stitching(log: EventLog, _: Stitching) -> StitchingAnswer:
    """The figures of what the log looks at, nobody's events among everybody's; O(n log n) in DuckDB."""
    _gather(log)
    events, sessions, customers = log.row(OF_EVENTS), log.row(OF_SESSIONS), log.row(OF_CUSTOMERS)
    return StitchingAnswer(*(*events, *sessions, *customers, () if events[0] else why_empty(log)))


def stitching_people(log: EventLog, _: Stitching, cell: Cell) -> str:
    """A query for the customers behind a figure; nobody stands behind nobody's events."""
    (figure,) = named(cell, "figure")
    one_of("figure", figure, tuple(PEOPLE))
    _gather(log)
    return PEOPLE[figure]


def _gather(log: EventLog) -> None:
    """Make the tables ``held``, ``stitched`` and ``stitched_sessions``."""
    if log.population.members is None:
        log.run(NO_MEMBERS)
    else:
        log.connection.register("members", log.population.members())
        log.run(MEMBERS)
        log.connection.unregister("members")
    log.run(EVENTS)
    log.run(SESSIONS)


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0
