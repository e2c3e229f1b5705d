"""Profiles: one customer's golden record, pages of known or anonymous people, and what the policy misnames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from knotwork_graph.errors import UsageError
from knotwork_graph.model import customer_id, customer_number
from knotwork_graph.policy import suggestion

if TYPE_CHECKING:
    from knotwork.service.customers import CustomerService
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.enriching import Trial
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.profiles.profile import Profile

View = Literal["everybody", "known", "anonymous"]
VIEWS: tuple[View, ...] = ("everybody", "known", "anonymous")
MOST_AT_ONCE = 1_000
LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """Profiles by customer id, in its order, and whether there are more after the last."""

    profiles: tuple[tuple[str, Profile], ...]
    more: bool


class ProfileService:
    """Answers about profiles from the current run; safe to call from several threads.

    Values are in clear: who shows them to a role puts them through ``access.profiles.masked_profile``.
    """

    def __init__(self, home: Home, policy: Policy, customers: CustomerService) -> None:
        self._home, self._policy, self._customers = home, policy, customers

    def profile(self, key_or_id: str, as_of: datetime | None = None) -> Profile:
        """What is known of one customer: at the moment of the current run, or by the events up to ``as_of``.

        Milliseconds. Raises ``UnknownCustomerError``, or ``ValueError`` for what is neither an id nor an identifier.
        """
        return self._customers.profile(key_or_id, as_of)

    def several(self, ids: Sequence[str], as_of: datetime | None = None) -> dict[str, Profile]:
        """The profiles of some customers by their ids, at the statements of one."""
        numbers = {number: one for one in ids if (number := customer_number(one)) is not None}
        found = self._customers.profile_page(list(numbers), as_of)
        return dict(zip(numbers.values(), found, strict=True))

    def page(
        self, view: View = "everybody", first: int = 100, after: str | None = None, as_of: datetime | None = None
    ) -> ProfilePage:
        """The next ``first`` profiles of a view by customer id, after the id ``after``.

        ``known`` people hold an identifier that names a person or an account, ``anonymous`` ones only browsers and
        machines. Raises ``UsageError`` for another view, ``ValueError`` for what is no id.
        """
        if view not in VIEWS:
            raise UsageError(f"there is no view {view}; {suggestion(view, VIEWS)}")
        wanted = max(0, min(first, MOST_AT_ONCE))
        found: list[int] = []
        for number in self._in_view(view, _start(after)):
            found.append(number)
            if len(found) > wanted:
                break
        shown = found[:wanted]
        told = zip(map(customer_id, shown), self._customers.profile_page(shown, as_of), strict=True)
        return ProfilePage(tuple(told), len(found) > wanted)

    def warnings(self) -> tuple[str, ...]:
        """A sentence for each trait, source, event and purpose of the policy that no event has shown. O(events)."""
        from knotwork_resolvers.profiles.named import misnamed

        return misnamed(self._home, self._policy)

    def enrich_trial(self, paths: Sequence[Path], mapping: Path | None = None) -> Trial:
        """What loading these files would bring; writes nothing. Its figures hold no values of anybody.

        Raises ``InputError``, ``MappingError``, and ``UnknownRunError`` where nothing is resolved yet.
        """
        from knotwork_resolvers.enriching import trial
        from knotwork_resolvers.loading import read_mapping

        chosen = None if mapping is None else read_mapping(mapping)
        return trial(self._home, self._policy, paths, chosen)

    def _in_view(self, view: View, start: int) -> Iterator[int]:
        """The numbers of the customers of a view above ``start``, ascending."""
        from knotwork_graph.model import Status
        from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES

        store = self._home.store
        while numbers := store.customers(start, LOOKED_AT):
            start = numbers[-1]
            if view == "everybody":
                yield from numbers
                continue
            held = store.members_of(numbers)
            for number in numbers:
                linking = (one for one in held.get(number, ()) if one.status is Status.LINKING)
                if any(one.type not in ANONYMOUS_TYPES for one in linking) == (view == "known"):
                    yield number


def _start(after: str | None) -> int:
    """The number to begin after. Raises ``ValueError``."""
    number = 0 if after is None else customer_number(after)
    if number is None:
        raise ValueError(f"{after!r} is no customer id: it looks like {customer_id(1)}")
    return number
