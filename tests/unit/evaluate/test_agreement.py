"""Pairwise and B-cubed figures: worked by hand, and against the count of every single pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_resolvers.evaluate import Pairs, bcubed, contingency, pairwise
from knotwork_resolvers.evaluate.agreement import pair_counts

numbers = st.integers(0, 4)
worlds = st.lists(st.tuples(numbers, numbers), max_size=30)


def table(rows):
    columns = np.array(rows, np.int64).reshape(-1, 2)
    return contingency(columns[:, 0], columns[:, 1])


def by_hand(rows):
    """Every pair looked at; the slow way, which cannot be misunderstood."""
    true = made = right = 0
    for (person, customer), (other_person, other_customer) in combinations(rows, 2):
        true += person == other_person
        made += customer == other_customer
        right += person == other_person and customer == other_customer
    return Pairs(true, made, right)


def mean(values):
    found = list(values)
    return sum(found) / len(found) if found else 1.0


@given(worlds)
def test_pairs_are_those_that_a_count_of_every_pair_finds(rows):
    assert pair_counts(table(rows)) == by_hand(rows)


def together(rows, place, own):
    return [one for one in rows if one[place] == own[place]]


@given(worlds)
def test_bcubed_is_the_mean_over_things(rows):
    found = bcubed(table(rows))
    assert found.precision == pytest.approx(
        mean(together(rows, 1, one).count(one) / len(together(rows, 1, one)) for one in rows)
    )
    assert found.recall == pytest.approx(
        mean(together(rows, 0, one).count(one) / len(together(rows, 0, one)) for one in rows)
    )


@given(worlds)
def test_truth_agrees_with_itself(rows):
    same = [(person, person) for person, _ in rows]
    assert pairwise(table(same)) == pairwise(table([])) == bcubed(table([]))
    assert bcubed(table(same)).f1 == pytest.approx(1)


@given(worlds)
def test_truth_and_customers_change_places_as_precision_and_recall_do(rows):
    there, back = pairwise(table(rows)), pairwise(table([(customer, person) for person, customer in rows]))
    assert (there.precision, there.recall) == (back.recall, back.precision)


def test_one_too_large_customer():
    # people AAA B; all in one customer: 6 pairs made, 3 of them true
    found = pairwise(table([(0, 0), (0, 0), (0, 0), (1, 0)]))
    assert (found.precision, found.recall) == (0.5, 1.0)
    assert found.f1 == pytest.approx(2 / 3)


def test_one_person_in_two_customers():
    # person AAAA as 3 + 1: 6 true pairs, 3 found; B-cubed recall (3 x 3/4 + 1 x 1/4) / 4
    rows = [(0, 0), (0, 0), (0, 0), (0, 1)]
    assert pairwise(table(rows)).recall == 0.5
    assert bcubed(table(rows)).recall == pytest.approx(0.625)
    assert bcubed(table(rows)).precision == 1.0


def test_everybody_alone_misses_every_pair_and_makes_no_wrong_one():
    found = pairwise(table([(0, 0), (0, 1), (1, 2)]))
    assert (found.precision, found.recall, found.f1) == (1.0, 0.0, 0.0)
