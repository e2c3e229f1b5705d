"""The effect of decisions as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Handed:
    """Identifiers that change hands: ``before`` and ``after`` are customer ids, empty for nobody."""

    before: str
    after: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Led:
    """Where the id of a customer that is none any more leads: heirs, the one with most of its identifiers first."""

    customer: str
    heirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What would be different in the run that obeys. Ids are those that the run would give.

    ``created``: customers that are none now; ``retired``: ids that name none then; ``kept``: customers that live on
    with other identifiers. ``events``, ``orders`` and ``revenue`` (by currency, exact decimals as text) are those whose
    owner changes. ``entered`` and ``left``: (customer, segment); ``stricter``: (customer, purpose) that allow no more
    what they did. ``untold`` says in words what was not worked out, empty where all was. ``contradicts`` says in words
    what stands against it; then nothing else is told.
    """

    created: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    redirected: tuple[Led, ...] = ()
    handed: tuple[Handed, ...] = ()
    severed: int = 0
    healed: int = 0
    events: int = 0
    orders: int = 0
    revenue: Mapping[str, str] = field(default_factory=dict)
    entered: tuple[tuple[str, str], ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    stricter: tuple[tuple[str, str], ...] = ()
    untold: str = ""
    contradicts: str = ""

    @property
    def customers(self) -> int:
        """How many customers it changes."""
        return len({*self.created, *self.kept, *self.retired})

    @property
    def identifiers(self) -> int:
        """How many identifiers change hands."""
        return sum(len(one.keys) for one in self.handed)

    @property
    def nothing(self) -> bool:
        """Whether nobody would notice."""
        return not (self.customers or self.handed or self.severed or self.healed or self.events)
