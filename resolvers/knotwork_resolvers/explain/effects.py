"""The largest effects of another policy, by the names of the customers they fall on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_graph.model import GraphArrays, customer_id
from knotwork_graph.policy import Policy
from knotwork_resolvers.explain.comparing import Comparison
from knotwork_resolvers.explain.simulation import Effect, EffectKind, Named
from knotwork_resolvers.identity.conflict import keys_of
from knotwork_resolvers.identity.resolution import Ints

MOST_EFFECTS = 20
MOST_NAMED = 5
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class World:
    """One policy's customers over some identifiers: ``rows`` are the identifiers that the comparison speaks of."""

    graph: GraphArrays
    policy: Policy
    rows: Ints
    customer: Ints

    def strongest(self, rows: Ints) -> str:
        """The key of the strongest identifier among ``rows`` (places in ``self.rows``)."""
        nodes = self.rows[rows]
        names = self.graph.identifiers.type_names
        rank = [self.policy.rule(names[code]).priority for code in self.graph.identifiers.types[nodes]]
        return str(min(zip(rank, keys_of(self.graph, nodes).tolist(), strict=True))[1])

    def keys(self, rows: Ints) -> list[str]:
        """The keys of ``rows`` (places in ``self.rows``)."""
        return [str(key) for key in keys_of(self.graph, self.rows[rows])]


def largest_effects(found: Comparison, before: World, after: World) -> tuple[Effect, ...]:
    """The ``MOST_EFFECTS`` groups in which most identifiers change hands, ties by the oldest customer; O(n log n)."""
    eldest = np.full(len(found.changed), np.iinfo(np.int64).max)
    np.minimum.at(eldest, found.group_after, found.after)
    np.minimum.at(eldest, found.group_before, found.before)
    order = np.lexsort((eldest, -found.changed))[:MOST_EFFECTS]
    chosen = order[found.changed[order] > 0]
    here = np.flatnonzero(np.isin(found.group_row, chosen))
    known = frozenset(found.before[np.isin(found.group_before, chosen)].tolist())
    return tuple(_effect(here[found.group_row[here] == group], before, after, known) for group in chosen.tolist())


def _effect(rows: Ints, before: World, after: World, known: frozenset[int]) -> Effect:
    old, new = _named(rows, before, known), _named(rows, after, known)
    differs = rows[before.customer[rows] != after.customer[rows]]
    return Effect(
        kind=_kind([one[0] for one in old], [one[0] for one in new]),
        identifiers=len(differs),
        customers_before=len(old),
        customers_after=len(new),
        before=_spelt(old[:MOST_NAMED], rows, before),
        after=_spelt(new[:MOST_NAMED], rows, after),
        examples=tuple(_examples(differs, before, after)),
    )


def _kind(before: list[int], after: list[int]) -> EffectKind:
    """What became of the customers ``before``, who are those of ``after`` (numbers) then."""
    if not before or not after:
        return EffectKind.DISSOLVED if before else EffectKind.APPEARED
    if len(before) > 1:
        return EffectKind.MERGED if len(after) == 1 else EffectKind.BOTH
    if len(after) > 1:
        return EffectKind.SPLIT
    return EffectKind.ADJUSTED if before == after else EffectKind.RENAMED


def _named(rows: Ints, world: World, known: frozenset[int]) -> list[tuple[int, int, bool]]:
    """Number, size and newness of the customers that ``rows`` belong to, the largest first, then the oldest."""
    numbers, sizes = np.unique(world.customer[rows], return_counts=True)
    found = [(number, size, number not in known) for number, size in zip(numbers.tolist(), sizes.tolist(), strict=True)]
    return sorted((one for one in found if one[0]), key=lambda one: (-one[1], one[0]))


def _spelt(found: list[tuple[int, int, bool]], rows: Ints, world: World) -> tuple[Named, ...]:
    owner = world.customer[rows]
    return tuple(
        Named(customer_id(number), world.strongest(rows[owner == number]), size, new) for number, size, new in found
    )


def _examples(rows: Ints, before: World, after: World) -> list[str]:
    """Some identifiers that change hands; those first that were or will be nobody's, for they are mostly the cause."""
    lone = (before.customer[rows] == 0) | (after.customer[rows] == 0)
    some = np.concatenate([rows[lone], rows[~lone]])[:EXAMPLES]
    return before.keys(some)
