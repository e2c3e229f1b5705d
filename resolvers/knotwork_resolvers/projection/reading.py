"""The part of a policy that decides how events become edges. When it changes, the graph is projected anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from knotwork_graph.policy import TRAIT, IdentifierRule, Policy
from knotwork_resolvers.told_once import told_once

FORMAT = 1
"""Counted up when the code reads the same events in another way."""


def reading_of(policy: Policy, erasures: int = 0) -> str:
    """A fingerprint of the normalisers, blocked values, types limited to one, and counted traits of ``policy``.

    ``erasures``: how often events were erased before; after each the graph is of other facts.
    """
    told = f"[{FORMAT}, {_said(policy)}, {erasures}]" if erasures else f"[{FORMAT}, {_said(policy)}]"
    return hashlib.sha256(told.encode()).hexdigest()


@told_once
def _said(policy: Policy) -> str:
    """What the fingerprint is of, as JSON."""
    rules = [policy.default, *(policy.identifiers[name] for name in sorted(policy.identifiers))]
    said = [
        [
            rule.type,
            rule.normaliser,
            rule.region,
            rule.provider_rules,
            sorted(rule.blocked),
            rule.max_per_customer == 1,
            *traits_of(rule),
            *([] if rule.check_digit == "none" else [f"check_digit {rule.check_digit}"]),
        ]
        for rule in rules
    ]
    return json.dumps(said)


def traits_of(rule: IdentifierRule) -> tuple[str, ...]:
    """The traits that a rule's ``shared_above`` counts, without their prefix, sorted."""
    return tuple(sorted(name.removeprefix(TRAIT) for name in rule.shared_above if name.startswith(TRAIT)))


def counted_traits(policy: Policy, types: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each trait that the policy counts, those of the identifier ``types`` that it is counted for."""
    found: dict[str, list[str]] = {}
    for name in sorted(types):
        for trait in traits_of(policy.rule(name)):
            found.setdefault(trait, []).append(name)
    return {trait: tuple(counted) for trait, counted in found.items()}
