"""What lies on a card: both sides, their traits side by side, what holds and what parts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork.service.review.values import Compared, Side
from knotwork_graph.desk import Case
from knotwork_graph.errors import KnotworkError
from knotwork_graph.model import Identifier, customer_id, customer_number
from knotwork_graph.policy import Policy

if TYPE_CHECKING:
    from knotwork_resolvers.explain.answers import Why, WhyNot
    from knotwork_resolvers.home import Home

TRAITS = (
    "SELECT customer, trait, list(DISTINCT value ORDER BY value) AS found FROM {observed} GROUP BY ALL ORDER BY ALL"
)
MOST_VALUES = 10
ONE_EACH = ("birth_date", "gender", "national_id")
"""Traits of which a person has one."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Why the two sides are one, or why they are not; one of both, where there are two."""

    why: Why | None = None
    why_not: WhyNot | None = None


class Cards:
    """Reads what a card shows. ``why`` and ``why_not`` are those of the explanations."""

    def __init__(
        self, home: Home, policy: Policy, why: Callable[[str, str], Why], why_not: Callable[[str, str], WhyNot]
    ) -> None:
        self._home, self._policy, self._why, self._why_not = home, policy, why, why_not

    def sides(self, case: Case) -> tuple[Side, ...]:
        """The customers that a case is about, one or two; an identifier of nobody stands alone."""
        found: dict[str, Side] = {}
        for name in case.finding.about:
            side = self._side(name)
            found.setdefault(side.customer or name, side)
        return tuple(found.values())

    def _side(self, name: str) -> Side:
        from knotwork_resolvers.review.finding.stakes import Stakes, stakes_of

        store = self._home.store
        number = customer_number(name) or store.customer_of(Identifier.parse(name))
        if not number:
            return Side("", (name,))
        held = stakes_of(self._home, self._policy, [number]).get(number, Stakes())
        keys = tuple(one.key for one in store.members(number))
        return Side(customer_id(number), keys or (name,), held.events, held.orders)

    def traits(self, sides: Sequence[Side]) -> tuple[Compared, ...]:
        """The traits of both sides by name, at the level of values; of one side where there is one."""
        numbers = [number for one in sides if (number := customer_number(one.customer))]
        told = self._observed(numbers) if numbers else {}
        left = told.get(numbers[0], {}) if numbers else {}
        right = told.get(numbers[1], {}) if len(numbers) > 1 else {}
        return tuple(compared(name, left.get(name, ()), right.get(name, ())) for name in sorted({*left, *right}))

    def _observed(self, numbers: Sequence[int]) -> dict[int, dict[str, tuple[str, ...]]]:
        from knotwork_resolvers.engine import engine
        from knotwork_resolvers.profiles.observed import observed_traits

        with engine(self._home.scratch) as connection:
            observed = observed_traits(connection, self._home, self._policy, numbers)
            rows = connection.sql(TRAITS.format(observed=observed)).fetchall()
        found: dict[int, dict[str, tuple[str, ...]]] = {}
        for customer, trait, values in rows:
            found.setdefault(customer, {})[trait] = tuple(values)
        return found

    def explained(self, case: Case, sides: Sequence[Side]) -> Explained:
        """What holds both identifiers of a case together, or keeps them apart."""
        if len(case.finding.about) < 2:
            return Explained()
        a, b = case.finding.about
        try:
            return Explained(why=self._why(a, b)) if len(sides) < 2 else Explained(why_not=self._why_not(a, b))
        except KnotworkError:
            return Explained()

    def against(self, sides: Sequence[Side], traits: Sequence[Compared]) -> tuple[str, ...]:
        """What speaks against one person, in sentences that name no value."""
        return tuple(self._against(sides, traits))

    def _against(self, sides: Sequence[Side], traits: Sequence[Compared]) -> Iterator[str]:
        for one in traits:
            if one.trait in ONE_EACH and len({*one.left, *one.right, *one.shared}) > 1:
                yield f"there are {len({*one.left, *one.right, *one.shared})} different {one.trait.replace('_', ' ')}s"
        for kind, count in sorted(counted(key for side in sides for key in side.identifiers).items()):
            limit = self._policy.rule(kind).max_per_customer
            if limit is not None and count > limit:
                yield f"together they hold {count} of type {kind}, and the policy allows {limit}"


def compared(name: str, left: Sequence[str], right: Sequence[str]) -> Compared:
    """One trait of two sides.

    >>> compared("city", ["Hue", "Hanoi"], ["Hue"])
    Compared(trait='city', shared=('Hue',), left=('Hanoi',), right=())
    """
    both = set(left) & set(right)
    mine, theirs = (tuple(one for one in some if one not in both)[:MOST_VALUES] for some in (left, right))
    return Compared(name, tuple(sorted(both))[:MOST_VALUES], mine, theirs)


def counted(keys: Iterator[str]) -> Mapping[str, int]:
    """How many keys of each type there are, each once."""
    found: dict[str, int] = {}
    for key in set(keys):
        kind = Identifier.parse(key).type
        found[kind] = found.get(kind, 0) + 1
    return found
