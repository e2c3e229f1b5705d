"""The graph that a run has read goes to whoever looks at all of it next, as long as it is the store's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knotwork_graph.model import GraphArrays
from tests.unit.run.shop import Shop, Told

Reads = Callable[[], int]


@pytest.fixture
def reads(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Reads:
    """How often the whole graph was read from the store."""
    store, read = type(shop.workspace.home.store), list[int]()
    real = store.graph

    def counted(self: object) -> GraphArrays:
        read.append(1)
        return real(self)  # type: ignore[arg-type]  # a store's method, asked of that store

    monkeypatch.setattr(store, "graph", counted)
    return lambda: len(read)


def visit(number: int) -> Told:
    return Told(number, number, (f"cookie:{number}", "user_id:u", f"email:e{number}@x.vn"))


def test_a_full_run_and_the_review_after_it_read_the_graph_once(shop: Shop, reads: Reads) -> None:
    shop.load([visit(1), visit(2)])
    shop.resolve(full=True)
    assert reads() == 1
    shop.workspace.recompute()
    assert reads() == 2


def test_what_is_kept_is_what_the_store_has(shop: Shop) -> None:
    shop.load([visit(1), visit(2)])
    home = shop.workspace.home
    home.whole.begin()
    home.whole.keep(home.store.graph())
    kept = home.whole.take()
    assert kept is not home.whole.take()
    assert len(kept.edges) == len(home.whole.take().edges)


def test_a_graph_is_kept_no_longer_than_it_is_the_stores(shop: Shop, reads: Reads) -> None:
    shop.load([visit(1)])
    shop.resolve(full=True)
    home = shop.workspace.home
    home.whole.begin()
    home.whole.keep(home.store.graph())
    shop.load([visit(2)])
    shop.resolve()
    before = reads()
    assert len(home.whole.take().identifiers) == 5
    assert reads() == before + 1


def test_a_graph_of_the_past_is_not_kept(shop: Shop, reads: Reads) -> None:
    shop.load([visit(1), visit(2)])
    shop.resolve(1)
    assert reads() == 2
    assert len(shop.workspace.home.whole.take().edges) == 6
