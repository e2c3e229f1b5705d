"""Survivorship for everybody: the order of ``survivorship.ranked`` as one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy, ProfileRules
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.observed import observed_traits

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

TIES = """CASE WHEN {rule} = 'first' THEN epoch_us(first_at) ELSE -epoch_us(last_at) END,
    CASE WHEN {rule} <> 'first' THEN source END DESC, source, CASE WHEN {rule} <> 'first' THEN value END DESC, value"""
PREFERS = """CASE {rule} WHEN 'most_frequent' THEN -total WHEN 'longest' THEN -length(value)
    WHEN 'verified_first' THEN (vouched = 0)::BIGINT ELSE 0 END"""
TOTAL = "SELECT *, {total} AS total FROM {observed} AS o{never}"
STOOD_FOR = """
SELECT *, own_rule IS NOT NULL AND row_number() OVER (
    PARTITION BY customer, trait, source ORDER BY {prefers}, {ties}) > 1 AS lesser
FROM (SELECT *, {own} AS own_rule FROM ({total}))
"""
STANDING = """
SELECT *, {rule} AS rule, {rank}::BIGINT AS source_rank, {listed}::BIGINT AS listed FROM ({claims})
"""
RANKED = """(
SELECT customer, trait, value, text, source, CASE WHEN rule = 'first' THEN first_at ELSE last_at END AS said_at,
    CASE WHEN rule = 'first' THEN first_event ELSE last_event END AS event, rule, count, first_at, last_at, vouched,
    row_number() OVER (way ORDER BY lesser, CASE WHEN rule = 'source_priority' THEN listed ELSE source_rank END,
        CASE WHEN rule = 'source_priority' THEN source_rank ELSE 0 END, {prefers}, {ties}) AS rank,
    count(*) OVER way - 1 AS beaten
FROM ({standing}) WINDOW way AS (PARTITION BY customer, trait))
"""


def ranked_traits(
    connection: DuckDBPyConnection, home: Home, policy: Policy, customers: Sequence[int] | None = None
) -> str:
    """What stands after FROM: every claim with its ``rank`` (1 survives) among those on the same trait of a customer.

    Columns ``customer, trait, value, text, source, said_at, event, rule, count, first_at, last_at, vouched, rank`` and
    ``beaten``: ``said_at`` and ``event`` (its id) say when the source said so last (for the rule ``first``: first),
    ``beaten`` how many claims the first of them beat. O(n log n) in DuckDB.
    """
    return ranked_in(observed_traits(connection, home, policy, customers), policy.profiles)


def surviving_traits(
    connection: DuckDBPyConnection, home: Home, policy: Policy, customers: Sequence[int] | None = None
) -> str:
    """The same, with only the claims that survive: one row for each (customer, trait)."""
    return surviving_in(observed_traits(connection, home, policy, customers), policy.profiles)


def surviving_in(observed: str, rules: ProfileRules) -> str:
    """The claims of ``observed`` that survive."""
    return f"(SELECT * FROM {ranked_in(observed, rules)} WHERE rank = 1)"


def ranked_in(observed: str, rules: ProfileRules) -> str:
    """Every claim of ``observed`` with its rank; work that no rule of the policy asks for is not done."""
    claims = _claims(observed, rules)
    standing = STANDING.format(rule=_rule(rules), rank=_rank(rules), listed=_listed(rules), claims=claims)
    return RANKED.format(prefers=PREFERS.format(rule="rule"), ties=TIES.format(rule="rule"), standing=standing)


def _claims(observed: str, rules: ProfileRules) -> str:
    """The claims that count, each with the total of its value and whether its own source stands for another."""
    every = (rules.survivorship, *(one.survivorship for one in rules.traits.values()))
    total = "sum(count) OVER (PARTITION BY customer, trait, value)" if "most_frequent" in every else "0"
    found = TOTAL.format(total=f"{total}::BIGINT", observed=observed, never=_never(rules))
    own = {name: text(one.survivorship) for name, one in rules.sources.items() if one.survivorship}
    if not own:
        return f"SELECT *, false AS lesser FROM ({found})"
    # within its own source a value's total is what that source said alone
    prefers = PREFERS.format(rule="own_rule").replace("-total", "-count")
    return STOOD_FOR.format(
        prefers=prefers, ties=TIES.format(rule="own_rule"), own=_case("source", own, "NULL"), total=found
    )


def _never(rules: ProfileRules) -> str:
    pairs = [f"({text(name)}, {text(trait)})" for name, one in rules.sources.items() for trait in one.never]
    return f" WHERE (source, trait) NOT IN ({', '.join(pairs)})" if pairs else ""


def _rule(rules: ProfileRules) -> str:
    own = {name: text(one.survivorship) for name, one in rules.traits.items() if one.survivorship}
    return _case("trait", own, text(rules.survivorship))


def _rank(rules: ProfileRules) -> str:
    return _case("source", {name: str(one.rank) for name, one in rules.sources.items()}, str(rules.source("").rank))


def _listed(rules: ProfileRules) -> str:
    """The place of the source in the list of its trait."""
    own = {name: _place(one.source_priority) for name, one in rules.traits.items() if one.source_priority}
    return _case("trait", own, _place(rules.source_priority))


def _place(listed: Sequence[str]) -> str:
    return _case("source", {name: str(place) for place, name in enumerate(listed)}, str(len(listed)))


def _case(column: str, chosen: Mapping[str, str], rest: str) -> str:
    """A CASE over the values of a column."""
    if not chosen:
        return rest
    whens = " ".join(f"WHEN {text(name)} THEN {what}" for name, what in chosen.items())
    return f"CASE {column} {whens} ELSE {rest} END"
