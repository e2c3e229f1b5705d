"""The change feed as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork.cli.moments import minute
from knotwork.cli.terminal import remark, table

if TYPE_CHECKING:
    from knotwork_resolvers.feed import FeedEntry, FeedPage

HEADERS = ("time", "run", "change", "customer", "other", "identifiers", "cause")
SHOWN = 5


def show_changes(page: FeedPage) -> None:
    """Print a page of the feed, and where to go on."""
    if page.entries:
        table(HEADERS, [cells(one) for one in page], numbers=("run",))
    else:
        remark("Nothing has changed since then.")
    remark(f"{'There are more' if page.more else 'Go on later'}: --since {page.cursor}")


def cells(one: FeedEntry) -> tuple[object, ...]:
    """One change as cells; of many identifiers only some are told."""
    more = len(one.identifiers) - SHOWN
    keys = ", ".join(one.identifiers[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
    return minute(one.at), one.run, one.kind, one.customer or "nobody", one.other or "nobody", keys, one.cause
