"""The trial of a source: how many of its rows meet a customer, what it would add, and where it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knotwork_resolvers.enriching.taking import OWNED, TRIED, Taken, take
from knotwork_resolvers.profiles.events import events_of
from knotwork_resolvers.profiles.moment import moment_of
from knotwork_resolvers.profiles.observed import observed_in
from knotwork_resolvers.profiles.surviving import surviving_in
from knotwork_resolvers.projection.few_traits import FOLD

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_graph.policy import Policy
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.loading import Mapping

MATCHED = f"""
SELECT count(*) FILTER (customers = 1), count(*) FILTER (customers > 1), count(DISTINCT customer) FILTER (customers = 1)
FROM {OWNED}
"""
WHO = f"SELECT DISTINCT customer FROM {OWNED} WHERE customers = 1 ORDER BY 1"
TIMES = f"""
SELECT min("timestamp"), max("timestamp"), median({{now}} - epoch_us("timestamp")) / 86400000000.0,
    list_sort(list(DISTINCT source)) FROM {TRIED}
"""
# events of the trial have no ids yet: negative ones, which no event has
NEW = f"""(
SELECT o.customer, -t.row AS event_id, t."timestamp", t.source, t.vouched, t.traits, t.row AS place FROM {TRIED} AS t
JOIN {OWNED} AS o ON o.row = t.row AND o.customers = 1)
"""
OLD = '(SELECT customer, event_id, "timestamp", source, vouched, traits, place FROM {events})'
FILLED = "SELECT trait, count(DISTINCT customer) AS filled FROM {rows} GROUP BY trait"
ROWS = f'(SELECT row AS customer, -row AS event_id, "timestamp", source, vouched, traits, row AS place FROM {TRIED})'
COMPARED = """
SELECT trait, count(*) AS customers, count(*) FILTER (before IS NULL) AS adds,
    count(*) FILTER (folded_before = folded_new) AS agrees,
    count(*) FILTER (folded_before <> folded_new) AS conflicts,
    count(*) FILTER (folded_before <> folded_new AND after <> before) AS wins,
    count(*) FILTER (before IS NOT NULL AND new_at > old_at) AS newer
FROM (
    SELECT n.trait, b.value AS before, a.value AS after, b.said_at AS old_at, n.said_at AS new_at,
        {folded_before} AS folded_before, {folded_new} AS folded_new
    FROM said AS n LEFT JOIN before AS b USING (customer, trait) LEFT JOIN after AS a USING (customer, trait))
GROUP BY trait
"""


@dataclass(frozen=True, slots=True)
class TraitTrial:
    """What the source says of one trait: on how many rows, and of how many customers that it meets.

    ``adds``: customers of whom nothing was known; ``agrees`` and ``conflicts``: whether it says what the profile says
    (letter case and marks aside); ``wins``: conflicts in which the profile would change, by the policy as it is;
    ``newer``: customers of whom something was known, and earlier.
    """

    trait: str
    rows: int
    fill_rate: float
    customers: int = 0
    adds: int = 0
    agrees: int = 0
    conflicts: int = 0
    wins: int = 0
    newer: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """What loading a source would bring; nothing was written.

    ``matched`` rows meet one customer, ``several`` more than one (they could join them), ``strangers`` nobody.
    ``customers`` are those that matched rows meet, of ``of_customers`` in all. ``age_days`` is the median age of rows.
    """

    accepted: int
    duplicate: int
    rejected: int
    reasons: Dict[str, int]
    matched: int
    several: int
    customers: int
    of_customers: int
    oldest: datetime | None
    newest: datetime | None
    age_days: float | None
    sources: tuple[str, ...]
    traits: tuple[TraitTrial, ...]
    unusable: Dict[str, int] = field(default_factory=dict)

    @property
    def received(self) -> int:
        """All rows."""
        return self.accepted + self.duplicate + self.rejected

    @property
    def strangers(self) -> int:
        """Rows that meet nobody."""
        return self.accepted - self.matched - self.several

    @property
    def match_rate(self) -> float:
        """The share of the rows that would be accepted which meet one customer."""
        return self.matched / self.accepted if self.accepted else 0.0


def trial(home: Home, policy: Policy, paths: Sequence[Path], mapping: Mapping | None = None) -> Trial:
    """What loading these files would bring. O(bytes) and one pass over everybody's events, in bounded memory.

    Raises ``InputError`` or ``MappingError`` where a file or the mapping cannot be used, ``UnknownRunError`` where
    nothing is resolved yet.
    """
    from knotwork_resolvers.engine import engine

    home.generations.served(home.store.state().base)
    with engine(home.scratch) as connection:
        return _told(connection, home, policy, take(connection, home, policy, paths, mapping))


def _told(connection: DuckDBPyConnection, home: Home, policy: Policy, taken: Taken) -> Trial:
    matched, several, customers = _row(connection, MATCHED)
    oldest, newest, age, sources = _row(connection, TIMES.format(now=moment_of(home.store).now))
    everybody = _row(connection, "SELECT count(DISTINCT customer) FROM members WHERE customer > 0")[0]
    return Trial(
        accepted=taken.accepted,
        duplicate=taken.duplicate,
        rejected=taken.reasons.total(),
        reasons=dict(taken.reasons.most_common()),
        matched=matched,
        several=several,
        customers=customers,
        of_customers=everybody,
        oldest=oldest and oldest.replace(tzinfo=UTC),
        newest=newest and newest.replace(tzinfo=UTC),
        age_days=age,
        sources=tuple(sources or ()),
        traits=_traits(connection, home, policy, taken.accepted),
        unusable=taken.unusable,
    )


def _traits(connection: DuckDBPyConnection, home: Home, policy: Policy, accepted: int) -> tuple[TraitTrial, ...]:
    filled = dict(connection.execute(FILLED.format(rows=observed_in(ROWS))).fetchall())
    who = [number for (number,) in connection.execute(WHO).fetchall()]
    compared = {trait: counts for trait, *counts in _compared(connection, home, policy, who)} if who else {}
    return tuple(
        TraitTrial(trait, filled[trait], filled[trait] / accepted, *compared.get(trait, ())) for trait in sorted(filled)
    )


def _compared(connection: DuckDBPyConnection, home: Home, policy: Policy, who: Sequence[int]) -> list[tuple[Any, ...]]:
    """For each trait: customers, adds, agrees, conflicts, wins, newer."""
    old = OLD.format(events=events_of(connection, home, policy, who))
    both = f"(SELECT * FROM {old} UNION ALL BY NAME SELECT * FROM {NEW})"
    for name, events in {"before": old, "said": NEW, "after": both}.items():
        connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT customer, trait, value, said_at"
            f" FROM {surviving_in(observed_in(events), policy.profiles)}"
        )
    folded = {f"folded_{name}": FOLD.replace("$text", f"{one}.value") for name, one in (("before", "b"), ("new", "n"))}
    return connection.execute(COMPARED.format(**folded)).fetchall()


def _row(connection: DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = connection.execute(query).fetchall()[0]
    return found
