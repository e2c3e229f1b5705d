"""Small random worlds that reach the hard parts: several limits at once, contested hubs, equal weights, boundaries.

A world comes from a size and a seed, so that thousands are cheap to make; Hypothesis shrinks both. The days are chosen
around the end of a ttl of 30 days, and evidence so that weights often are equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from random import Random

from hypothesis import strategies as st

from knotwork_graph.model import Decision, DecisionKind, GraphArrays, Pair
from knotwork_graph.policy import Policy
from tests.unit.identity.graphs import Seen, arranged, cannot, must, policy_of
from tests.unit.identity.graphs import said as word_on
from tests.unit.identity.reference import World, kind_of

TODAY = 60
TTL = 30
DAYS = (0, 1, 29, 30, 31, 59, 60)
KINDS = ("user_id", "email", "phone", "cookie", "device")
KEYS = tuple(f"{kind}:{value}" for kind in KINDS for value in range(1, 5))
CONFLICTS = ("strongest", "newest", "oldest", "isolate")
WORDS = (DecisionKind.MARK_SHARED, DecisionKind.KEEP_LINKING, DecisionKind.BLOCK)
LARGEST = 14


@dataclass(frozen=True, slots=True)
class Dice:
    """What chance decides in a world of so many identifiers."""

    size: int
    seed: int

    def roll(self, name: str) -> Random:
        """Chances of their own for each part of a world, so that one part does not change another."""
        return Random(f"{name} {self.size} {self.seed}")  # noqa: S311 - no secret hangs on these


dice = st.builds(Dice, st.integers(1, LARGEST), st.integers(0, 2**32))


def keys_of(dice: Dice) -> list[str]:
    """The identifiers of a world."""
    return dice.roll("keys").sample(KEYS, dice.size)


def links_of(dice: Dice) -> dict[Pair, Seen]:
    """Its links; half of the worlds have a hub that most links meet."""
    chance, keys = dice.roll("links"), keys_of(dice)
    pairs = list(combinations(keys, 2))
    chosen = chance.sample(pairs, min(len(pairs), chance.randint(0, 2 * len(keys))))
    if chance.random() < 0.5:
        chosen += [(keys[0], other) for other in keys[1:]]
    return {pair: _link(chance, pair) for pair in sorted({Pair(*pair) for pair in chosen})}


def _link(chance: Random, pair: Pair) -> Seen:
    count = chance.choice((1, 1, 1, 3, 7))
    first, last = sorted((chance.choice(DAYS), chance.choice(DAYS)))
    return Seen(pair.a, pair.b, count, min(count, chance.choice((0, 0, 1, 3))), first, last)


def policy_for(dice: Dice) -> Policy:
    """A policy with several limits at once."""
    chance = dice.roll("policy")
    rules = {
        kind: {
            "max_per_customer": chance.choice((None, 1, 1, 2, 3)),
            "priority": chance.randint(1, 3),
            "trust": chance.choice((1.0, 1.0, 0.5)),
            "shared_above": _guards(chance),
        }
        | ({"ttl": TTL} if chance.random() < 0.3 else {})
        for kind in KINDS
    }
    return policy_of(
        rules,
        conflict=chance.choice(CONFLICTS),
        max_cluster_size=chance.choice((None, None, 3, 5, 8)),
        half_life=chance.choice((1, 30, 180)),
    )


def _guards(chance: Random) -> dict[str, int]:
    counted = chance.sample((*KINDS, "trait:family_name"), chance.choice((0, 0, 1, 2)))
    return {name: chance.randint(1, 3) for name in counted}


def decisions_on(keys: Sequence[str], chance: Random) -> tuple[Decision, ...]:
    """Links that must or must not be, some in chains, and words on single identifiers."""
    pairs = list(combinations(keys, 2))
    found: list[Decision] = []
    alike = [pair for pair in pairs if kind_of(pair[0]) == kind_of(pair[1])]  # together they may exceed a limit
    if alike:
        found += [must(*chance.choice(alike)) for _ in range(chance.choice((0, 0, 1, 2)))]
    if pairs:
        found += [must(*chance.choice(pairs)) for _ in range(chance.choice((0, 0, 1, 2)))]
        found += [cannot(*chance.choice(pairs)) for _ in range(chance.choice((0, 0, 1, 2, 3)))]
        chain = chance.sample(list(keys), min(len(keys), chance.choice((0, 0, 3, 4))))
        found += [cannot(*pair) for pair in pairwise(chain)]
    words = [word_on(chance.choice(WORDS), chance.choice(list(keys))) for _ in range(chance.choice((0, 0, 1, 2)))]
    return (*found, *words)


def world_of(dice: Dice, *, decided: bool = True) -> World:
    """The world that the dice make, with stewards' decisions or without any."""
    keys, chance = keys_of(dice), dice.roll("words")
    names = {key: chance.randint(1, 4) for key in keys if chance.random() < 0.3}
    words = decisions_on(keys, chance) if decided else ()
    return World(links_of(dice), frozenset(keys), policy_for(dice), words, TODAY, {"family_name": names})


worlds = dice.map(world_of)
undecided = dice.map(lambda one: world_of(one, decided=False))


def graph_in(world: World, chance: Random) -> GraphArrays:
    """The graph of a world, its identifiers, its edges, and the ends of each edge in any order."""
    keys, edges = sorted(world.keys), list(world.links.values())
    chance.shuffle(keys)
    chance.shuffle(edges)
    turned = [Seen(e.b, e.a, e.count, e.vouched, e.first, e.last) if chance.random() < 0.5 else e for e in edges]
    return arranged(keys, turned)


def limit_breakers(world: World, customer: frozenset[str]) -> list[str]:
    """The types of which a customer holds more than the policy allows."""
    kinds = {kind_of(key): [one for one in customer if kind_of(one) == kind_of(key)] for key in customer}
    return [kind for kind, held in kinds.items() if (limit := world.limit(held[0])) and len(held) > limit]
