"""What sources said of customers: every value of every trait, by whom, how often and when. The ground of profiles.

A value is compared as a text: texts without blanks around them and in one Unicode form, whatever else as JSON has it.
An absent, empty or blank value says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy
from knotwork_resolvers.profiles.events import events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

# equal bodies are read once: most events of a source say of a customer what they said before
BODIES = """
SELECT customer, source, traits, count(*) AS count, min("timestamp") AS first_at, max("timestamp") AS last_at,
    min(place) AS first_place, max(place) AS last_place, arg_min(event_id, place) AS first_event,
    arg_max(event_id, place) AS last_event, count(*) FILTER (len(vouched) > 0) AS vouched
FROM {events} WHERE traits IS NOT NULL{until} GROUP BY customer, source, traits
"""
# every name of an object with its value; json_each would join the rows with themselves, which takes thrice the time
NAMED = """
SELECT * EXCLUDE ({column}), json_extract({column}, '/' || replace(replace(name, '~', '~0'), '/', '~1')) AS said
FROM (SELECT *, unnest(list_distinct(json_keys({column}))) AS name FROM ({rows}))
"""
# what is blank is left out before it is composed: a condition on what is composed would compose it twice
SAID = """
SELECT * EXCLUDE (trimmed), nfc_normalize(trimmed) AS value FROM (
    SELECT * EXCLUDE (name, said), name AS trait, trim(said->>'$') AS trimmed, starts_with(said::VARCHAR, '"') AS text
    FROM ({named})) WHERE trimmed <> ''
"""
OBSERVED = """(
SELECT customer, trait, value, source, bool_or(text) AS text, min(first_at) AS first_at, max(last_at) AS last_at,
    sum(count)::BIGINT AS count, sum(vouched)::BIGINT AS vouched, arg_min(first_event, first_place) AS first_event,
    arg_max(last_event, last_place) AS last_event
FROM ({said}) GROUP BY customer, trait, value, source)
"""


def observed_traits(
    connection: DuckDBPyConnection, home: Home, policy: Policy, customers: Sequence[int] | None = None
) -> str:
    """What stands after FROM: one row for each (customer, trait, value, source), in no order.

    Columns ``customer`` BIGINT, ``trait``, ``value`` and ``source`` VARCHAR, ``text`` BOOLEAN (whether JSON had it as a
    text; else ``value`` is its JSON), ``first_at`` and ``last_at`` TIMESTAMP, ``count`` BIGINT (events), ``vouched``
    BIGINT (those of them that their source vouches for), ``first_event`` and ``last_event`` BIGINT (by time, source
    and message id). Registers tables on the connection; O(events) in DuckDB, which spills. Raises ``UnknownRunError``.
    """
    return observed_in(events_of(connection, home, policy, customers))


def observed_in(events: str, until: int | None = None) -> str:
    """The same of ``events`` (see ``events_of``), those up to ``until`` (microseconds) where it is given."""
    late = "" if until is None else f' AND epoch_us("timestamp") <= {until}'
    bodies = BODIES.format(events=events, until=late)
    return OBSERVED.format(said=SAID.format(named=NAMED.format(column="traits", rows=bodies)))
