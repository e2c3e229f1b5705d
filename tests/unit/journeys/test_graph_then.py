"""The graph of a customer as it was: counted anew from the events up to then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from knotwork_graph.model import ClusterView
from knotwork_resolvers.journeys import customer_then
from knotwork_resolvers.journeys.reading import EventRow
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Told, at

A, B = "cookie:a", "cookie:b"
LAN, HOA = "email:lan", "email:hoa"


@pytest.fixture
def told(open_shop: Any) -> Callable[..., Any]:
    """A workspace that was told some events and resolved them."""

    def workspace(*events: Told, **rules: dict[str, object]) -> Any:
        kinds: dict[str, dict[str, object]] = {"email": {"priority": 1}, "cookie": {"priority": 6}}
        made = open_shop(policy_of(kinds | rules))
        made.load(events)
        made.resolve()
        return made.workspace

    return workspace


def graph(workspace: Any, key: str, minute: int | None = None) -> ClusterView:
    """The graph of who holds an identifier, now or as of a minute; without the sources of edges."""
    own = workspace.customer(key).id
    found: dict[str, ClusterView] = workspace.browsing.clusters_of([own], None, None if minute is None else at(minute))
    return found[own]


def links(view: ClusterView) -> dict[tuple[str, str], tuple[int, int, str]]:
    return {(edge.a, edge.b): (edge.count, edge.vouched, edge.kind) for edge in view.edges}


EVENTS = (
    Told(1, 0, (A,)),
    Told(2, 5, (A, LAN), vouched=("email",)),
    Told(3, 9, (A, LAN)),
    Told(4, 20, (B, LAN)),
)


def test_as_of_now_it_is_the_graph_of_now(told: Callable[..., Any]) -> None:
    workspace = told(*EVENTS)
    now, then = graph(workspace, LAN), graph(workspace, LAN, 20)
    assert {replace(edge, sources=()) for edge in now.edges} == {*then.edges}
    assert now.identifiers == then.identifiers
    assert now.customer == then.customer


@pytest.mark.parametrize(
    ("minute", "found"),
    [
        (-1, {}),
        (0, {}),
        (5, {(A, LAN): (1, 1, "linking")}),
        (19, {(A, LAN): (2, 1, "linking")}),
        (20, {(A, LAN): (2, 1, "linking"), (B, LAN): (1, 0, "linking")}),
    ],
)
def test_sightings_are_counted_up_to_the_moment(
    told: Callable[..., Any], minute: int, found: dict[tuple[str, str], tuple[int, int, str]]
) -> None:
    assert links(graph(told(*EVENTS), LAN, minute)) == found


def test_identifiers_are_as_their_events_saw_them_by_then(told: Callable[..., Any]) -> None:
    then = graph(told(*EVENTS), LAN, 9)
    assert [(one.key, one.events, one.first_seen, one.last_seen) for one in then.identifiers] == [
        (LAN, 2, at(5), at(9)),
        (A, 3, at(0), at(9)),
    ]


def row(minute: int, *keys: str, vouched: tuple[str, ...] = ()) -> EventRow:
    pairs = tuple((kind, value) for kind, _, value in (key.partition(":") for key in keys))
    return EventRow(at(minute), "web", f"m-{minute}", "", "", pairs, {}, {}, {}, 0, 0, minute, 1, (), vouched)


def test_what_is_vouched_for_won_by_then() -> None:
    """Seen together three times weighs less than twice with a login; until the login, three times were enough."""
    policy = policy_of({"email": {"max_per_customer": 1}, "cookie": {}})
    rows = [*(row(minute, A, LAN) for minute in (1, 2, 3)), row(4, A, HOA), row(5, A, HOA, vouched=("email",))]
    before, after = (customer_then(rows, policy, at(minute), A) for minute in (4, 5))
    assert {one.key for one in before.identifiers} == {A, LAN}
    assert {one.key for one in after.identifiers} == {A, HOA}
    kinds = {(edge.a, edge.b): (edge.kind, edge.vouched) for edge in after.edges}
    assert kinds == {(A, LAN): ("severed", 0), (A, HOA): ("linking", 1)}
    assert next(edge.detail for edge in after.edges if edge.kind == "severed").startswith("max_per_customer")
