"""The same segments with the graph on a Neo4j server."""

from __future__ import annotations

from pathlib import Path

import pytest

from knotwork.service.segments import Places, SegmentService
from knotwork.workspace import Workspace, open_workspace
from tests.integration.segments.test_segments import event, opened
from tests.neo4j_server.home import PASSWORD

pytestmark = pytest.mark.neo4j


@pytest.fixture
def shop(neo4j_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The shop of the other tests, its graph on the server."""
    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", PASSWORD)
    monkeypatch.setenv("KNOTWORK_GRAPH_URL", neo4j_server)
    with opened(tmp_path) as made:
        yield made


def sizes(workspace: Workspace) -> dict[str, int]:
    return {one.name: one.size for one in workspace.segments()}


def test_members_follow_events_decisions_and_nights_on_a_server(shop: Workspace, tmp_path: Path):
    assert sizes(shop) == {"big": 1, "buyers": 2}
    shop.collect([event(9, "hung", "Order Completed", 0, {"revenue": 5, "currency": "VND"}, True)])
    assert sizes(shop) == {"big": 2, "buyers": 3}
    made = shop.decide("must_link", "email:lan@example.com", "email:mai@example.com", reason="one person")
    shop.resolve()
    assert sizes(shop) == {"big": 1, "buyers": 2}
    assert shop.segment_why("big", "email:mai@example.com").conditions[0].value is False
    shop.undo(made.record.number, reason="two people")
    shop.resolve(full=True)
    assert sizes(shop) == {"big": 2, "buyers": 3}
    with open_workspace(shop.layout.folder) as other:
        places = Places(other.layout.policy, other.layout.segments, tmp_path / "anew")
        service = SegmentService(other.home, other.settings, places, lambda _: 0)
        assert set(service.numbers("big")) == set(shop.segmenting.numbers("big"))
        service.close()
