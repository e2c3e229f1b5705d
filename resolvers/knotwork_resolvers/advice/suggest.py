"""From counts to limits: figures that the data themselves keep, with a little room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType

from knotwork_graph.policy import IdentifierRule
from knotwork_graph.policy.patterns import EXPRESSION
from knotwork_resolvers.advice.advice import Degree, Spread, Suspect

MOST_OF_ONE = 10
LEAST_GUARD = 2
ENOUGH = 100


def suggested(
    rule: IdentifierRule,
    per_customer: Spread,
    degrees: Sequence[Degree],
    found: Iterable[Suspect],
    *,
    named: bool = True,
) -> IdentifierRule:
    """``rule`` with the limit, guards and blocked values that the data suggest; the rest of it stays as it is.

    Of a type that is not ``named`` and that people have one of, the guards of the default go: its limit holds people
    apart, and an account may be used on any number of machines.
    """
    if not named and limit(per_customer) == 1:
        rule = replace(rule, shared_above=MappingProxyType({}))
    blocked = (pattern_of(one.value) for one in found if one.block)
    return replace(
        rule,
        max_per_customer=limit(per_customer),
        shared_above=MappingProxyType(guards(rule, degrees)),
        blocked=tuple(dict.fromkeys((*rule.blocked, *blocked))),
    )


def limit(per_customer: Spread) -> int | None:
    """The most values of a type that a customer may hold; None where people have many of them or nothing is known.

    One, where 999 of 1000 customers have one; else one more than 99 of 100 have.

    >>> limit(Spread(1000, 1, 1, 1, 4)), limit(Spread(1000, 1, 2, 3, 9)), limit(Spread(1000, 4, 30, 60, 90))
    (1, 3, None)
    """
    if per_customer.p999 <= 1:
        return 1 if per_customer.counted else None
    return per_customer.p99 + 1 if per_customer.p99 < MOST_OF_ONE else None


def guards(rule: IdentifierRule, degrees: Iterable[Degree]) -> dict[str, int]:
    """For each counted type the number above which a value is shared, two at least; guards on what is not counted stay.

    One more than 99 of 100 values have, but a guard that so many keep is not loosened, nor any by fewer than 100
    values: what 99 of 100 of these have is what the worst one has. A guard stands only where some value exceeds it, or
    the rule has one already.
    """
    found = dict(rule.shared_above)
    for one in degrees:
        number = max(LEAST_GUARD, one.spread.p99 + 1)
        if one.spread.p99 <= found.get(one.type, 0) or (one.type in found and one.spread.counted < ENOUGH):
            number = min(number, found[one.type])
        if one.spread.largest > number or one.type in rule.shared_above:
            found[one.type] = number
    return dict(sorted(found.items()))


def pattern_of(value: str) -> str:
    """The glob that matches this value alone.

    >>> pattern_of("te*t@example.com")
    'te[*]t@example.com'
    """
    quoted = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in value)
    return f"[r]{quoted[1:]}" if quoted.startswith(EXPRESSION) else quoted
