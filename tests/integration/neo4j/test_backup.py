"""A workspace whose graph is on a Neo4j server is backed up with it, and goes on in the file or on a server."""

from __future__ import annotations

from pathlib import Path

import pytest

import knotwork
from knotwork.service.backup import restore
from tests.integration.neo4j.shops import happenings, made, write
from tests.integration.neo4j.test_moving import at, digests

pytestmark = pytest.mark.neo4j


def test_a_graph_on_a_server_is_kept_with_the_workspace(
    neo4j_server: str, tmp_path: Path, as_tester: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path / "shop").close()
    kw = at(tmp_path / "shop", neo4j_server)
    for number, batch in enumerate(happenings(5, batches=3)):
        kw.load(write(tmp_path / f"{number}.jsonl", batch))
        kw.resolve()
    members, changes = kw.home.store.memberships().customer.tolist(), kw.changes().entries
    before = digests(neo4j_server, kw.layout.graph)
    kw.backup(tmp_path / "kept.tar")
    kw.close()
    restored = restore(tmp_path / "kept.tar", tmp_path / "again")
    assert restored.server
    monkeypatch.setenv("KNOTWORK_GRAPH_URL", "sqlite")
    with knotwork.open(tmp_path / "again") as again:
        assert again.home.store.memberships().customer.tolist() == members
        assert again.changes().entries == changes
        assert again.graph_verify() > 0
        assert [one.what for one in again.doctor() if not one.ok and "GiB" not in one.what] == []
        assert digests("sqlite", again.layout.graph) == before
