"""The feed of one store: read from any place, in pieces of any size.

What is told of a publication is computed from the memberships that its run and the one before show. These are never
rewritten, so neither is the feed; no second list of the same truth has to be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_graph.errors import UsageError
from knotwork_graph.ports import GraphReader, Publications
from knotwork_resolvers.feed.cursor import ELSEWHERE, Place, cursor_of, place_of
from knotwork_resolvers.feed.entry import FeedEntry, FeedPage
from knotwork_resolvers.feed.telling import Telling

if TYPE_CHECKING:
    from knotwork_resolvers.feed.moves import Moves


class Feed:
    """Safe to read from several threads: the store is, and what is remembered is replaced whole."""

    def __init__(self, store: GraphReader) -> None:
        self._store = store
        self._remembered: tuple[int, int, Moves] | None = None  # a publication that is read page by page

    def page(self, since: str | None = None, first: int | None = None) -> FeedPage:
        """The next ``first`` entries (all there are without) after the cursor ``since`` (from the start without).

        O(publications + entries), and one reading of a publication that is read in pieces. Raises ``UsageError`` for a
        cursor that is not of this feed.
        """
        published, found = self._store.publications(), list[FeedEntry]()
        place = place_of(since, published)
        while place.whole < len(published.run) and (first is None or len(found) < first):
            telling = self._telling(published, place)
            stop = len(telling.moves) if first is None else min(len(telling.moves), place.taken + first - len(found))
            found += telling.entries(place.taken, stop)
            place = telling.after(stop)
        place = self._beyond_empty(published, place)
        return FeedPage(tuple(found), cursor_of(place, published), place.whole < len(published.run))

    def end(self) -> str:
        """The cursor after all that there is; one pass over the publications."""
        published = self._store.publications()
        return cursor_of(Place(len(published.run)), published)

    def _beyond_empty(self, published: Publications, place: Place) -> Place:
        """The place after the publications that changed nothing for readers."""
        while place.whole < len(published.run) and not len(self._telling(published, place).moves):
            place = Place(place.whole + 1)
        return place

    def _telling(self, published: Publications, place: Place) -> Telling:
        """The publication that a place is amid. Raises ``UsageError`` where it has fewer entries than were taken."""
        start = int(published.run[place.whole - 1]) if place.whole else 0
        moves = self._moves(start, int(published.run[place.whole]))
        if place.taken and place.taken >= len(moves):
            raise UsageError(ELSEWHERE)
        return Telling(self._store, published, place.whole, moves)

    def _moves(self, start: int, end: int) -> Moves:
        from knotwork_resolvers.feed.moves import moves_between

        remembered = self._remembered
        if remembered is None or remembered[:2] != (start, end):
            remembered = self._remembered = start, end, moves_between(self._store, start, end)
        return remembered[2]
