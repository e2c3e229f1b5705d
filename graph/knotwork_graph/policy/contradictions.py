"""What a policy says that cannot be meant together."""

from __future__ import annotations

from collections.abc import Iterator

from knotwork_graph.policy.declared import IDENTIFIERS
from knotwork_graph.policy.nearest import nearest
from knotwork_graph.policy.problems import Problem, dotted
from knotwork_graph.policy.profile_rules import ProfileRules, Signal
from knotwork_graph.policy.rules import TRAIT, IdentifierRule, Matching, Policy

NO_SOURCES = 'no source is named; write source_priority = ["crm"]'


def contradictions(policy: Policy) -> Iterator[Problem]:
    """A problem for each pair of settings that exclude one another."""
    for rule in (*policy.identifiers.values(), policy.default):
        yield from in_rule(rule)
    yield from in_matching(policy.matching)
    yield from in_profiles(policy.profiles)


def in_rule(rule: IdentifierRule) -> Iterator[Problem]:
    """What contradicts itself within one identifier type."""
    key = dotted(IDENTIFIERS, rule.type)
    if rule.provider_rules and rule.normaliser != "email":
        yield Problem(f"{key}.provider_rules", 'only e-mail addresses have provider rules; set normaliser = "email"')
    if rule.check_digit != "none" and rule.normaliser != "loyalty_card":
        yield Problem(f"{key}.check_digit", 'only cards have a check digit; set normaliser = "loyalty_card"')


def in_matching(matching: Matching) -> Iterator[Problem]:
    """Thresholds in the wrong order."""
    if matching.propose_above > matching.join_above:
        left_alone = matching.propose_above == Matching().propose_above
        yield Problem(
            "matching.join_above" if left_alone else "matching.propose_above",
            f"propose_above = {matching.propose_above} is above join_above = {matching.join_above}, so that pairs"
            " would be joined before anybody is asked; lower propose_above or raise join_above",
        )


def in_profiles(rules: ProfileRules) -> Iterator[Problem]:
    """Spans of a lifecycle in the wrong order, sources to choose by where none are named, signals of nothing."""
    if rules.lifecycle.active > rules.lifecycle.at_risk:
        yield Problem(
            "lifecycle.active", "active is longer than at_risk, so nobody would be at risk; make active shorter"
        )
    if rules.survivorship == "source_priority" and not rules.source_priority:
        yield Problem("profile.survivorship", f"by source_priority, but {NO_SOURCES}")
    for name, rule in rules.traits.items():
        if rule.survivorship == "source_priority" and not rules.priority_of(name):
            yield Problem(dotted("traits", name, "survivorship"), f"by source_priority, but {NO_SOURCES}")
        for source in rules.priority_of(name):
            if name in rules.source(source).never:
                yield Problem(
                    dotted("traits", name, "source_priority"),
                    f'"{source}" goes first here, but [{dotted("sources", source)}] never takes this trait from it;'
                    " remove one of the two",
                )
    for signal in rules.signals.values():
        yield from in_signal(signal)


def in_signal(signal: Signal) -> Iterator[Problem]:
    """A signal that no event can raise."""
    if not signal.events:
        key = dotted("signals", signal.name, "events")
        yield Problem(key, 'no event counts, so it is never on; write events = { "Product Viewed" = 1 }')
    elif max(signal.events.values()) < 0:
        key = dotted("signals", signal.name, "events")
        yield Problem(key, "every weight is below 0, so it is never on; give one event a weight above 0")


def doubts(policy: Policy) -> Iterator[str]:
    """A sentence for each guard that says nothing: on a type that can never be counted, or is but likely misspelt."""
    for rule in (*policy.identifiers.values(), policy.default):
        if rule.max_per_customer == 1 and rule.type in rule.shared_above:
            key = dotted(IDENTIFIERS, rule.type, "shared_above")
            yield f'{key} never counts "{rule.type}", because max_per_customer = 1 lets no two of them link; it may go'
        for counted in rule.shared_above:
            meant = nearest(counted, tuple(policy.identifiers), likeness=0.8)
            if meant and not policy.names(counted) and not counted.startswith(TRAIT):
                key = dotted(IDENTIFIERS, rule.type, "shared_above")
                yield f'{key} counts "{counted}", a type that the policy does not name; did you mean "{meant}"?'
