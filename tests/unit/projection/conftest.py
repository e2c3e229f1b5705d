"""Segments of the fact log, made from events as a source tells them, and a shop for whole runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from knotwork_graph.policy import Policy
from knotwork_resolvers.projection import Observation, observe
from tests.unit.run.conftest import open_shop, shop
from tests.unit.run.shop import Shop, Told

__all__ = ["open_shop", "shop"]

Observed = Callable[..., Observation]


@pytest.fixture
def observed(open_shop: Callable[..., Shop], tmp_path: Path) -> Observed:
    """What some batches of events show under a policy, each batch a segment of its own."""

    def seen(*batches: Sequence[Told], policy: Policy | None = None, until: int | None = None) -> Observation:
        made = open_shop(policy)
        for batch in batches:
            made.load(batch)
        return observe(made.workspace.facts.segments(), policy or Policy(), until=until, scratch=tmp_path)

    return seen
