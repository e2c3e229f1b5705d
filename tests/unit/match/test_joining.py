"""Best pairs first, by the average, never against what holds apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.match.joining import UNLIKE, agglomerate, join, sparse
from knotwork_resolvers.match.scoring import Scored


def joined(count, known, threshold=2.0, apart=(), unlike=-10.0):
    """The groups that ``known`` scores (by pair) make."""

    def score(left, right):
        keys = zip(left.tolist(), right.tolist(), strict=True)
        return np.array([known.get((min(a, b), max(a, b)), unlike) for a, b in keys], float)

    def held(left, right):
        return np.array(
            [(min(a, b), max(a, b)) in apart for a, b in zip(left.tolist(), right.tolist(), strict=True)], bool
        )

    left, right = (np.array([pair[side] for pair in known], np.int64) for side in (0, 1))
    pairs = Scored(left, right, np.array(list(known.values()), float))
    return join(count, pairs, threshold, score, held).group.tolist()


def test_a_pair_above_the_threshold_is_joined():
    assert joined(3, {(0, 1): 5.0}) == [0, 0, 2]


def test_a_pair_below_it_is_not():
    assert joined(2, {(0, 1): 1.0}) == [0, 1]


def test_a_chain_of_lucky_pairs_is_not_followed():
    assert joined(4, {(0, 1): 8.0, (1, 2): 3.0, (2, 3): 8.0}) == [0, 0, 2, 2]


def test_a_third_that_both_are_like_joins_them():
    assert joined(3, {(0, 1): 8.0, (1, 2): 8.0, (0, 2): -4.0}) == [0, 0, 0]


def test_what_is_held_apart_stays_apart_whoever_stands_between():
    assert joined(3, {(0, 1): 9.0, (1, 2): 8.0, (0, 2): 9.0}, apart={(0, 2)}) == [0, 0, 2]


def test_an_average_needs_one_pair_that_reaches_the_threshold():
    assert joined(3, {(0, 1): 5.0, (1, 2): 1.5, (0, 2): 1.5}) == [0, 0, 2]


BITS = st.integers(-15, 15)
CASES = st.integers(2, 7).map(lambda size: (size, size * (size - 1) // 2))


@given(CASES.flatmap(lambda case: st.tuples(st.just(case[0]), st.lists(BITS, min_size=case[1], max_size=case[1]))))
@settings(max_examples=60)
def test_no_two_parts_that_could_join_are_left(case):
    size, bits = case
    part = agglomerate(size, np.array(bits, float), 3.0)
    whole = np.zeros((size, size))
    whole[np.triu_indices(size, 1)] = bits
    whole += whole.T
    firsts = sorted(set(part.tolist()))
    for a in firsts:
        for b in firsts:
            if a < b:
                cross = whole[np.ix_(part == a, part == b)]
                assert cross.mean() < 0 or cross.max() < 3.0


@pytest.mark.parametrize("seed", range(5))
def test_large_groups_are_joined_as_small_ones_where_all_pairs_are_known(seed):
    random = np.random.default_rng(seed)
    size = 12
    person = random.integers(0, 4, size)
    left, right = np.triu_indices(size, 1)
    bits = np.where(person[left] == person[right], 8.0, UNLIKE)
    dense, thin = agglomerate(size, bits, 2.0), sparse(size, left, right, bits, 2.0)
    assert [person[one] for one in dense] == person.tolist() == [person[one] for one in thin]
