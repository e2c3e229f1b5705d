"""What the policy names and no event has shown: most likely a slip of the pen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy, ProfileRules
from knotwork_graph.policy.nearest import nearest
from knotwork_graph.policy.problems import dotted
from knotwork_resolvers.profiles.signals import ANY, pattern

if TYPE_CHECKING:
    from knotwork_resolvers.home import Home

KEYS = "SELECT DISTINCT unnest(json_keys({column})) FROM {events} WHERE {column} IS NOT NULL ORDER BY 1"
EVENTS = "SELECT DISTINCT event FROM {events} WHERE event IS NOT NULL ORDER BY 1"
WELL_KNOWN = frozenset({
    "name", "given_name", "family_name", "birth_date", "gender", "address", "street", "ward", "district", "city",
    "province", "postcode", "country", "company", "occupation", "language",
})  # fmt: skip
"""Traits that everybody may speak of before an event does."""

Names = Collection[str]


def misnamed(home: Home, policy: Policy) -> tuple[str, ...]:
    """A sentence for each name in the policy's sections about profiles that no event has shown, with the nearest known.

    A trait that is well known is none of these. Nothing where nothing is resolved yet. Reads a few columns of
    everybody's events, O(n) in DuckDB.
    """
    from knotwork_resolvers.engine import engine
    from knotwork_resolvers.generation.population import everybody

    if not home.store.state().base:
        return ()
    with engine(home.scratch) as connection:
        rows = everybody(connection, home, policy)

        def names(query: str, **column: str) -> tuple[str, ...]:
            return tuple(name for (name,) in connection.execute(query.format(events=rows, **column)).fetchall())

        known = names(KEYS, column="traits"), names(KEYS, column="consent"), names(EVENTS)
    return tuple(_sentences(policy.profiles, home.store.sources(), *known))


def _sentences(rules: ProfileRules, sources: Names, traits: Names, purposes: Names, events: Names) -> Iterator[str]:
    traits = {*traits, *WELL_KNOWN}
    yield from _unknown("trait", ((dotted("traits", name), name) for name in rules.traits), traits)
    for name, source in rules.sources.items():
        yield from _unknown("source", [(dotted("sources", name), name)], sources)
        yield from _unknown("trait", ((dotted("sources", name, "never"), trait) for trait in source.never), traits)
    yield from _unknown("source", (("profile.source_priority", name) for name in rules.source_priority), sources)
    for name, rule in rules.traits.items():
        key = dotted("traits", name, "source_priority")
        yield from _unknown("source", ((key, source) for source in rule.source_priority), sources)
    if rules.purchases != ProfileRules().purchases:
        yield from _unknown("event", (("profile.purchases", name) for name in rules.purchases), events)
    for name, signal in rules.signals.items():
        key = dotted("signals", name, "events")
        yield from _unknown("event", ((key, event) for event in signal.events), events)
    yield from _unknown("purpose", (("consent.purposes", name) for name in rules.purposes), purposes)


def _unknown(what: str, named: Iterable[tuple[str, str]], known: Names) -> Iterator[str]:
    for key, name in named:
        seen = any(pattern(name).fullmatch(one) for one in known) if ANY in name else name in known
        if not seen:
            meant = nearest(name, known)
            end = f'; did you mean "{meant}"?' if meant else ""
            yield f'{key} names the {what} "{name}", which no event has shown{end}'
