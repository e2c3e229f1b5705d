"""Decisions are carried from one kind of store into another: the same events, and the same customers come of them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from knotwork.service.review.values import Because
from knotwork_graph.errors import ContradictionError, UsageError
from tests.integration.review.desk_world import KEYS, Clock, World

MAI = Because("x", "mai")
EVENTS = (["user_id:a", "email:a"], ["user_id:b", "cookie:a"], ["email:b", "cookie:b"], ["cookie:b", "cookie:c"])


def seeing(folder: Path, url: str, clock: Clock) -> World:
    """A workspace over a store, with the same few events as any other."""
    world = World(folder, url, clock)
    for place, keys in enumerate((*EVENTS, *([f"user_id:{one}", "email:c"] for one in "abc"))):
        world.see(keys, 10 * place)
    world.resolve(full=True)
    return world


def decide_at_random(world: World, seed: int) -> None:
    """Fifteen words, of which some are refused, one is a split, and some are taken back."""
    chance, review = Random(seed), world.kw.review  # noqa: S311 - made-up data, not secrets
    for place in range(15):
        kind = chance.choice(["must-link", "cannot-link", "mark-shared", "keep-linking", "block"])
        a, b = chance.sample(KEYS, 2)
        try:
            if place == 9:
                review.split(chance.choice(sorted(set(world.seen().owner.values()) - {""})), (), MAI)
            elif place % 5 == 4 and (standing := world.kw.decisions()):
                review.undo(chance.choice(standing).number, MAI, now=True)
            else:
                review.decide(kind, a, b if kind in ("must-link", "cannot-link") else None, MAI, now=True)
        except (ContradictionError, UsageError):
            continue


def customers(world: World) -> set[frozenset[str]]:
    """Who is one, whatever they are called; and what belongs to nobody, each by itself."""
    groups: dict[str, set[str]] = {}
    for key, owner in world.seen().owner.items():
        groups.setdefault(owner or key, set()).add(key)
    return {frozenset(some) for some in groups.values()}


def carried(one: World, other: World) -> None:
    """What ``one`` decided holds in the ``other`` as well, and gives the same customers there."""
    out = one.folder / "carried.jsonl"
    count = one.kw.export_decisions(out)
    taken = other.kw.import_decisions(out)
    assert (taken.fresh, taken.known) == (count, 0)
    assert [
        (each.kind, each.a, each.b, each.by, each.at, each.undone_by, each.bundle) for each in other.kw.decisions()
    ] == [(each.kind, each.a, each.b, each.by, each.at, each.undone_by, each.bundle) for each in one.kw.decisions()]
    other.resolve()
    assert customers(other) == customers(one)
    assert other.kw.import_decisions(out).fresh == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_from_one_workspace_to_another(tmp_path, seed):
    clock = Clock(real=True)
    one, other = (seeing(tmp_path / name, "sqlite", clock) for name in ("one", "other"))
    decide_at_random(one, seed)
    carried(one, other)
    one.close()
    other.close()


@pytest.mark.neo4j
def test_from_sqlite_to_a_real_neo4j_and_back(tmp_path, neo4j_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.neo4j_server.emptying import emptied
    from tests.neo4j_server.home import PASSWORD

    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", PASSWORD)
    emptied(neo4j_server)
    clock = Clock(real=True)
    one, server = seeing(tmp_path / "one", "sqlite", clock), seeing(tmp_path / "server", neo4j_server, clock)
    decide_at_random(one, 3)
    carried(one, server)
    back = seeing(tmp_path / "back", "sqlite", clock)
    carried(server, back)
    for world in (one, server, back):
        world.close()
