"""Survivorship: which of several values of a trait is kept. One meaning, told for one customer and for everybody.

Claims of a trait stand in this order, the best first:

1. a source that has a rule of its own stands for one of its values; its others come after all that sources stand for;
2. sources of a lower rank first (where ``source_priority`` chooses, sources by their place in the list, then by rank);
3. what the trait's rule prefers: the more frequent, the longer, the vouched for;
4. the later (for ``first`` the earlier), by time, source and value, so that the same facts give the same profile.

Claims of a source that is never asked about a trait are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from knotwork_graph.policy import ProfileRules, Survivorship
from knotwork_resolvers.profiles.claims import Claim

Ranked = dict[str, tuple[Claim, ...]]


def ranked(claims: Iterable[Claim], rules: ProfileRules) -> Ranked:
    """The claims on each trait, the one that survives first; traits by name. O(n log n)."""
    by_trait: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.trait not in rules.source(claim.source).never:
            by_trait.setdefault(claim.trait, []).append(claim)
    return {trait: _order(by_trait[trait], trait, rules) for trait in sorted(by_trait)}


def _order(claims: list[Claim], trait: str, rules: ProfileRules) -> tuple[Claim, ...]:
    if len(claims) == 1:
        return tuple(claims)
    rule, lesser = rules.survivorship_of(trait), _lesser(claims, rules)
    listed = {source: place for place, source in enumerate(rules.priority_of(trait))}

    def standing(claim: Claim) -> tuple[int, int]:
        rank = rules.source(claim.source).rank
        place = listed.get(claim.source, len(listed)) if rule == "source_priority" else rank
        return int(claim in lesser), place

    found = sorted(_preferred(claims, rule), key=standing)
    if rule == "source_priority":  # the list goes before the rank, and the rank before time
        found.sort(key=lambda claim: (*standing(claim), rules.source(claim.source).rank))
    return tuple(found)


def _preferred(claims: Sequence[Claim], rule: Survivorship) -> list[Claim]:
    """The claims as a rule orders them, ties by (time, source, value)."""
    if rule == "first":
        return sorted(claims, key=lambda one: (one.first_at, one.source, one.value))
    latest = sorted(claims, key=lambda one: (one.last_at, one.source, one.value), reverse=True)
    if rule == "most_frequent":
        total: Counter[str] = Counter()
        for one in claims:
            total[one.value] += one.count
        latest.sort(key=lambda one: -total[one.value])
    elif rule == "longest":
        latest.sort(key=lambda one: -len(one.value))
    elif rule == "verified_first":
        latest.sort(key=lambda one: one.vouched == 0)
    return latest


def _lesser(claims: Sequence[Claim], rules: ProfileRules) -> frozenset[Claim]:
    """Those that their own source does not stand for."""
    found: set[Claim] = set()
    for source in {claim.source for claim in claims}:
        rule = rules.source(source).survivorship
        own = [claim for claim in claims if claim.source == source]
        if rule is not None and len(own) > 1:
            found.update(_preferred(own, rule)[1:])
    return frozenset(found)
