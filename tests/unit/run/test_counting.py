"""Every edge counted anew from the facts: what the projection makes of them, by other code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from knotwork_graph.facts import Segment
from knotwork_graph.model import EdgeArrays
from knotwork_graph.model.arrays import EDGE_COLUMNS
from knotwork_graph.policy import Policy
from knotwork_resolvers.projection import observe
from knotwork_resolvers.run import rows
from knotwork_resolvers.run.counting import Counted, count_edges, together
from knotwork_resolvers.run.verify import differences
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Shop, Told

Edges = dict[tuple[str, str], tuple[int, ...]]
POLICY = policy_of(
    {"user_id": {"max_per_customer": 1}, "email": {"normaliser": "email"}, "phone": {"normaliser": "phone"}}
)
KEYS = (
    "user_id:1", "user_id:2", "email:lan@x.vn", "email: LAN@x.vn", "email:hung@x.vn", "email:null", "phone:0901234567",
    "phone:+84901234567", "cookie:c1", "cookie:c2", "cookie:", "card:7",
)  # fmt: skip
MANY = tuple(f"cookie:many-{number}" for number in range(21))


def visits(chance: Random, first: int) -> list[Told]:
    """Events of up to five identifiers, written in several ways, and two that bear too many or just not."""
    found = [Told(first, 1, MANY), Told(first + 1, 2, MANY[:20])]
    for number in range(first + 2, first + 60):
        keys = tuple(chance.choices(KEYS, k=chance.randint(1, 5)))
        vouched = tuple(chance.sample(("email", "cookie", "none"), chance.randint(0, 2)))
        found.append(Told(number, chance.randint(-9, 9), keys, vouched, source=chance.choice(("web", "app"))))
    return found


def named(counted: Sequence[Counted]) -> Edges:
    """Each edge by its keys, put together over the counts."""
    found: Edges = {}
    for one in counted:
        keys = [f"{kind}:{value}" for kind, values in one.values.items() for value in values.to_pylist()]
        for a, b, count, vouched, first, last in zip(*(getattr(one.edges, name) for name in EDGE_COLUMNS), strict=True):
            pair = keys[a], keys[b]
            low, high = min(pair), max(pair)
            was = found.get((low, high), (0, 0, first, last))
            found[low, high] = (was[0] + count, was[1] + vouched, min(was[2], first), max(was[3], last))
    return found


def projected(segments: Sequence[Segment], scratch: Path) -> Edges:
    """The same as the projection has it."""
    seen = observe(segments, POLICY, scratch=scratch).increment
    keys = [f"{row['type']}:{row['value']}" for row in seen.identifiers.to_pylist()]
    ends = ((keys[a], keys[b]) for a, b in zip(seen.edges.a, seen.edges.b, strict=True))
    rest = zip(*(getattr(seen.edges, name) for name in EDGE_COLUMNS[2:]), strict=True)
    return {(min(pair), max(pair)): told for pair, told in zip(ends, rest, strict=True)}


@pytest.mark.parametrize("room", [rows.ROOM, 1])
@pytest.mark.parametrize("seed", range(4))
def test_the_facts_give_the_edges_that_the_projection_gives(
    open_shop: Callable[..., Shop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, room: int
) -> None:
    monkeypatch.setattr(rows, "ROOM", room)
    shop, chance = open_shop(POLICY), Random(seed)  # noqa: S311 - no secret hangs on it
    for load in range(3):
        shop.load(visits(chance, 100 * load))
    segments = shop.workspace.home.facts.segments()
    counted = count_edges([one.path for one in segments], POLICY)
    assert len(counted) == (1 if room > 1 else 3)
    assert named(counted) == projected(segments, tmp_path)
    assert len(named(counted)) > 190


def test_edges_are_put_together_whichever_end_comes_first() -> None:
    edges = EdgeArrays(*map(np.array, ([3, 1], [1, 3], [1, 2], [0, 1], [5, 4], [5, 9])))
    (a,), (b,), (count,), (vouched,), (first,), (last,) = (getattr(together(edges), name) for name in EDGE_COLUMNS)
    assert (a, b, count, vouched, first, last) == (1, 3, 3, 1, 4, 9)


def test_no_facts_give_no_edges() -> None:
    assert count_edges([], Policy()) == ()


def test_events_of_one_identifier_give_no_edges(shop: Shop) -> None:
    shop.load([Told(1, 0, ("cookie:c",)), Told(2, 0, ("email:e@x.vn",))])
    shop.resolve()
    (counted,) = count_edges([one.path for one in shop.workspace.home.facts.segments()], Policy())
    assert len(counted.edges) == 0
    assert differences(shop.workspace.home, Policy()) == ()


def test_an_identifier_that_the_graph_lacks_is_told_of(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.load([Told(1, 0, ("cookie:c", "email:e@x.vn"))])
    shop.resolve()
    home = shop.workspace.home
    graph = home.store.graph()
    lacking = replace(graph.identifiers, type_names=("cookie", "e-mail"))
    monkeypatch.setattr(type(home.store), "graph", lambda _: replace(graph, identifiers=lacking))
    assert differences(home, Policy()) == ("1 identifier of the facts is not in the graph",)
