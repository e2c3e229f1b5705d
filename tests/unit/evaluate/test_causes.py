"""Which labels stand beside what went wrong, and that every wrong and missed pair is in the counts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knotwork_resolvers.evaluate import CauseFigures, contingency
from knotwork_resolvers.evaluate.agreement import pair_counts
from knotwork_resolvers.evaluate.causes import Labels, by_cause, missed_pairs, wrong_pairs

numbers = st.integers(0, 4)
worlds = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30)
HUB, OLD = 0, 1


def ints(*values):
    return np.array(values, np.int64)


def figures(table, *labels):
    """``labels``: (customer that holds it, its part or -1, cause)."""
    holder, cell, cause = (ints(*column) for column in zip(*labels, strict=True)) if labels else (ints(),) * 3
    return {one.cause: one for one in by_cause(table, Labels(holder, cell, cause, ("hub", "old")))}


@given(worlds)
def test_wrong_and_missed_pairs_add_up(rows):
    columns = np.array(rows, np.int64)
    table = contingency(columns[:, 0], columns[:, 1])
    pairs = pair_counts(table)
    assert wrong_pairs(table).sum() == pairs.made - pairs.right
    assert missed_pairs(table).sum() == pairs.true - pairs.right


def test_a_shared_thing_that_glues_two_people_is_named_though_it_is_not_judged():
    # people AA BB in customer 0; the hub between them is of nobody alone
    found = figures(contingency(ints(0, 0, 1, 1), ints(0, 0, 0, 0)), (0, -1, HUB))
    assert found["hub"] == CauseFigures("hub", 1, 1, 4, 0, 0)
    assert "" not in found


def test_a_piece_that_fell_off_is_counted_under_its_label():
    # person AAA A: the fourth, labelled old, is alone and misses three pairs
    table = contingency(ints(0, 0, 0, 0), ints(0, 0, 0, 1))
    assert figures(table, (1, int(table.cell[3]), OLD))["old"] == CauseFigures("old", 1, 0, 0, 1, 3)


def test_a_label_on_the_main_piece_explains_no_missed_pair():
    table = contingency(ints(0, 0, 0, 0), ints(0, 0, 0, 1))
    found = figures(table, (0, int(table.cell[0]), OLD))
    assert (found["old"].under_people, found["old"].under_pairs) == (0, 0)
    assert found[""] == CauseFigures("", 0, 0, 0, 1, 3)


def test_what_bears_two_labels_counts_under_both_and_one_label_twice_counts_once():
    table = contingency(ints(0, 1), ints(0, 0))
    found = figures(table, (0, -1, HUB), (0, 0, OLD), (0, 1, OLD))
    assert found["hub"].over_pairs == found["old"].over_pairs == 1
    assert found["old"].identifiers == 2


def test_an_identifier_that_no_customer_holds_blames_nobody():
    found = figures(contingency(ints(0, 1), ints(0, 0)), (-1, -1, HUB))
    assert found["hub"] == CauseFigures("hub", 1, 0, 0, 0, 0)
    assert found[""].over_pairs == 1
