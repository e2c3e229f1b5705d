"""Survivorship for everybody: the order of ``survivorship.ranked`` as one query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy, ProfileRules
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.observed import observed_traits

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

LATEST = "-epoch_us(last_at), source DESC, value DESC"
TIES = """CASE WHEN {rule} = 'first' THEN epoch_us(first_at) ELSE -epoch_us(last_at) END,
    CASE WHEN {rule} <> 'first' THEN source END DESC, source, CASE WHEN {rule} <> 'first' THEN value END DESC, value"""
PREFERS = """CASE {rule} WHEN 'most_frequent' THEN -total WHEN 'longest' THEN -length(value)
    WHEN 'verified_first' THEN (vouched = 0)::BIGINT ELSE 0 END"""
TOTAL = """
WITH told AS MATERIALIZED (SELECT *, {rule} AS rule FROM {observed} AS o{never})
SELECT told.*, coalesce(t.total, 0) AS total FROM told LEFT JOIN (
    SELECT customer, trait, value, sum(count)::BIGINT AS total FROM told WHERE rule = 'most_frequent'
    GROUP BY customer, trait, value) AS t
ON t.customer = told.customer AND t.trait = told.trait AND t.value = told.value
"""
PLAIN = "SELECT *, {rule} AS rule, 0 AS total FROM {observed} AS o{never}"
STOOD_FOR = """
SELECT *, own_rule IS NOT NULL AND row_number() OVER (
    PARTITION BY customer, trait, source ORDER BY {prefers}, {ties}) > 1 AS lesser
FROM (SELECT *, {own} AS own_rule FROM ({told}))
"""
RANKED = """(
SELECT customer, trait, value, text, source, CASE WHEN rule = 'first' THEN first_at ELSE last_at END AS said_at,
    CASE WHEN rule = 'first' THEN first_event ELSE last_event END AS event, rule, count, first_at, last_at, vouched,
    row_number() OVER way AS rank,
    count(*) OVER (way ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - 1 AS beaten
FROM ({claims}) WINDOW way AS (PARTITION BY customer, trait ORDER BY {keys}))
"""


def surviving_traits(
    connection: DuckDBPyConnection, home: Home, policy: Policy, customers: Sequence[int] | None = None
) -> str:
    """What stands after FROM: the claims that survive, one row for each (customer, trait); columns of ``ranked_in``."""
    return surviving_in(observed_traits(connection, home, policy, customers), policy.profiles)


def surviving_in(observed: str, rules: ProfileRules) -> str:
    """The claims of ``observed`` that survive."""
    return f"(SELECT * FROM {ranked_in(observed, rules)} WHERE rank = 1)"


def ranked_in(observed: str, rules: ProfileRules) -> str:
    """What stands after FROM: every claim with its ``rank`` (1 survives) among those on the same trait of a customer.

    Columns ``customer, trait, value, text, source, said_at, event, rule, count, first_at, last_at, vouched, rank`` and
    ``beaten``: ``said_at`` and ``event`` (its id) say when the source said so last (for the rule ``first``: first),
    ``beaten`` how many claims the first of them beat. Work that no rule of the policy asks for is not done.
    O(n log n) in DuckDB.
    """
    return RANKED.format(claims=_claims(observed, rules), keys=", ".join(_keys(rules)))


def _claims(observed: str, rules: ProfileRules) -> str:
    """The claims that count, each with its rule, the total of its value, and whether its source stands for another."""
    total = TOTAL if "most_frequent" in _used(rules) else PLAIN
    told = total.format(rule=_rule(rules), observed=observed, never=_never(rules))
    own = {name: text(one.survivorship) for name, one in rules.sources.items() if one.survivorship}
    if not own:
        return told
    # within its own source a value's total is what that source said alone
    prefers = PREFERS.format(rule="own_rule").replace("-total", "-count")
    ties = TIES.format(rule="own_rule")
    return STOOD_FOR.format(prefers=prefers, ties=ties, own=_case("source", own, "NULL"), told=told)


def _keys(rules: ProfileRules) -> Iterator[str]:
    """What claims are ordered by: only what tells them apart under these rules."""
    used, rank, listed = _used(rules), _rank(rules), _listed(rules)
    if any(one.survivorship for one in rules.sources.values()):
        yield "lesser"
    if "source_priority" in used:
        yield f"CASE WHEN rule = 'source_priority' THEN {listed} ELSE {rank} END"
    if rules.sources:
        yield rank
    if used - {"latest", "first", "source_priority"}:
        yield PREFERS.format(rule="rule")
    yield TIES.format(rule="rule") if "first" in used else LATEST


def _used(rules: ProfileRules) -> set[str]:
    """The rules that choose among sources."""
    return {rules.survivorship, *(one.survivorship for one in rules.traits.values() if one.survivorship)}


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
