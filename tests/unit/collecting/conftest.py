"""A fact log in a folder of its own, and a collector that is closed in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knotwork_graph.facts import FactLog
from knotwork_resolvers.collecting import Collector


@pytest.fixture
def log(tmp_path: Path) -> Iterator[FactLog]:
    made = FactLog(tmp_path / "data" / "facts")
    yield made
    made.close()


@pytest.fixture
def collector(log: FactLog) -> Iterator[Collector]:
    made = Collector(log)
    yield made
    made.close()
