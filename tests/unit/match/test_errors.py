"""What is told of errors on sets with known answers: which pairs, and of which kind."""

from __future__ import annotations

import numpy as np

from benchmarks.accuracy.errors import errors
from benchmarks.accuracy.vietnam import misled, missed, mistaken, some_of

TRUTH = {"a": "p", "b": "p", "c": "q", "d": "q", "e": "r"}
HOMES = {"p": "1", "q": "1", "r": "2"}
SAID = {one: {"name": f"name {one}", "phone": "", "cookie_id": "k"} for one in TRUTH}


def test_each_error_is_a_pair_that_is_missed_or_joined_falsely():
    assert errors(np.array([1, 1, 2, 2, 3]), np.array([0, 5, 5, 5, 9])) == ([(0, 1)], [(1, 2), (1, 3)])


def test_what_is_missed_is_told_by_what_both_sides_say():
    silent = {**SAID, "a": {"name": "", "phone": "", "cookie_id": "k"}}
    found = missed({"a": "x", "b": "y", "c": "y", "d": "y", "e": "z"}, silent, TRUTH)
    assert {kind: [size for size, _ in some] for kind, some in found.items()} == {
        "a cookie or a device alone and a name": [1]
    }


def test_what_is_false_is_told_by_who_they_are_and_what_made_them_one():
    groups = {"a": "x", "b": "x", "c": "x", "d": "y", "e": "x"}
    exact = {"a": "x", "b": "w", "c": "x", "d": "y", "e": "v"}
    found = mistaken(groups, exact, SAID, TRUTH, HOMES)
    assert {kind: sum(size for size, _ in some) for kind, some in found.items()} == {
        "two of one home, linked exactly": 2,
        "strangers, joined by matching": 3,
    }


def test_a_proposal_of_two_people_is_told_with_its_probability():
    owner = {"a": "x", "b": "x", "c": "y", "d": "y", "e": "z"}
    found = misled(owner, [(0.5, "x", "y"), (0.25, "x", "z"), (0.9, "y", "y")], SAID, TRUTH, HOMES)
    assert list(found) == ["two of one home, proposed", "strangers, proposed"]
    assert "25.0%" in found["strangers, proposed"][0][1]


def test_examples_are_of_all_sizes():
    assert len(some_of([(n, "") for n in range(100)])) == 20
    assert some_of([(3, "c"), (1, "a")]) == [(1, "a"), (3, "c")]
