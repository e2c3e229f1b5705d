"""Two sets of customers side by side: the answers of both, and the difference of every figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork_resolvers.analyses.table import Table, beside

if TYPE_CHECKING:
    from knotwork_resolvers.analyses.kinds import Answer


@dataclass(frozen=True, slots=True)
class Pair:
    """The answer for a first and for a second set of customers."""

    first: Answer
    second: Answer

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say of either, once."""
        of_second = (f"of the second set: {note}" for note in self.second.notes if note not in self.first.notes)
        return (*self.first.notes, *of_second)

    def tables(self) -> tuple[Table, ...]:
        """Each table with three columns for a figure: the first set's, the second's, and second minus first."""
        pairs = zip(self.first.tables(), self.second.tables(), strict=True)
        return tuple(beside(first, second) for first, second in pairs)
