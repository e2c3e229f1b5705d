from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_graph.model import EdgeView, IdentifierView, Status
from knotwork_visualise import Scene, scene
from knotwork_visualise.structure import structure

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
CHAIN = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]
TWO_TRIANGLES = [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5), (3, 5)]


def test_nothing_gives_an_empty_scene() -> None:
    empty = scene((), ())
    assert (empty.nodes, empty.edges, empty.legend) == ((), (), ())


def test_single_identifier_stands_in_the_middle(cluster: Callable[..., object]) -> None:
    views, edges = cluster(1, [])
    (node,) = scene(views, edges).nodes
    assert (node.x, node.y) == (0.0, 0.0)


def test_same_cluster_gives_the_same_scene(cluster: Callable[..., object]) -> None:
    views, edges = cluster(60, [(number // 3, number) for number in range(1, 60)])
    assert scene(views, edges) == scene(views, edges)


def test_labels_replace_values_and_keys_never_enter(cluster: Callable[..., object]) -> None:
    views, edges = cluster(6, CHAIN)
    labels = {view.key: f"label {number}" for number, view in enumerate(views)}
    text = repr(scene(views, edges, labels=labels))
    assert "label 3" in text
    assert not any(view.value in text for view in views)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 25).flatmap(
        lambda n: st.tuples(st.just(n), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
    )
)
def test_bridges_and_articulation_points_are_those_of_networkx(case: tuple[int, set[tuple[int, int]]]) -> None:
    count, pairs = case
    links = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    graph = nx.Graph(links)
    graph.add_nodes_from(range(count))
    found = structure(count, links)
    assert found.bridges == {(min(pair), max(pair)) for pair in nx.bridges(graph)}
    assert found.articulations == set(nx.articulation_points(graph))


def test_bridge_between_two_triangles_is_marked_and_leaf_links_are_not_shown(cluster: Callable[..., object]) -> None:
    views, edges = cluster(7, [*TWO_TRIANGLES, (5, 6)])
    drawn = scene(views, edges)
    marked = [edge for edge in drawn.edges if edge.colour == "bridge"]
    assert len([edge for edge in drawn.edges if edge.bridge]) == 2
    assert [(edge.a, edge.b) for edge in marked] == [("n2", "n3")]
    assert {node.id for node in drawn.nodes if node.ringed} == {"n2", "n3"}


def test_two_kinds_of_edge_between_the_same_ends_are_no_bridge() -> None:
    assert structure(2, [(0, 1), (1, 0)]).bridges == frozenset()


@pytest.mark.parametrize(("kind", "style"), [("linking", "solid"), ("expired", "dashed"), ("severed", "dotted")])
def test_style_tells_the_kind_of_edge(cluster: Callable[..., object], kind: str, style: str) -> None:
    views, edges = cluster(2, [(0, 1)], kind=kind)
    assert scene(views, edges).edges[0].style == style


def test_vouched_edge_is_double_and_evidence_makes_it_thicker(cluster: Callable[..., object]) -> None:
    views, (edge,) = cluster(2, [(0, 1)], vouched=2)
    drawn = scene(views, [edge]).edges[0]
    assert drawn.double
    assert scene(views, [replace(edge, count=40)]).edges[0].width > drawn.width


def test_status_gives_the_border(cluster: Callable[..., object]) -> None:
    views, edges = cluster(3, [(0, 1)])
    changed = (replace(views[0], status=Status.SHARED), replace(views[1], status=Status.BLOCKED), views[2])
    assert [node.border for node in scene(changed, edges).nodes] == ["shared", "blocked", "none"]


def test_severed_edge_to_another_customer_draws_its_end_as_outside(cluster: Callable[..., object]) -> None:
    views, _ = cluster(1, [])
    other = EdgeView("email:other@x.vn", views[0].key, 1, 0, WHEN, WHEN, (), "severed", "two user ids")
    drawn = scene(views, [other])
    assert [node.kind for node in drawn.nodes] == ["identifier", "outside"]
    assert (drawn.identifiers_drawn, drawn.identifiers_hidden) == (1, 0)


def assert_everything_is_counted(drawn: Scene, identifiers: int, edges: int) -> None:
    assert drawn.identifiers_drawn + drawn.identifiers_hidden == identifiers
    assert drawn.edges_drawn + drawn.edges_hidden == edges
    assert sum(node.count for node in drawn.nodes if node.kind != "outside") == identifiers


def test_hub_leaves_fold_into_rings(cluster: Callable[..., object]) -> None:
    views, edges = cluster(400, [(0, number) for number in range(1, 400)])
    drawn = scene(views, edges)
    assert_everything_is_counted(drawn, 400, 399)
    assert sorted(node.label for node in drawn.nodes if node.kind == "folded") == ["+79", "+80", "+80", "+80", "+80"]


def test_large_cluster_folds_into_communities(cluster: Callable[..., object]) -> None:
    rings = [(base + step, base + (step + 1) % 20) for base in range(0, 400, 20) for step in range(20)]
    joined = [(base, base + 20) for base in range(0, 380, 20)]
    views, edges = cluster(400, [*rings, *joined])
    drawn = scene(views, edges)
    assert len(drawn.nodes) <= 300
    assert_everything_is_counted(drawn, 400, 419)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 40), st.randoms(use_true_random=False))
def test_drawn_and_hidden_are_all_whatever_the_limit(count: int, limit: int, random: object) -> None:
    views = tuple(IdentifierView("cookie", f"c{number}") for number in range(count))
    edges = tuple(
        EdgeView(views[random.randrange(number)].key, views[number].key, 1, 0, WHEN, WHEN) for number in range(1, count)
    )
    drawn = scene(views, edges, limit=limit)
    assert_everything_is_counted(drawn, count, len(edges))
    assert len([node for node in drawn.nodes if node.kind != "outside"]) <= max(limit, 1)


def test_legend_shows_what_is_drawn_and_nothing_else(cluster: Callable[..., object]) -> None:
    views, edges = cluster(2, [(0, 1)])
    assert [entry.text for entry in scene(views, edges).legend] == ["e-mail", "user id"]
    assert "mã người dùng" in [entry.text for entry in scene(views, edges, language="vi").legend]
