"""The profiles of everybody as tables: one row a customer, JSON where a cell holds several things.

Made in DuckDB from the same queries that define a single profile; each part is found once and kept in a temporary
table. O(n log n) in events and claims; spills.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy
from knotwork_resolvers.generation.population import everybody
from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES
from knotwork_resolvers.profiles.consent import HOLDERS, consents_in, register_holders
from knotwork_resolvers.profiles.figures_sql import counts_in, lifecycles_in, sums_in
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.moment import Moment
from knotwork_resolvers.profiles.observed import observed_in
from knotwork_resolvers.profiles.quality import flags_in
from knotwork_resolvers.profiles.signals import signals_in
from knotwork_resolvers.profiles.surviving import ranked_in

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

ANONYMOUS = ", ".join(map(text, sorted(ANONYMOUS_TYPES)))
# lists are sorted after they are gathered: an aggregate that keeps an order takes twice the time
OBJECT = "'{{' || array_to_string(list_sort(list(to_json({key}) || ':' || {value})), ',') || '}}'"
LISTED = "'[' || array_to_string(list_sort(list({value})), ',') || ']'"
VALUE = "CASE WHEN text THEN to_json(value)::VARCHAR ELSE value END"

PARTS = {
    "whom": f"SELECT customer, bool_or(type NOT IN ({ANONYMOUS})) AS known, "
    + OBJECT.format(key="type", value="of_type")
    + " AS identifiers FROM (SELECT customer, type, to_json(list_sort(list(value)))::VARCHAR AS of_type"
    + f" FROM {HOLDERS} GROUP BY customer, type) GROUP BY customer",
    "traits": f"SELECT customer, {OBJECT.format(key='trait', value=VALUE)} AS traits FROM ranked WHERE rank = 1"
    " GROUP BY customer",
    "deeds": f"SELECT customer, {OBJECT.format(key='event', value='events')} AS counts FROM ("
    "SELECT customer, event, sum(events)::BIGINT AS events FROM counts WHERE event <> '' GROUP BY customer, event)"
    " GROUP BY customer",
    "ways": "SELECT customer, list_sort(list(DISTINCT channel)) AS channels FROM counts WHERE channel <> ''"
    " GROUP BY customer",
    "money": "SELECT customer, "
    + LISTED.format(
        value="to_json({'event': event, 'currency': currency, 'events': events, 'amount': amount})::VARCHAR"
    )
    + " AS sums FROM sums GROUP BY customer",
    "bought": "SELECT customer, sum(events)::BIGINT AS frequency, max(last_at) AS last_purchase FROM counts"
    " WHERE event IN ({purchases}) GROUP BY customer",
    "spent": f"SELECT customer, {OBJECT.format(key='currency', value='amount')} AS value FROM ("
    "SELECT customer, currency, sum(amount) AS amount FROM sums WHERE event IN ({purchases})"
    " GROUP BY customer, currency) GROUP BY customer",
    "lit": f"SELECT customer, {OBJECT.format(key='signal', value='value')} AS signals FROM signals GROUP BY customer",
    "agreed": f"SELECT customer, {OBJECT.format(key='purpose', value='allowed')} AS consent FROM consents"
    " GROUP BY customer",
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
JSON = ("identifiers", "traits", "counts", "sums", "value", "signals", "consent")
JOINED = ("traits", "deeds", "ways", "money", "bought", "spent", "lit", "agreed", "odd")
DAY = "86400000000.0"


def profiles_table(connection: DuckDBPyConnection, home: Home, policy: Policy, moment: Moment) -> str:
    """What stands after FROM: everybody's profile, a row each.

    ``customer, known, stage, events, first_seen, last_seen, channels, identifiers, traits, counts, sums, value,
    signals, consent, purchases, last_purchase, recency_days, flags``; those from ``identifiers`` to ``consent`` are
    JSON. Makes temporary tables on the connection. Raises ``UnknownRunError``.
    """
    make_parts(connection, home, policy, moment)
    purchases = ", ".join(map(text, policy.profiles.purchases)) or "NULL"
    for name, query in PARTS.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query.replace('{purchases}', purchases)}")
    columns = ", ".join(f"coalesce({name}, '{'[]' if name == 'sums' else '{}'}')::JSON AS {name}" for name in JSON)
    joins = " ".join(f"LEFT JOIN {name} USING (customer)" for name in JOINED)
    return PROFILES.format(json=columns, joins=joins, now=moment.now, day=DAY)


def make_parts(connection: DuckDBPyConnection, home: Home, policy: Policy, moment: Moment) -> None:
    """Make temporary tables: ranked claims, stages, counts, sums, signals, consents and flags."""
    rules, every = policy.profiles, everybody(connection, home, policy)
    events = f"(SELECT * FROM {every} WHERE customer > 0)"
    register_holders(connection, home.store)
    queries = {
        "ranked": ranked_in(observed_in(events, moment.until), rules),
        "stages": lifecycles_in(events, rules, moment),
        "counts": counts_in(events, moment),
        "sums": sums_in(events, rules, moment),
        "signals": signals_in(events, rules, moment),
        "consents": consents_in(every, moment),
    }
    for name, query in queries.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {query}")
    types = [kind for (kind,) in connection.execute(f"SELECT DISTINCT type FROM {HOLDERS} ORDER BY 1").fetchall()]
    flags = flags_in({name: name for name in queries}, policy, moment, types)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE flags AS SELECT * FROM {flags}")
