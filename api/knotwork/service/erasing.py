"""Erasing what is known of identifiers, or of a customer: from the events up, so that nothing can bring it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork.service.naming import meant
from knotwork_graph.errors import UnknownCustomerError, UsageError
from knotwork_graph.model import Identifier, Status, customer_number

if TYPE_CHECKING:
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.run import ResolveReport


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, or with ``number`` 0 would be: ``identifiers`` counted by type, and ``events``.

    ``beside``: how many of the events bore other identifiers too; ``letters``: refused rows that went. Where no event
    bears them, nothing is erased but such rows, and ``number`` is 0.
    """

    number: int
    identifiers: dict[str, int]
    events: int
    beside: int
    letters: int = 0
    resolved: ResolveReport | None = None


class ErasureService:
    """Erases. What writes is for the holder of the workspace's lock."""

    def __init__(self, home: Home, policy: Policy) -> None:
        self._home = home
        self._policy = policy

    def erase(
        self, names: Sequence[str], by: str, reason: str, *, dry_run: bool, tell: Callable[[str], None] | None
    ) -> Erased:
        """Take out every event that bears one of ``names`` (keys or customer ids), and resolve what is left.

        Of a customer those identifiers count that link; a shared one is others' too. Reads the identifiers of all
        events, and then resolves everything. Raises ``UnknownCustomerError``, ``UsageError`` without a reason.
        """
        from knotwork_graph.facts import Erasure
        from knotwork_resolvers.erasing import bearing, drop_letters
        from knotwork_resolvers.run import resolve_run

        if not names or not reason.strip():
            raise UsageError("an erasure needs what to erase, and a reason that can be shown. Say why with --reason.")
        asked = sorted({one for name in names for one in self._meant(name)})
        facts = self._home.facts
        if not dry_run:
            facts.pack()
        found = bearing(facts.segments(), asked, self._policy, self._home.scratch)
        kinds = dict(sorted(Counter(one.type for one in asked).items()))
        if dry_run:
            return Erased(0, kinds, len(found.events), found.beside)
        letters = drop_letters(facts.dead_letters, found.written)
        if not len(found.events):
            return Erased(0, kinds, 0, 0, letters)
        kept = facts.erase(found.events, Erasure(by, reason.strip(), kinds))
        resolved = resolve_run(self._home, self._policy, tell=tell)
        return Erased(kept.number, kinds, kept.events, found.beside, letters, resolved)

    def _meant(self, name: str) -> list[Identifier]:
        """The identifiers that a key or a customer id stands for."""
        store, number = self._home.store, customer_number(name)
        if number is None:
            return [meant(store, self._policy, name)]
        members = [one for one in store.members(number) if one.status is Status.LINKING]
        if not members:
            raise UnknownCustomerError(f"{name} holds no identifier of its own, so there is nothing of it to erase.")
        return [Identifier(one.type, one.value) for one in members]
