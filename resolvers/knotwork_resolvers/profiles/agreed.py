"""What survives of everybody's traits: of most customers all say one value of a trait, and no rule need choose.

One pass keeps the least and the greatest value of each; only where these differ are claims made and ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.policy import ProfileRules
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.moment import Moment, until_sql
from knotwork_resolvers.profiles.observed import BODIES, OBSERVED, SAID, observed_in
from knotwork_resolvers.profiles.surviving import ranked_in

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOLD, CONTESTED, SURVIVING = "told_traits", "contested_traits", "surviving_traits"
MOST_NAMES = 64
"""Of more names every claim is ranked: a column for each would be more work than it spares."""

NAMES = (
    "SELECT DISTINCT unnest(json_keys(traits)) FROM {events} WHERE traits IS NOT NULL{until} ORDER BY 1 LIMIT {most}"
)
BOUNDS = """
SELECT customer, one.trait AS trait, one.low AS said, one.low <> one.high AS contested FROM (
    SELECT customer, unnest([{listed}]) AS one FROM (
        SELECT customer, {bounds} FROM (
            SELECT customer, source, json_extract(traits, {pointers})::VARCHAR[] AS said
            FROM {events} WHERE traits IS NOT NULL{until})
        GROUP BY customer))
WHERE one.low IS NOT NULL
"""
# what is absent or empty says nothing; what is blank otherwise is found out with the claims
VALUE = "CASE WHEN {may}said[{place}] NOT IN ('null', '\"\"') THEN said[{place}] END"
DIFFERING = f"SELECT customer, trait FROM {TOLD} WHERE contested"
CLAIMING = f"(SELECT * FROM {{events}} WHERE customer IN (SELECT customer FROM ({DIFFERING})))"
NAMED = f"""
SELECT * EXCLUDE (traits) FROM (
    SELECT *, unnest({{names}}) AS name, unnest(json_extract(traits, {{pointers}})) AS said FROM ({{rows}}))
WHERE (customer, name) IN ({DIFFERING})
"""
UNITED = f"""
SELECT customer, trait, nfc_normalize(trimmed) AS value, text FROM (
    SELECT customer, trait, trim(said->>'$') AS trimmed, starts_with(said, '"') AS text
    FROM {TOLD} WHERE NOT contested) WHERE trimmed <> ''
UNION ALL SELECT customer, trait, value, text FROM {CONTESTED} WHERE rank = 1
"""


def surviving_of_all(connection: DuckDBPyConnection, events: str, rules: ProfileRules, moment: Moment) -> None:
    """Make the temporary table ``surviving_traits``: ``customer, trait, value, text``, as ``surviving`` chooses them.

    And ``contested_traits``, with ``rank`` besides: the claims on traits of which a customer's events say different
    things. O(n) in events, O(n log n) in those claims.
    """
    until = until_sql(moment)
    asked = connection.execute(NAMES.format(events=events, until=until, most=MOST_NAMES + 1)).fetchall()
    names = [name for (name,) in asked]
    few = len(names) <= MOST_NAMES
    told = _told(events, names, rules, until) if few and names else BOUNDS_OF_NONE
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {TOLD} AS {told}").fetchall()
    claims = _claims(events, names, until) if few and names else observed_in(events, moment.until)
    ranked = f"SELECT customer, trait, value, text, rank FROM {ranked_in(claims, rules)}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {CONTESTED} AS {ranked}").fetchall()
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {SURVIVING} AS {UNITED}").fetchall()


BOUNDS_OF_NONE = "SELECT 0::BIGINT AS customer, '' AS trait, '' AS said, true AS contested WHERE false"


def _told(events: str, names: Sequence[str], rules: ProfileRules, until: str) -> str:
    """The least and the greatest value of each trait of each customer, as JSON has them."""
    never = {name: [text(source) for source, one in rules.sources.items() if name in one.never] for name in names}
    may = [f"source NOT IN ({', '.join(never[name])}) AND " if never[name] else "" for name in names]
    values = [VALUE.format(may=one, place=place) for place, one in enumerate(may, 1)]
    bounds = ", ".join(f"min({value}) AS l{place}, max({value}) AS h{place}" for place, value in enumerate(values))
    listed = ", ".join(
        f"{{'trait': {text(name)}, 'low': l{place}, 'high': h{place}}}" for place, name in enumerate(names)
    )
    return BOUNDS.format(listed=listed, bounds=bounds, pointers=_pointers(names), events=events, until=until)


def _claims(events: str, names: Sequence[str], until: str) -> str:
    """The claims on traits of which different things are said."""
    listed = f"[{', '.join(map(text, names))}]"
    bodies = BODIES.format(events=CLAIMING.format(events=events), until=until)
    named = NAMED.format(names=listed, pointers=_pointers(names), rows=bodies)
    return OBSERVED.format(said=SAID.format(named=named))


def _pointers(names: Sequence[str]) -> str:
    return f"[{', '.join(text('/' + name.replace('~', '~0').replace('/', '~1')) for name in names)}]"
