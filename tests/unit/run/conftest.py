"""Workspaces that are closed in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knotwork_graph.policy import Policy
from tests.unit.run.shop import Shop


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Makes a shop in a folder of its own, under a policy."""
    shops: list[Shop] = []

    def made(policy: Policy | None = None, name: str = "") -> Shop:
        shops.append(Shop(tmp_path / (name or f"shop-{len(shops)}"), policy))
        return shops[-1]

    yield made
    for shop in shops:
        shop.close()


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    """A shop under an empty policy."""
    return open_shop()
