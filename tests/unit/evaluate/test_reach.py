"""The ceiling of what exact identifiers can reach, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from knotwork_graph.model import EdgeArrays
from knotwork_resolvers.evaluate.reach import reach


def edges(*pairs):
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    ones = np.ones(len(ends), np.int64)
    return EdgeArrays(ends[:, 0], ends[:, 1], ones, ones * 0, ones, ones)


def reached(person, customer, *pairs):
    people = np.array(person, np.int64)
    return reach(people, np.array(customer, np.int64), np.flatnonzero(people >= 0), edges(*pairs))


def test_a_person_whose_edges_join_all_can_be_reached_in_full():
    found = reached([0, 0, 0], [0, 0, 1], (0, 1), (1, 2))
    assert found.ceiling == 1.0
    assert found.reachable_recall == found.kept == pytest.approx(1 / 3)


def test_an_identifier_without_a_true_edge_lowers_the_ceiling_and_not_what_is_reached():
    found = reached([0, 0, 0], [0, 0, 1], (0, 1))
    assert found.ceiling == pytest.approx(1 / 3)
    assert found.reachable_recall == found.kept == 1.0


def test_edges_between_people_and_over_shared_things_do_not_count():
    # 2 is used by several people, 3 is another person
    found = reached([0, 0, -1, 1], [0, 1, 2, 3], (0, 2), (1, 2), (0, 3), (1, 3))
    assert found.ceiling == 0.0
    assert found.kept == 1.0


def test_customers_that_link_through_a_shared_thing_may_exceed_the_ceiling():
    # person 0: 0-1 directly, 2 only through the shared 3
    found = reached([0, 0, 0, -1], [0, 0, 0, 0], (0, 1), (1, 3), (2, 3))
    assert found.ceiling == pytest.approx(1 / 3)
    assert found.reachable_recall == pytest.approx(3)
    assert found.kept == 1.0


def test_pairs_found_through_a_shared_thing_do_not_make_up_for_lost_ones():
    # reachable is 0-1, which the customers lost; they found 1-2 instead
    found = reached([0, 0, 0, -1], [0, 1, 1, 1], (0, 1), (1, 3), (2, 3))
    assert found.reachable_recall == pytest.approx(1.0)
    assert found.kept == 0.0
