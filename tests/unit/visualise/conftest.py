"""Small clusters, named by the shape of their graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest

from knotwork_graph.model import EdgeView, IdentifierView

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
Cluster = tuple[tuple[IdentifierView, ...], tuple[EdgeView, ...]]


def make(count: int, links: Iterable[tuple[int, int]], *, kind: str = "linking", vouched: int = 0) -> Cluster:
    kinds = ("user_id", "email", "phone", "cookie", "device")
    views = tuple(
        IdentifierView(kinds[number % 5], f"v{number:04d}", events=number, first_seen=WHEN, last_seen=WHEN)
        for number in range(count)
    )
    edges = []
    for a, b in links:
        smaller, larger = sorted((views[a].key, views[b].key))
        edges.append(EdgeView(smaller, larger, 3, vouched, WHEN, WHEN + timedelta(days=2), ("web",), kind))
    return views, tuple(edges)


@pytest.fixture
def cluster() -> Callable[..., Cluster]:
    """Makes a cluster of so many identifiers with these links between their numbers."""
    return make
