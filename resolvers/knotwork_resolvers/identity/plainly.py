"""The commonest things that an event does: identifiers nobody had seen join a customer, or customers become one.

Nothing is decided here that ``resolve`` decides. This only tells where no limit, guard, conflict or older claim is
near, so that the answer is plain: one customer holds all of it, and everything else is as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knotwork_graph.policy import TRAIT, Policy
from knotwork_resolvers.identity.ids import weight


@dataclass(frozen=True, slots=True)
class Joining:
    """What is near some identifiers that were just seen together. Identifiers are named by any number.

    ``kinds``: the type of each identifier that is named here. ``held``: all that one or several customers hold, each
    with its customer; every one of them may link, and no edge of theirs is severed. ``new``: those that were never in
    a customer. ``touched``: those of both whose edges or traits have changed; ``pairs``: all edges at these, unexpired.
    ``traits``: for a trait's name, how many values of it each of the touched bears (none where it is left out).
    """

    kinds: Mapping[int, str]
    held: Mapping[int, int]
    new: Collection[int]
    touched: Collection[int]
    pairs: Sequence[tuple[int, int]]
    traits: Mapping[str, Mapping[int, int]]


def joins_plainly(case: Joining, policy: Policy) -> bool:
    """Whether ``resolve`` would make one customer of all that is held and new, and change nothing else.

    True only where they obey the limits together, and no decision, no joined pair and no expiry speaks of them, which
    the caller knows. Where it is false, the answer is open. O(held + pairs).
    """
    return _tied_together_alone(case) and _unguarded(case, policy)


def claims(case: Joining, policy: Policy) -> list[int]:
    """The customers whose id it keeps, by what they bring into it; several where these bring alike; ascending."""
    brought: Counter[int] = Counter()
    for one, customer in case.held.items():
        brought[customer] += weight(policy, case.kinds[one])
    most = max(brought.values())
    return sorted(customer for customer, much in brought.items() if much == most)


def obeys(kinds: Iterable[str], policy: Policy) -> bool:
    """Whether a customer that holds identifiers of these ``kinds``, one for each, is within the policy's limits."""
    counts = Counter(kinds)
    if policy.max_cluster_size is not None and counts.total() > policy.max_cluster_size:
        return False
    limits = ((policy.rule(kind).max_per_customer, count) for kind, count in counts.items())
    return all(limit is None or count <= limit for limit, count in limits)


def _tied_together_alone(case: Joining) -> bool:
    """Whether the edges tie the customers and the new ones together, and no new one to anybody else."""
    new = set(case.new)
    group = {one: -customer for one, customer in case.held.items()} | {one: one for one in new}
    left = set(group.values())
    ties: dict[int, set[int]] = {}
    for a, b in case.pairs:
        if a in group and b in group:
            ties.setdefault(group[a], set()).add(group[b])
            ties.setdefault(group[b], set()).add(group[a])
        elif a in new or b in new:
            return False
    reached = [left.pop()]
    while reached:
        found = ties.get(reached.pop(), set()) & left
        left -= found
        reached.extend(found)
    return not left


def _unguarded(case: Joining, policy: Policy) -> bool:
    """Whether no touched identifier has come to be shared."""
    seen = Counter(end for a, b in case.pairs for end in ((a, case.kinds[b]), (b, case.kinds[a])))
    for one in case.touched:
        for counted, limit in policy.rule(case.kinds[one]).shared_above.items():
            trait = case.traits.get(counted.removeprefix(TRAIT), {}) if counted.startswith(TRAIT) else None
            if (seen[one, counted] if trait is None else trait.get(one, 0)) > limit:
                return False
    return True
