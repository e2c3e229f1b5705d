"""The change feed, as programs that follow it ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_graph.errors import UsageError

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphReader
    from knotwork_resolvers.feed import FeedPage


class FeedService:
    """Answers from what was published; safe to call from several threads."""

    def __init__(self, store: GraphReader) -> None:
        from knotwork_resolvers.feed import Feed

        self._feed = Feed(store)

    def changes(self, since: str | None = None, first: int | None = None) -> FeedPage:
        """The next ``first`` changes (all without) after the cursor ``since`` (from the first publication without).

        Raises ``UsageError`` for a cursor that is not of this feed, or where ``first`` is not positive.
        """
        if first is not None and first < 1:
            raise UsageError(f"{first} changes cannot be read. Ask for 1 or more.")
        return self._feed.page(since, first)

    def end(self) -> str:
        """The cursor after all the changes that there are."""
        return self._feed.end()
