"""The fixtures of the contract: each test runs once for every store. Nothing here reaches into one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knotwork_graph.ports import GraphStore
from tests.contract.graph.stores import STORES, Place

NEEDS: dict[str, list[pytest.MarkDecorator]] = {"neo4j": [pytest.mark.neo4j]}


@pytest.fixture(params=[pytest.param(kind, marks=NEEDS.get(kind, [])) for kind in sorted(STORES, reverse=True)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where an empty store is."""
    if request.param == "neo4j":
        return Place("neo4j", request.getfixturevalue("neo4j_server"))
    return Place(request.param, str(tmp_path / "graph"))


@pytest.fixture
def reopened(place: Place) -> Iterator[Callable[[], GraphStore]]:
    """Opens the store anew, as often as asked; all are closed in the end."""
    opened: list[GraphStore] = []

    def again() -> GraphStore:
        opened.append(place.open())
        return opened[-1]

    yield again
    for one in opened:
        one.close()


@pytest.fixture
def store(reopened: Callable[[], GraphStore]) -> GraphStore:
    """An empty store."""
    return reopened()
