"""Two customers who become one and two again: their journeys are one, sorted, and then what they were."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_graph.model import JourneyEvent
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Shop, Told

POLICY = policy_of({"user_id": {"priority": 1}, "cookie": {"priority": 5}})
visits = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.integers(0, 90)), max_size=12)


def journey(shop: Shop, who: str) -> list[JourneyEvent]:
    """The journey of an account, whichever run tells it."""
    return [replace(one, run=0) for one in shop.workspace.journey(f"user_id:{who}")]


@settings(max_examples=8)
@given(visits)
def test_a_merged_journey_is_the_sorted_union_and_a_split_gives_both_back(
    tmp_path_factory: pytest.TempPathFactory, seen: list[tuple[str, int, int]]
) -> None:
    shop = Shop(tmp_path_factory.mktemp("shop"), POLICY)
    every = [("a", 0, 0), ("b", 0, 0), *seen]
    shop.load(
        Told(number, minute, (f"user_id:{who}", f"cookie:{who}{device}"))
        for number, (who, device, minute) in enumerate(every)
    )
    shop.resolve()
    one, other = journey(shop, "a"), journey(shop, "b")
    made = shop.workspace.decide("must_link", "user_id:a", "user_id:b", reason="one person", by="mai", now=True)
    both = [(event.timestamp, event.source, event.message_id) for event in journey(shop, "a")]
    assert both == sorted((event.timestamp, event.source, event.message_id) for event in (*one, *other))
    assert journey(shop, "b") == journey(shop, "a")
    shop.workspace.undo(made.record.number, reason="two people", by="mai", now=True)
    assert (journey(shop, "a"), journey(shop, "b")) == (one, other)
    shop.workspace.close()
