"""Step 5 for contested clusters: join the strongest links first, never beyond what the policy allows.

Kruskal's algorithm with a guard: each part knows how many identifiers it holds, which ones of each limited type, and
whom it must not meet. Near-linear in the edges of the contested clusters; nothing else comes here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TOO_LARGE = "max_cluster_size"
CANNOT_LINK = "cannot_link"
ISOLATE = "isolate"
SHOWN = 3  # of the values that collide; a refusal is remembered for each of maybe millions of edges


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why two parts may not be joined: the rule, and the identifiers that collide (indices of both sides)."""

    rule: str
    left: tuple[int, ...] = ()
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a part may hold: values by type code, and identifiers in all (None: any number)."""

    per_type: Mapping[int, int]
    names: Sequence[str]
    size: int | None = None

    def rule_name(self, code: int) -> str:
        """The policy key that the limit of this type stands under."""
        return f"max_per_customer.{self.names[code]}"


@dataclass(slots=True)
class Parts:
    """Disjoint parts of some identifiers, with a guarded ``join``. Starts with each identifier on its own."""

    types: Sequence[int]
    limits: Limits
    parent: list[int] = field(init=False)
    size: list[int] = field(init=False)
    held: dict[int, dict[int, list[int]]] = field(init=False)
    enemies: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    poisoned: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.parent = list(range(len(self.types)))
        self.size = [1] * len(self.types)
        limited = self.limits.per_type
        self.held = {node: {code: [node]} for node, code in enumerate(self.types) if code in limited}

    def find(self, node: int) -> int:
        """The part that ``node`` is in, named by one of its members; amortised near O(1)."""
        parent = self.parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def forbid(self, a: int, b: int) -> None:
        """Remember that no part may hold both ``a`` and ``b``. Call it after the must-links, before other joins."""
        left, right = self.find(a), self.find(b)
        if left == right:
            self.poisoned.add(left)
        self.enemies.setdefault(left, []).append((a, b))
        self.enemies.setdefault(right, []).append((b, a))

    def refusal(self, left: int, right: int) -> Refusal | None:
        """Why the parts ``left`` and ``right`` may not become one, or None where they may."""
        size = self.limits.size
        if size is not None and self.size[left] + self.size[right] > size:
            return Refusal(TOO_LARGE)
        if left in self.held and right in self.held and (found := self._over_limit(left, right)):
            return found
        return self._meets_enemy(left, right) if self.enemies else None

    def join(self, left: int, right: int) -> None:
        """Make one part of the parts ``left`` and ``right`` without asking; amortised O(log n)."""
        if self.size[left] < self.size[right]:
            left, right = right, left
        self.parent[right] = left
        self.size[left] += self.size[right]
        self._hand_over(left, right)

    def _over_limit(self, left: int, right: int) -> Refusal | None:
        mine, theirs = self.held[left], self.held[right]
        for code in sorted(mine.keys() & theirs.keys(), key=self.limits.names.__getitem__):
            a, b = len(mine[code]), len(theirs[code])
            if a + b > max(self.limits.per_type[code], a, b):
                return Refusal(self.limits.rule_name(code), tuple(mine[code][:SHOWN]), tuple(theirs[code][:SHOWN]))
        return None

    def _meets_enemy(self, left: int, right: int) -> Refusal | None:
        if left in self.poisoned or right in self.poisoned:
            return Refusal(CANNOT_LINK)
        mine, theirs = self.enemies.get(left, ()), self.enemies.get(right, ())
        if len(mine) <= len(theirs):
            met = [(own, foe) for own, foe in mine if self.find(foe) == right]
        else:
            met = [(foe, own) for own, foe in theirs if self.find(foe) == left]
        shown = met[:SHOWN]
        return Refusal(CANNOT_LINK, tuple(a for a, _ in shown), tuple(b for _, b in shown)) if met else None

    def _hand_over(self, heir: int, gone: int) -> None:
        lost = self.held.pop(gone, None)
        if lost is not None:
            mine = self.held.setdefault(heir, {})
            for code, nodes in lost.items():
                mine.setdefault(code, []).extend(nodes)
        if gone in self.enemies:
            self.enemies.setdefault(heir, []).extend(self.enemies.pop(gone))
        if gone in self.poisoned:
            self.poisoned.add(heir)


def join_in_order(parts: Parts, ends: Sequence[tuple[int, int]]) -> dict[int, Refusal]:
    """Join the ``ends`` in the given order where allowed; the place of each edge not taken, with its refusal.

    An edge whose ends came together by other edges is not severed, even if it was refused before.
    """
    refused: dict[int, Refusal] = {}
    find = parts.find
    for place, (a, b) in enumerate(ends):
        left, right = find(a), find(b)
        if left == right:
            continue
        why = parts.refusal(left, right)
        if why is None:
            parts.join(left, right)
        else:
            refused[place] = why
    return {place: why for place, why in refused.items() if find(ends[place][0]) != find(ends[place][1])}
