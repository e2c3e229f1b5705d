"""The same facts give the same customers, ids, severed edges and changes in Neo4j as in SQLite, step by step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.integration.neo4j.shops import Shop, happenings, made, write

pytestmark = pytest.mark.neo4j

TABLES = ("members", "severed", "changes", "customers", "events")


@pytest.fixture
def shops(tmp_path: Path, neo4j_server: str, as_tester: None) -> list[Shop]:
    """Both workspaces."""
    return [Shop(kind, made(tmp_path / kind, url)) for kind, url in (("sqlite", "sqlite"), ("neo4j", neo4j_server))]


def in_order(rows: list[dict]) -> list[str]:
    """The rows of a table, whatever order they came in."""
    return sorted(map(repr, rows))


def assert_same(shops: list[Shop], folder: Path) -> None:
    for what in TABLES:
        one, other = (shop.told(what, folder) for shop in shops)
        assert in_order(one) == in_order(other), what
    stores = [shop.kw.home.store for shop in shops]
    for ask in (lambda s: s.memberships(), lambda s: s.graph().identifiers, lambda s: s.graph().edges):
        one, other = (ask(store) for store in stores)
        for name in type(one).__slots__:
            assert np.array_equal(np.asarray(getattr(one, name)), np.asarray(getattr(other, name))), name
    assert stores[0].state().__getstate__()[:4] == stores[1].state().__getstate__()[:4]
    assert stores[0].counts() == stores[1].counts()


@pytest.mark.parametrize("seed", [1, 2])
def test_random_histories_end_the_same_in_both(shops, tmp_path, seed):
    for number, batch in enumerate(happenings(seed, batches=3)):
        path = write(tmp_path / f"{number}.jsonl", batch)
        for shop in shops:
            shop.kw.load(path)
        reports = [shop.kw.resolve() for shop in shops]
        assert reports[0].changes == reports[1].changes
        assert reports[0].severed == reports[1].severed
        assert_same(shops, tmp_path)
    some = sorted(row["type"] + ":" + row["value"] for row in shops[0].told("members", tmp_path))[:4]
    for key in some[1:]:
        one, other = (shop.kw.customer(key) for shop in shops)
        assert (one.id, one.identifiers, one.journey()) == (other.id, other.identifiers, other.journey())
        assert shops[0].kw.cluster(one.id) == shops[1].kw.cluster(one.id)
