"""One publication told as entries of the feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork_graph.model import customer_id, from_micros
from knotwork_graph.ports import GraphReader, Publications
from knotwork_resolvers.feed.cursor import Place, cursor_of
from knotwork_resolvers.feed.entry import FeedEntry

if TYPE_CHECKING:
    from knotwork_resolvers.feed.moves import Moves

AT_ONCE = 2_000
SENT_BACK, SENT_ON = "sent back", "sent on"
"""The causes where people moved the pointer to a run that readers had seen before."""


@dataclass(frozen=True, slots=True)
class Telling:
    """The publication at place ``whole`` (from 0), and what readers saw change by it."""

    store: GraphReader
    published: Publications
    whole: int
    moves: Moves

    @property
    def run(self) -> int:
        """The run that readers were sent to."""
        return int(self.published.run[self.whole])

    def after(self, taken: int) -> Place:
        """The place in the feed after the first ``taken`` changes."""
        return Place(self.whole + 1) if taken == len(self.moves) else Place(self.whole, taken)

    def entries(self, start: int, stop: int) -> Iterator[FeedEntry]:
        """The entries of the changes from ``start`` until ``stop``; keys and causes are looked up for many at once."""
        for begin in range(start, stop, AT_ONCE):
            some = range(begin, min(stop, begin + AT_ONCE))
            names = self.store.keys_of([one for number in some for one in self.moves.of(number)])
            for number, cause in zip(some, self._causes(some), strict=True):
                keys = tuple(sorted(names[one] for one in self.moves.of(number)))
                yield self._entry(number, keys, cause)

    def _causes(self, some: range) -> list[str]:
        """Why each of some changes came: as its run noted, unless people sent readers to a run they had seen."""
        if self.run in self.published.run[: self.whole]:
            return [SENT_BACK if self.run < self.published.run[self.whole - 1] else SENT_ON] * len(some)
        rows = [self.moves.row(number) for number in some]
        noted = self.store.changes_of([(self.run, customer) for _, customer, _ in rows])
        causes = {(one.kind, one.customer, one.other): one.cause for one in noted}
        return [causes.get(row, SENT_ON) for row in rows]

    def _entry(self, number: int, keys: tuple[str, ...], cause: str) -> FeedEntry:
        from knotwork_resolvers.past.identifier import kind_name

        kind, customer, other = self.moves.row(number)
        return FeedEntry(
            cursor=cursor_of(self.after(number + 1), self.published),
            kind=kind_name(kind),
            customer=customer_id(customer) if customer else "",
            other=customer_id(other) if other else "",
            identifiers=keys,
            run=self.run,
            at=from_micros(int(self.published.at[self.whole])),
            cause=cause,
        )
