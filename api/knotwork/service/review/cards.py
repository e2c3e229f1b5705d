"""What lies on a card: both sides, their traits side by side, what holds and what parts them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork.service.review.values import Compared, Side
from knotwork_graph.desk import Case
from knotwork_graph.errors import KnotworkError
from knotwork_graph.model import Identifier, customer_id, customer_number
from knotwork_graph.policy import Policy

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork.service.explanations import ExplanationService
    from knotwork_resolvers.explain.answers import Neighbours, Why, WhyNot
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.review.split import SplitProposal

TRAITS = (
    "SELECT customer, trait, list(DISTINCT value ORDER BY value) AS found FROM {observed} GROUP BY ALL ORDER BY ALL"
)
MOST_VALUES = 10
ONE_EACH = ("birth_date", "gender", "national_id")
"""Traits of which a person has one."""

GENDERS = {"female": "f", "nữ": "f", "nu": "f", "male": "m", "nam": "m"}


@dataclass(frozen=True, slots=True)
class Explained:
    """Why the two sides are one, or why they are not; of a case of one identifier, what that was seen with."""

    why: Why | None = None
    why_not: WhyNot | None = None
    seen_with: Neighbours | None = None


class Cards:
    """Reads what a card shows."""

    def __init__(self, home: Home, policy: Policy, explanations: ExplanationService) -> None:
        self._home, self._policy, self._explanations = home, policy, explanations

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
        """What holds both identifiers of a case together, or keeps them apart, or what its only one was seen with."""
        asked, about = self._explanations, case.finding.about
        try:
            if len(about) > 1:
                one = len(sides) < 2
                return Explained(why=asked.why(*about)) if one else Explained(why_not=asked.why_not(*about))
            return Explained() if customer_number(about[0]) else Explained(seen_with=asked.seen_with(about[0]))
        except KnotworkError:
            return Explained()

    def against(
        self, case: Case, sides: Sequence[Side], traits: Sequence[Compared], split: SplitProposal | None
    ) -> tuple[str, ...]:
        """What speaks against one person, in sentences that name no value."""
        return (*self._against(sides, traits), *self._in_two_places(case, sides, split))

    def _against(self, sides: Sequence[Side], traits: Sequence[Compared]) -> Iterator[str]:
        for one in traits:
            said = meanings(one.trait, {*one.left, *one.right, *one.shared}) if one.trait in ONE_EACH else ()
            if len(said) > 1:
                yield f"there are {len(said)} different {one.trait.replace('_', ' ')}s"
        for kind, count in sorted(counted(key for side in sides for key in side.identifiers).items()):
            limit = self._policy.rule(kind).max_per_customer
            if limit is not None and count > limit:
                yield f"together they hold {count} of type {kind}, and the policy allows {limit}"

    def _in_two_places(self, case: Case, sides: Sequence[Side], split: SplitProposal | None) -> Iterator[str]:
        """A sentence where sessions of both sides overlap in places that cannot be one."""
        from knotwork_resolvers.review.places import overlaps

        parts = self._parts(case, sides, split)
        found = overlaps(*parts) if parts is not None else ()
        if found:
            first, more = found[0], len(found) - 1
            again = f", and {more:,} times more" if more else ""
            yield (
                f"they were in two places at once: on {first.begun:%Y-%m-%d} from {first.begun:%H:%M} to "
                f"{first.ended:%H:%M} UTC, each with another {first.place}{again}"
            )

    def _parts(
        self, case: Case, sides: Sequence[Side], split: SplitProposal | None
    ) -> tuple[pa.Table, pa.Table] | None:
        """The events of both sides; of one customer, those of the two parts that it may fall into."""
        from knotwork_resolvers.generation.customer_events import CustomerEvents
        from knotwork_resolvers.review.places import COLUMNS, of_bearers

        numbers = [number for one in sides if (number := customer_number(one.customer))]
        if not numbers or len(numbers) < len(sides):
            return None
        rows = CustomerEvents(self._home, self._policy).rows_of(numbers, COLUMNS)
        if len(numbers) > 1:
            return rows[numbers[0]], rows[numbers[1]]
        parts = split.sides if split is not None else tuple((key,) for key in case.finding.about)
        if len(parts) < 2:
            return None
        return of_bearers(rows[numbers[0]], self._ids(parts[0]), self._ids(parts[1]))

    def _ids(self, keys: Sequence[str]) -> Collection[int]:
        return self._home.store.ids_of([Identifier.parse(key) for key in keys]).values()


def compared(name: str, left: Sequence[str], right: Sequence[str]) -> Compared:
    """One trait of two sides.

    >>> compared("city", ["Hue", "Hanoi"], ["Hue"])
    Compared(trait='city', shared=('Hue',), left=('Hanoi',), right=())
    """
    both = set(left) & set(right)
    mine, theirs = (tuple(one for one in some if one not in both)[:MOST_VALUES] for some in (left, right))
    return Compared(name, tuple(sorted(both))[:MOST_VALUES], mine, theirs)


def meanings(trait: str, values: Collection[str]) -> Collection[str]:
    """The different things that ``values`` say: ways of writing one birth date are one, and what is no date is none.

    >>> sorted(meanings("gender", ["F", "Nữ", "female"])), sorted(meanings("birth_date", ["11/08/1961", "1961-08-11"]))
    (['f'], ['1961-08-11'])
    """
    if trait != "birth_date":
        plain = (value.strip().casefold() for value in values)
        return {GENDERS.get(value, value) if trait == "gender" else value for value in plain}
    from knotwork_resolvers.review.finding.stakes import days_of

    return set(days_of(sorted(values)).values())


def counted(keys: Iterator[str]) -> Mapping[str, int]:
    """How many keys of each type there are, each once."""
    found: dict[str, int] = {}
    for key in set(keys):
        kind = Identifier.parse(key).type
        found[kind] = found.get(kind, 0) + 1
    return found
