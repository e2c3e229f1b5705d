"""Step 6: customers keep their ids through everything that happens to them."""

from __future__ import annotations

import pytest

from tests.unit.identity.graphs import cannot, edge, must, policy_of
from tests.unit.identity.history import History

A, B, C = "cookie:a", "cookie:b", "cookie:c"
AB = must(A, B)


def test_the_first_ids_go_by_the_first_identifier_of_each_customer():
    assert History().step([edge(A, B)], alone=[C]) == {A: 1, B: 1, C: 2}


def test_an_id_is_kept_when_nothing_happens_and_when_the_customer_grows():
    history = History()
    assert history.step([edge(A, B)]) == history.step([edge(A, B)])
    assert history.step([edge(A, B), edge(B, C)]) == {A: 1, B: 1, C: 1}
    assert history.next_number == 2


def test_a_merge_keeps_the_id_of_the_larger_part_and_redirects_the_other():
    history = History()
    history.step([edge(B, C)], alone=[A])
    assert history.step([edge(B, C), edge(A, B)]) == {A: 2, B: 2, C: 2}
    assert history.redirects == {1: (2,)}


def test_a_merge_of_equal_parts_keeps_the_older_id():
    history = History()
    history.step([], alone=[B])
    history.step([], alone=[A, B])
    assert history.step([edge(A, B)]) == {A: 1, B: 1}
    assert history.redirects == {2: (1,)}


def test_a_type_of_higher_priority_outweighs_several_of_lower():
    history = History(policy_of({"user_id": {"priority": 1}, "cookie": {"priority": 6}}))
    history.step([edge(A, B), edge(B, C)], alone=["user_id:1"])
    assert set(history.step([edge(A, B), edge(B, C), edge(C, "user_id:1")]).values()) == {2}


def test_overlaps_are_weighed_exactly():
    """Two of priority 2 weigh just what one of priority 1 does, and then the older customer wins."""
    history = History(policy_of({"user_id": {"priority": 1}, "email": {"priority": 2}}))
    history.step([edge("email:a", "email:b")], alone=["user_id:1"])
    assert set(history.step([edge("email:a", "email:b"), edge("email:b", "user_id:1")]).values()) == {1}


def test_a_split_leaves_the_id_with_the_larger_part_and_makes_a_new_one():
    history = History()
    history.step([edge(A, B), edge(B, C)])
    assert history.step([edge(B, C)], alone=[A]) == {A: 2, B: 1, C: 1}
    assert history.redirects == {}


def test_a_split_into_equal_parts_leaves_the_id_with_whom_it_was_longest():
    history = History()
    history.step([], alone=[B])
    history.step([edge(A, B)])
    assert history.step([], alone=[A, B]) == {A: 2, B: 1}


def test_a_split_of_twins_leaves_the_id_with_the_smallest_key():
    history = History()
    history.step([edge(B, "cookie:a"), edge(B, C)])
    assert history.step([], alone=[C, B, A]) == {A: 1, B: 2, C: 3}


def test_an_id_without_a_part_leads_to_all_its_heirs_the_one_that_took_most_first():
    rules = policy_of({"user_id": {"priority": 1}, "email": {"priority": 12}})
    history = History(rules)
    strong = [edge("user_id:1", "user_id:2"), edge("user_id:3", "user_id:4")]
    history.step([*strong, edge("email:x", "email:y"), edge("email:y", "email:z")])
    gone = history.now()["email:x"]
    ids = history.step(
        [*strong, edge("email:x", "email:y"), edge("email:y", "user_id:1"), edge("email:z", "user_id:3")]
    )
    assert history.redirects == {gone: (ids["email:x"], ids["email:z"])}


@pytest.mark.parametrize("weights", ["equal", "first heavier", "second heavier"])
def test_a_merge_that_is_undone_gives_both_ids_back(weights):
    links = {"equal": [], "first heavier": [edge(A, "email:a")], "second heavier": [edge(B, "email:b")]}[weights]
    history = History()
    before = history.step(links, alone=[A, B])
    merged = history.step(links, AB, alone=[A, B])
    assert len(set(merged.values())) == 1
    assert history.step(links, alone=[A, B]) == before
    assert history.redirects == {}
    assert history.next_number == 3


