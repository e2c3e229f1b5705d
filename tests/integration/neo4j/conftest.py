"""The fixtures of the tests that run against a real Neo4j."""

from __future__ import annotations

import pytest

from tests.neo4j_server.home import PASSWORD


@pytest.fixture
def as_tester(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment knows the password of the tests' server."""
    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", PASSWORD)
