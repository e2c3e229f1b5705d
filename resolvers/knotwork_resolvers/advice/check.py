"""The check itself: each asked type measured, suspects found, limits suggested and tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from knotwork_graph.errors import KnotworkError, UsageError
from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import IdentifierRule, Policy, suggestion
from knotwork_resolvers.advice.advice import Advice, Degree, Spread
from knotwork_resolvers.advice.measure import largest, touching, unlimited, usable_of, without
from knotwork_resolvers.advice.suggest import suggested
from knotwork_resolvers.advice.suspects import suspects
from knotwork_resolvers.identity import Circumstances
from knotwork_resolvers.identity.resolution import Mask
from knotwork_resolvers.identity.shared import Neighbours, unexpired


def advise(
    graph: GraphArrays,
    policy: Policy,
    now: Circumstances,
    types: Sequence[str] = (),
    tell: Callable[[str], None] | None = None,
) -> tuple[Advice, ...]:
    """Advice on each of ``types`` (all that the graph holds where none is named), in the order of the graph's names.

    Costs two partitions of the graph for each type, and one in all. Raises ``UsageError`` for a type that no event has
    shown, ``KnotworkError`` where there is none at all. Pure: nothing is written, and the policy stays as it is.
    """
    known = [name for code, name in enumerate(graph.identifiers.type_names) if (graph.identifiers.types == code).any()]
    if not known:
        raise KnotworkError("there are no identifiers to look at yet. Load events first: knotwork load FILE")
    for name in types:
        if name not in known:
            raise UsageError(f"no event has shown an identifier of type {name}; {suggestion(name, known)}")
    before = largest(graph, policy, now)
    found = []
    for name in types or known:
        if tell is not None:
            tell(f"look at {name}")
        found.append(_advice(graph, policy, now, name, before))
    return tuple(found)


def _advice(graph: GraphArrays, policy: Policy, now: Circumstances, name: str, before: int) -> Advice:
    code, rule = graph.identifiers.type_names.index(name), policy.rule(name)
    own, found = usable_of(graph, code), touching(graph, policy, now, code)
    customers = found.per_value(len(graph.identifiers))
    doubted = suspects(graph, own, customers)
    sound = own & ~doubted.suspected
    held, met = Spread.of(found.per_customer(sound)), degrees(graph, policy, now, sound, name)
    better = suggested(rule, held, met, doubted.shown, named=policy.names(name))
    cluster, joined = unlimited(graph, found, code)
    return Advice(
        type=name,
        named=policy.names(name),
        values=int(np.count_nonzero(own)),
        unusable=int(np.count_nonzero(graph.identifiers.types == code)) - int(np.count_nonzero(own)),
        per_customer=held,
        per_value=Spread.of(customers[own & (customers > 0)]),
        degrees=met,
        largest_unlimited=cluster,
        joined_unlimited=joined,
        largest_now=before,
        largest_suggested=largest(without(graph, doubted.blocked), with_rule(policy, better), now),
        suspected=int(np.count_nonzero(doubted.suspected)),
        suspects=doubted.shown,
        rule=rule,
        suggested=better,
    )


def degrees(graph: GraphArrays, policy: Policy, now: Circumstances, sound: Mask, name: str) -> tuple[Degree, ...]:
    """How many identifiers of each other type that the policy limits the ``sound`` values were seen with.

    Only types with a limit per customer tell people apart by their number; a person has any number of cookies.
    """
    neighbours, found = Neighbours(graph, unexpired(graph, policy, now.as_of)), []
    for other in graph.identifiers.type_names:
        if other != name and policy.rule(other).max_per_customer is not None:
            counts = neighbours.of_type(other)[sound]
            found.append(Degree(other, Spread.of(counts[counts > 0])))
    return tuple(one for one in found if one.spread.counted)


def with_rule(policy: Policy, rule: IdentifierRule) -> Policy:
    """``policy`` with ``rule`` in place of what it says about that type."""
    return replace(policy, identifiers=MappingProxyType({**policy.identifiers, rule.type: rule}))
