"""The profiles of everybody as tables: one row a customer, JSON where a cell holds several things.

Made in DuckDB from the same queries that define a single profile; each part is found once and kept in a temporary
table. O(n log n) in events and claims; spills.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy
from knotwork_resolvers.generation.population import everybody
from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES
from knotwork_resolvers.profiles.agreed import CONTESTED, SURVIVING, surviving_of_all
from knotwork_resolvers.profiles.consent import HOLDERS, consents_in, register_holders
from knotwork_resolvers.profiles.figures_sql import counts_in, lifecycles_in, sums_in
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.moment import Moment
from knotwork_resolvers.profiles.objects import ADDED, Part, figure, make, make_lists, make_objects
from knotwork_resolvers.profiles.quality import flags_in
from knotwork_resolvers.profiles.signals import signals_in

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

ANONYMOUS = ", ".join(map(text, sorted(ANONYMOUS_TYPES)))
VALUE = "CASE WHEN text THEN to_json(value)::VARCHAR ELSE value END"
# most hold one or two identifiers of a type, and a list is dear
HELD = f"""
WITH held AS MATERIALIZED (
    SELECT customer, type, count(*) AS count, min(value) AS low, max(value) AS high FROM {HOLDERS}
    GROUP BY customer, type)
SELECT customer, type, concat('[', to_json(low), CASE count WHEN 2 THEN ',' || to_json(high) END, ']') AS held
FROM held WHERE count <= 2
UNION ALL SELECT customer, type, to_json(list_sort(list(value)))::VARCHAR
FROM {HOLDERS} SEMI JOIN (SELECT customer, type FROM held WHERE count > 2) USING (customer, type)
GROUP BY customer, type
"""
OBJECTS = (
    Part("identifiers", "FROM held", "type", "held"),
    Part("traits", f"FROM {SURVIVING}", "trait", VALUE),
    Part(
        "counts",
        "SELECT customer, event, sum(events)::BIGINT AS events FROM counts WHERE event <> '' GROUP BY customer, event",
        "event",
        "events",
        ADDED,
        "SELECT customer, event, events FROM counts WHERE event <> ''",
    ),
    Part(
        "sums",
        "SELECT customer, to_json({'event': event, 'currency': currency})::VARCHAR AS what,"
        """ concat('"events":', events, ',"amount":', to_json(amount), '}') AS told FROM sums""",
        "what",
        "told",
        begins=figure,
        longhand="left({key}, length({key}) - 1) || ',' || {value}",
        within=("[", "]"),
    ),
    Part(
        "value",
        "SELECT customer, currency, sum(amount) AS amount FROM sums WHERE event IN ({purchases})"
        " GROUP BY customer, currency",
        "currency",
        "amount",
    ),
    Part("signals", "FROM signals", "signal", "value"),
    Part("consent", "FROM consents", "purpose", "allowed"),
)
TABLES = {
    "whom": f"SELECT customer, bool_or(type NOT IN ({ANONYMOUS})) AS known FROM {HOLDERS} GROUP BY customer",
    "held": HELD,
    "bought": "SELECT customer, sum(events)::BIGINT AS frequency, max(last_at) AS last_purchase FROM counts"
    " WHERE event IN ({purchases}) GROUP BY customer",
    "odd": "SELECT customer, list_sort(list(CASE about WHEN '' THEN name ELSE concat(name, ':', about) END)) AS flags"
    " FROM flags GROUP BY customer",
}
PROFILES = """(
SELECT customer, coalesce(known, false) AS known, coalesce(stage, '') AS stage, coalesce(e.events, 0) AS events,
    first_seen, last_seen, coalesce(channels, []) AS channels, {json}, coalesce(frequency, 0) AS purchases,
    last_purchase, greatest({now} - epoch_us(last_purchase), 0) / {day} AS recency_days,
    coalesce(flags, []) AS flags
FROM whom FULL JOIN stages AS e USING (customer) {joins})
"""
DAY = "86400000000.0"


def profiles_table(connection: DuckDBPyConnection, home: Home, policy: Policy, moment: Moment) -> str:
    """What stands after FROM: everybody's profile, a row each.

    ``customer, known, stage, events, first_seen, last_seen, channels, identifiers, traits, counts, sums, value,
    signals, consent, purchases, last_purchase, recency_days, flags``; those from ``identifiers`` to ``consent`` are
    JSON. Makes temporary tables on the connection. Raises ``UnknownRunError``.
    """
    make_parts(connection, home, policy, moment)
    purchases = ", ".join(map(text, policy.profiles.purchases)) or "NULL"
    for name, query in TABLES.items():
        make(connection, name, query.replace("{purchases}", purchases))
    for part in OBJECTS:
        make_objects(connection, part._replace(rows=part.rows.replace("{purchases}", purchases)))
    make_lists(connection, "channels", "SELECT customer, channel FROM counts WHERE channel <> ''", "channel")
    columns = [f"coalesce({one.name}, {text(''.join(one.within))})::JSON AS {one.name}" for one in OBJECTS]
    joined = ("bought", "odd", "of_channels", *(f"of_{one.name}" for one in OBJECTS))
    joins = " ".join(f"LEFT JOIN {name} USING (customer)" for name in joined)
    return PROFILES.format(json=", ".join(columns), joins=joins, now=moment.now, day=DAY)


def make_parts(connection: DuckDBPyConnection, home: Home, policy: Policy, moment: Moment) -> None:
    """Make temporary tables: what survives of traits, stages, counts, sums, signals, consents and flags."""
    rules, every = policy.profiles, everybody(connection, home, policy)
    events = f"(SELECT * FROM {every} WHERE customer > 0)"
    register_holders(connection, home.store)
    surviving_of_all(connection, events, rules, moment)
    queries = {
        "stages": lifecycles_in(events, rules, moment),
        "counts": counts_in(events, moment),
        "sums": sums_in(events, rules, moment),
        "signals": signals_in(events, rules, moment),
        "consents": consents_in(every, moment),
    }
    for name, query in queries.items():
        make(connection, name, f"SELECT * FROM {query}")
    types = [kind for (kind,) in connection.execute(f"SELECT DISTINCT type FROM {HOLDERS} ORDER BY 1").fetchall()]
    tables = {name: name for name in queries} | {"claims": CONTESTED}
    flags = flags_in(tables, policy, moment, types)
    make(connection, "flags", f"SELECT * FROM {flags}")
