"""A small store and a ground to explain it on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knotwork_graph.policy import Policy
from knotwork_resolvers.explain.ground import Ground
from tests.unit.explain.small_store import MOMENT, SmallStore


@pytest.fixture
def small() -> Callable[..., SmallStore]:
    """Makes a store: ``small("a-b b-c:4", {1: "abc"})`` has edges t:a-t:b (seen once) and t:b-t:c (four times)."""

    def make(edges: str, customers: dict[int, str]) -> SmallStore:
        store = SmallStore()
        for number, letters in customers.items():
            for letter in letters:
                store.put(f"t:{letter}", number)
        for edge in edges.split():
            ends, _, count = edge.partition(":")
            a, b = ends.split("-")
            store.tie(f"t:{a}", f"t:{b}", int(count or 1))
        return store

    return make


@pytest.fixture
def ground() -> Ground:
    """Nothing is limited, nothing expires; the moment is ``NOW``."""
    return Ground(Policy(), 7, MOMENT)
