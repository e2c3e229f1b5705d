"""The tables of profiles that can be exported: everybody, known people, anonymous audiences, and every value told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork.service.columns import UTC_TEXT, id_sql
from knotwork_graph.policy import Policy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

SEEN = "{first} AS first_seen, {last} AS last_seen"
EVERYBODY = (
    "SELECT {id} AS customer_id, known, stage, identifiers, traits, events, {seen}, channels, counts, sums, purchases,"
    " {bought} AS last_purchase, recency_days, value, signals, consent, flags"
)
KNOWN = (
    "SELECT {id} AS customer_id, stage, identifiers AS contacts, traits, channels, events, {seen}, purchases,"
    " {bought} AS last_purchase, value, consent, flags"
)
ANONYMOUS = (
    "SELECT {id} AS customer_id, stage, identifiers AS devices, channels, events, {seen}, counts, signals, consent"
)
CLAIMS = """
SELECT {id} AS customer_id, c.trait, c.value, c.rank, c.rank = 1 AS survives, c.rule, c.source, {at} AS said_at,
    c.count AS events, c.vouched, e.message_id
FROM {ranked} AS c LEFT JOIN {events} AS e ON e.event_id = c.event ORDER BY c.customer, c.trait, c.rank
"""


def everybody(connection: DuckDBPyConnection, home: Home, policy: Policy) -> str:
    """A row for each customer, with all that a profile says."""
    return _table(EVERYBODY, "true", connection, home, policy)


def known(connection: DuckDBPyConnection, home: Home, policy: Policy) -> str:
    """Contact data and history of those who hold an identifier that names a person or an account."""
    return _table(KNOWN, "known", connection, home, policy)


def anonymous(connection: DuckDBPyConnection, home: Home, policy: Policy) -> str:
    """Devices and interests of those who hold none."""
    return _table(ANONYMOUS, "NOT known", connection, home, policy)


def claims(connection: DuckDBPyConnection, home: Home, policy: Policy) -> str:
    """Every value of every trait by every source, the one that survives first."""
    from knotwork_resolvers.profiles.events import events_of
    from knotwork_resolvers.profiles.observed import observed_in
    from knotwork_resolvers.profiles.surviving import ranked_in

    events = events_of(connection, home, policy)
    ranked = ranked_in(observed_in(events), policy.profiles)
    return CLAIMS.format(id=id_sql("c.customer"), at=UTC_TEXT.format("c.said_at"), ranked=ranked, events=events)


def _table(columns: str, which: str, connection: DuckDBPyConnection, home: Home, policy: Policy) -> str:
    from knotwork_resolvers.profiles.everybody import profiles_table
    from knotwork_resolvers.profiles.moment import moment_of

    rows = profiles_table(connection, home, policy, moment_of(home.store))
    first, last, bought = (UTC_TEXT.format(name) for name in ("first_seen", "last_seen", "last_purchase"))
    seen = SEEN.format(first=first, last=last)
    told = columns.format(id=id_sql("customer"), seen=seen, bought=bought)
    return f"{told} FROM {rows} WHERE {which} ORDER BY customer"
