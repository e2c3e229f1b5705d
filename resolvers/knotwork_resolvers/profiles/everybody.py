"""The profiles of everybody as tables: one row a customer, JSON where a cell holds several things.

Made in DuckDB from the same queries that define a single profile; each part is found once and kept in a temporary
table. O(n log n) in events and claims; spills.
"""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, NamedTuple

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
# an aggregate that keeps an order takes four times as long as a column for each of a handful of names
MOST_COLUMNS = 64
COLUMN = "max(CASE WHEN {key} = {name} THEN {said} || {value} END)"
OBJECT = "'{{' || array_to_string(list_sort(list(to_json({key}) || ':' || {value})), ',') || '}}'"
LISTED = "'[' || array_to_string(list_sort(list({value})), ',') || ']'"
VALUE = "CASE WHEN text THEN to_json(value)::VARCHAR ELSE value END"
SUM = "to_json({'event': event, 'currency': currency, 'events': events, 'amount': amount})::VARCHAR"


class Part(NamedTuple):
    """One JSON object a customer: a name and a value from each row of ``rows``, one row a name.

    ``column`` gives one name with its value. Where there are few names it is asked for each of them, of ``many``, if
    that is given, which may have several rows a name.
    """

    name: str
    rows: str
    key: str
    value: str
    column: str = COLUMN
    many: str = ""


OBJECTS = (
    Part(
        "identifiers",
        "SELECT customer, type, to_json(list_sort(list(value)))::VARCHAR AS held"
        f" FROM {HOLDERS} GROUP BY customer, type",
        "type",
        "held",
    ),
    Part("traits", "SELECT * FROM ranked WHERE rank = 1", "trait", VALUE),
    Part(
        "counts",
        "SELECT customer, event, sum(events)::BIGINT AS events FROM counts WHERE event <> '' GROUP BY customer, event",
        "event",
        "events",
        "{said} || sum(CASE WHEN {key} = {name} THEN {value} END)::BIGINT",
        "SELECT customer, event, events FROM counts WHERE event <> ''",
    ),
    Part(
        "value",
        "SELECT customer, currency, sum(amount) AS amount FROM sums WHERE event IN ({purchases})"
        " GROUP BY customer, currency",
        "currency",
        "amount",
    ),
    Part("signals", "SELECT * FROM signals", "signal", "value"),
    Part("consent", "SELECT * FROM consents", "purpose", "allowed"),
)
TABLES = {
    "whom": f"SELECT customer, bool_or(type NOT IN ({ANONYMOUS})) AS known FROM {HOLDERS} GROUP BY customer",
    "ways": "SELECT customer, list_sort(list(DISTINCT channel)) AS channels FROM counts WHERE channel <> ''"
    " GROUP BY customer",
    "of_sums": f"SELECT customer, {LISTED.format(value=SUM)} AS sums FROM sums GROUP BY customer",
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
        _make(connection, name, query.replace("{purchases}", purchases))
    for part in OBJECTS:
        _make_objects(connection, part._replace(rows=part.rows.replace("{purchases}", purchases)))
    columns = [f"coalesce({part.name}, '{{}}')::JSON AS {part.name}" for part in OBJECTS]
    joined = (*(name for name in TABLES if name != "whom"), *(f"of_{part.name}" for part in OBJECTS))
    joins = " ".join(f"LEFT JOIN {name} USING (customer)" for name in joined)
    json = ", ".join([*columns, "coalesce(sums, '[]')::JSON AS sums"])
    return PROFILES.format(json=json, joins=joins, now=moment.now, day=DAY)


def _make_objects(connection: DuckDBPyConnection, part: Part) -> None:
    """Make the temporary table ``of_`` and the part's name, with a JSON object for each customer."""
    rows = part.many or part.rows
    found = connection.execute(f"SELECT DISTINCT {part.key} FROM ({rows}) LIMIT {MOST_COLUMNS + 1}").fetchall()
    names = sorted(name for (name,) in found)
    told, of = OBJECT.format(key=part.key, value=part.value), part.rows
    if 0 < len(names) <= MOST_COLUMNS:
        columns = ", ".join(
            part.column.format(
                key=part.key, name=text(name), said=text(f"{dumps(name, ensure_ascii=False)}:"), value=part.value
            )
            for name in names
        )
        told, of = f"'{{' || concat_ws(',', {columns}) || '}}'", rows
    _make(connection, f"of_{part.name}", f"SELECT customer, {told} AS {part.name} FROM ({of}) GROUP BY customer")


def _make(connection: DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}").fetchall()


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
        _make(connection, name, f"SELECT * FROM {query}")
    types = [kind for (kind,) in connection.execute(f"SELECT DISTINCT type FROM {HOLDERS} ORDER BY 1").fetchall()]
    flags = flags_in({name: name for name in queries}, policy, moment, types)
    _make(connection, "flags", f"SELECT * FROM {flags}")
