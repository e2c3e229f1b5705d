"""Single events meet loads: whatever died in between, no sighting is lost or counted twice."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from knotwork_graph.facts import Segment
from knotwork_graph.model.times import EPOCH
from knotwork_resolvers.run.catch_up import batches
from knotwork_resolvers.run.verify import differences
from tests.unit.run.shop import Shop, Told


def collected_only(shop: Shop, *events: Told) -> None:
    """Events that are durable and not projected: as if the process died just then."""
    shop.workspace._collector([json.loads(one.line()) for one in events])


def sound(shop: Shop) -> bool:
    """Whether the graph equals the facts, every edge counted anew."""
    return not differences(shop.workspace.home, shop.workspace.settings.policy)


def visit(number: int) -> Told:
    return Told(number, number, (f"user_id:{number % 3}", f"cookie:{number % 4}"))


def test_a_load_packs_events_of_which_the_graph_holds_some(open_shop):
    shop = open_shop()
    shop.load([visit(n) for n in range(1, 11)])
    shop.resolve()
    shop.workspace.collect([json.loads(visit(11).line())])
    collected_only(shop, visit(12), visit(13))
    shop.load([visit(14)])
    shop.resolve()
    assert sound(shop)
    assert len(shop.events()) == 14


def test_events_collected_after_a_load_that_nothing_resolved(open_shop):
    shop = open_shop()
    shop.load([visit(1), visit(2)])
    shop.resolve()
    shop.load([visit(3)])
    shop.workspace.collect([json.loads(visit(4).line())])
    assert sound(shop)
    assert len(shop.events()) == 4
    shop.resolve(full=True)
    assert sound(shop)
    assert len(shop.events()) == 4


def test_another_reading_of_identifiers_starts_over_with_single_events_too(open_shop):
    from tests.unit.identity.graphs import policy_of

    shop = open_shop()
    shop.load([visit(1)])
    shop.resolve()
    shop.workspace.collect([json.loads(visit(2).line())])
    again = shop.under(policy_of({"cookie": {"max_per_customer": 1}}))
    again.resolve()
    assert sound(again)
    assert len(again.events()) == 2
    again.close()


def test_events_that_bear_too_many_identifiers_are_told_of_when_they_come(open_shop):
    shop, crowd = open_shop(), tuple(f"cookie:c{n}" for n in range(21))
    said = "1 new event links nothing: more than 20 identifiers, or two of a type limited to one"
    shop.load([visit(1), Told(2, 2, crowd)])
    assert said in shop.resolve().warnings
    assert shop.resolve().warnings == ()
    report = shop.workspace.collect([json.loads(Told(3, 3, crowd).line())])
    assert report.resolved is not None
    assert said in report.resolved.warnings
    shop.load([Told(4, 4, crowd), Told(5, 5, crowd)])
    assert said.replace("1 new event links", "2 new events link") in shop.resolve(full=True).warnings


@pytest.mark.parametrize(
    ("millions", "groups"),
    [
        ((), []),
        ((3, 9), [[3], [9]]),
        ((4, 6, 4, 3), [[4, 6], [4, 3]]),
        ((4, 6, 1, 1), [[4, 6, 1, 1]]),
        ((4, 6, 2, 1), [[4, 6], [2, 1]]),
        ((12, 11), [[12], [11]]),
        ((12, 2), [[12, 2]]),
    ],
)
def test_segments_are_projected_together_and_a_small_rest_with_those_before_it(millions, groups):
    segments = [Segment(n, Path(f"{n}"), one * 1_000_000, 1, 1, EPOCH, EPOCH, EPOCH) for n, one in enumerate(millions)]
    found = list(batches(segments))
    assert [[one.events // 1_000_000 for one in group] for group in found] == groups
    assert [one for group in found for one in group] == segments


def test_an_observation_that_fails_while_it_is_written_leaves_nothing(open_shop, monkeypatch):
    def fails(_):
        raise RuntimeError("no room for edges")

    shop = open_shop()
    shop.load([visit(1), visit(2)])
    with monkeypatch.context() as patch:
        patch.setattr(import_module("knotwork_resolvers.projection.observe"), "_edges", fails)
        with pytest.raises(RuntimeError, match="no room for edges"):
            shop.resolve()
    assert not shop.workspace.home.store.projected().segments
    assert not len(shop.workspace.home.store.graph().identifiers)
    shop.resolve()
    assert sound(shop)