def test_a_merge_undone_long_after_gives_both_ids_back():
    history = History()
    before = history.step([], alone=[A, B])
    for _ in range(3):
        history.step([edge(A, "email:a")], AB, alone=[A, B])
    assert history.step([edge(A, "email:a")], alone=[A, B]) == before | {"email:a": before[A]}


def test_merged_and_undone_twice_gives_both_ids_back_each_time():
    history = History()
    before = history.step([], alone=[A, B])
    for _ in range(2):
        history.step([], AB, alone=[A, B])
        assert history.step([], alone=[A, B]) == before
    assert history.next_number == 3


def test_a_split_that_is_undone_gives_the_id_back_and_redirects_the_new_one():
    history = History()
    before = history.step([edge(A, B)])
    history.step([edge(A, B)], cannot(A, B))
    assert history.step([edge(A, B)]) == before
    assert history.redirects == {2: (1,)}


def test_of_two_retired_ids_the_one_held_last_is_taken_up_again():
    """The pair was customer 1's once, but a customer of its own when a steward merged it away."""
    pair, trio = [edge(A, B)], [edge("device:1", "device:2"), edge("device:2", "device:3")]
    big = [edge(f"email:{n}", f"email:{n + 1}") for n in range(5)]
    history = History()
    history.step([*big, *pair, *trio, edge(A, "device:1")])
    history.step([*big, *pair, *trio])
    history.step([*big, *pair, *trio, edge("device:1", "email:1")])
    before = history.ids()
    history.step([*big, *pair, *trio, edge("device:1", "email:1")], must(A, "email:1"))
    history.step([*big, *pair, *trio, edge("device:1", "email:1")])
    assert history.ids() == before


def test_who_kept_an_identifier_outdoes_an_older_id_that_came_back_in_between():
    """Customer 1 had one of the three long ago, and has it again only while stewards hold them apart."""
    three = [edge(A, B), edge(B, "cookie:z")]
    history = History()
    history.step([], alone=["cookie:z", "device:1"])
    history.step([], alone=["device:1"], blocked=["cookie:z"])
    before = history.step(three, alone=["device:1"])
    apart = history.step(three, cannot(A, B), cannot(B, "cookie:z"), cannot(A, "cookie:z"), alone=["device:1"])
    assert (apart["cookie:z"], apart[A]) == (1, before[A])
    assert history.step(three, alone=["device:1"]) == before


def test_half_of_the_identifiers_are_not_enough_to_take_up_a_retired_id():
    history = History()
    history.step([], alone=[A, B, "device:1"])
    history.step([edge(A, B)], alone=["device:1"])
    gone = next(iter(history.redirects))
    found = history.step([edge(B, "email:new")], alone=[A, "device:1"])
    assert gone not in found.values()
    assert history.leads_to(gone) == {found[A]}


def test_a_customer_all_of_whose_identifiers_are_blocked_is_retired_and_comes_back():
    history = History()
    before = history.step([edge(A, B)], alone=[C])
    assert history.step([], alone=[C], blocked=[A, B]) == {C: 2}
    assert history.leads_to(1) == set()
    assert history.step([edge(A, B)], alone=[C]) == before


def test_a_number_is_never_given_out_twice():
    history = History()
    history.step([], alone=[A])
    history.step([], blocked=[A])
    assert history.step([], alone=[B], blocked=[A]) == {B: 2}


def test_redirects_lead_on_through_several_merges():
    history = History()
    history.step([edge(B, "device:1")], alone=[A, C])
    chain = [edge(B, "device:1"), edge(A, B)]
    history.step(chain, alone=[C])
    history.step([*chain, edge(C, "email:1"), edge("email:1", "email:2"), edge("email:2", "email:3")])
    grown = [*chain, edge(C, "email:1"), edge("email:1", "email:2"), edge("email:2", "email:3"), edge(A, C)]
    final = set(history.step(grown).values())
    assert len(final) == 1
    assert all(history.leads_to(number) == final for number in range(1, history.next_number))
