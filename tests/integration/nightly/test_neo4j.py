"""The same nights with the graph on a Neo4j server: published, held, gone astray and repaired, sent back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knotwork.workspace import Workspace
from knotwork.workspace.layout import Layout
from knotwork_graph.errors import WorkspaceBusyError
from knotwork_graph.policy import GraphSettings, Settings
from knotwork_resolvers.nightly import alone
from tests.neo4j_server.home import PASSWORD
from tests.unit.nightly.night import OPEN, Night, joined, pairs, verdict

pytestmark = pytest.mark.neo4j
GATES = replace(OPEN, id_changes=0.1, drift="repair", ledger=True, graph=True)


@pytest.fixture
def night(neo4j_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Ten customers on the server, which readers see."""
    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", PASSWORD)
    made = Night(tmp_path / "shop", gates=GATES)
    made.workspace.close()
    made.workspace = Workspace(Layout(made.folder), Settings(gates=GATES, graph=GraphSettings(neo4j_server)))
    made.load(pairs(10))
    assert made.recompute().state == "published"
    yield made
    made.close()


def test_nights_on_a_server(night):
    before = night.owners()
    night.load(joined([0, 1, 2]))
    held = night.recompute()
    assert (held.state, [one.gate for one in held.held_by]) == ("held", ["id_changes"])
    assert night.owners() == before
    taken = night.workspace.collect([one.line() for one in pairs(1, 20)])
    assert taken.resolved.how == "incremental"
    made = night.workspace.runs.publish(held.run).report
    assert (made.state, made.remakes) == ("published", held.run)
    assert verdict(made, "drift").value == 0
    assert verdict(made, "graph").passed
    assert verdict(made, "ledger").passed
    assert len(set(night.owners().values())) == 9
    night.workspace.runs.rollback(1)
    assert night.owners() | {"email:20@x.vn": 0, "cookie:c20": 0} == before | {"email:20@x.vn": 0, "cookie:c20": 0}


def test_what_went_astray_on_a_server_is_named_and_repaired(night):
    before = night.owners()
    server = night.workspace.home.store._server
    server.write(
        lambda work: work.rows(
            "MATCH (i:Identifier {value: '5@x.vn'})-[m:BELONGS_TO]->() MATCH (c:Customer {number: $other}) "
            "CREATE (i)-[n:BELONGS_TO]->(c) SET n = properties(m) DELETE m",
            other=before["email:6@x.vn"],
        )
    )
    assert night.owners() != before
    found = verdict(night.recompute(), "drift")
    assert (found.passed, found.value) == (True, 1)
    assert night.owners() == before


def test_two_machines_never_work_at_once(night, neo4j_server):
    """Another workspace that shares the server, as one on another machine would."""
    with alone(night.workspace.home.store), pytest.raises(WorkspaceBusyError, match="the nightly job of"):
        night.recompute()
