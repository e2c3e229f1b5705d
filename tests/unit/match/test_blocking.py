"""Which pairs are compared: none of a small block is lost, and no block explodes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.match.blocking import candidates, cap_for, within
from knotwork_resolvers.match.columns import prepare
from knotwork_resolvers.match.keys import rules
from tests.unit.match.people import crowd, records


def pairs(rows, budget=10**6, all_below=0):
    ready = prepare(records(rows))
    found = candidates(ready, np.arange(ready.count), budget, all_below)
    return set(zip(found.left.tolist(), found.right.tolist(), strict=True)), found


def test_few_records_are_all_compared():
    found, report = pairs(crowd(10, 0), all_below=10)
    assert len(found) == 45
    assert report.rules[0].pairs == 45


def test_every_pair_that_shares_a_rare_value_is_found():
    found, _ = pairs([*crowd(300, 0), {"phone": "+4915000000001"}, {"phone": "+4915000000001", "given_name": "xu"}])
    assert (300, 301) in found


@pytest.mark.parametrize("kind", ["phone", "email", "family_name", "street"])
def test_one_typing_error_does_not_hide_a_pair(kind):
    row = {
        "phone": "4915123456789",
        "email": "somebody@example.org",
        "family_name": "villanueva",
        "street": "9 mill hill",
    }
    text = row[kind]
    for place in range(len(text)):
        wrong = text[:place] + ("0" if text[place].isdigit() else "x") + text[place + 1 :]
        found, _ = pairs([*crowd(50, 0), {kind: text}, {kind: wrong}])
        assert (50, 51) in found, wrong


def test_a_value_that_all_share_makes_no_explosion_and_is_told():
    rows = [{**row, "city": "hanoi"} for row in crowd(2_000, 0)]
    found, report = pairs(rows, budget=40_000)
    assert len(found) < 200_000
    city = next(rule for rule in report.rules if rule.rule == "city")
    assert (city.largest, city.parted) == (2_000, 1)


def test_a_block_that_nothing_parts_meets_its_neighbours_and_says_so():
    ready = prepare(records([{"city": "hanoi"} for place in range(1_000)]))
    found = candidates(ready, np.arange(1_000), 2_000, 0)
    assert len(found.left) == 3 * 1_000 - 6
    assert [rule.cut for rule in found.rules] == [1_000]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12))
@settings(max_examples=40)
def test_within_is_all_pairs_of_each_block(sizes):
    row = np.arange(sum(sizes))
    block = np.repeat(np.arange(len(sizes)), sizes)
    expected = {(a, b) for a in row for b in row if a < b and block[a] == block[b]}
    keys = within(row, np.array(sizes), len(row))
    assert set(zip((keys // len(row)).tolist(), (keys % len(row)).tolist(), strict=True)) == expected


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20), st.integers(1, 500))
def test_the_cap_keeps_within_the_budget(sizes, budget):
    cap = cap_for(np.array(sizes), budget)
    kept = sum(size * (size - 1) // 2 for size in sizes if size <= cap)
    assert kept <= budget or cap == 4


def test_the_bits_say_which_kinds_every_way_to_a_pair_used():
    rows = [
        *crowd(20, 0),
        {"phone": "+4915000000001", "email": "a@b.org"},
        {"phone": "+4915000000001", "email": "z@y.net"},
    ]
    ready = prepare(records(rows))
    found = candidates(ready, np.arange(ready.count), 10**6, 0)
    place = next(at for at in range(len(found.left)) if (found.left[at], found.right[at]) == (20, 21))
    names = list(ready.columns)
    assert [names[bit] for bit in range(len(names)) if found.always[place] >> bit & 1] == ["phone"]


def test_every_rule_names_the_kinds_it_is_made_of():
    ready = prepare(records(crowd(20, 0)))
    assert {kind for keys in rules(ready) for kind in keys.kinds} == set(ready.columns)
