"""The change feed: what became of customers, in the order in which readers came to see it."""

from knotwork_resolvers.feed.entry import FeedEntry, FeedPage
from knotwork_resolvers.feed.feed import Feed

__all__ = ["Feed", "FeedEntry", "FeedPage"]
