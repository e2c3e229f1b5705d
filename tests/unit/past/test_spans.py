"""Spans of runs as spans of time: what readers saw at every publication, and nothing else."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knotwork_graph.ports import OPEN, Memberships, Publications, Redirected
from knotwork_resolvers.past import customer_history
from knotwork_resolvers.past.spans import NONE, spans_of


def ints(values):
    return np.array(list(values), np.int64)


def published(runs):
    return Publications(ints(range(100, 100 + len(runs))), ints(runs))


@st.composite
def rows(draw):
    """Rows of one identifier: none overlaps another, the last may be open."""
    cuts = sorted(draw(st.sets(st.integers(1, 9), max_size=6)))
    gaps = draw(st.lists(st.booleans(), min_size=len(cuts), max_size=len(cuts)))
    found = []
    for place, start in enumerate(cuts):
        end = cuts[place + 1] if place + 1 < len(cuts) else draw(st.sampled_from([OPEN, 10]))
        if not gaps[place]:
            found.append((start, end))
    return found


def row_seen(rows, run):
    return next((place for place, (a, b) in enumerate(rows) if a <= run and (b == OPEN or run < b)), NONE)


@given(rows=rows(), runs=st.lists(st.integers(1, 10), max_size=12))
def test_at_every_publication_the_span_says_what_readers_saw(rows, runs):
    spans = spans_of(ints(a for a, _ in rows), ints(b for _, b in rows), published(runs))
    for place, run in enumerate(runs):
        inside = [one.row for one in spans if one.first <= place and (one.until is None or place < one.until)]
        assert (inside or [NONE]) == [row_seen(rows, run)]
    for earlier, later in pairwise(spans):
        assert earlier.until == later.first
        assert earlier.row != later.row
    assert not spans or (spans[0].row != NONE and spans[-1].until is None)


class Kept:
    """A store that remembers memberships alone."""

    def __init__(self, held, runs):
        self.rows, self.runs = sorted(held), runs

    def held(self, customer):
        own = {row[0] for row in self.rows if row[3] == customer}
        columns = list(zip(*(row for row in self.rows if row[0] in own), strict=True)) or [()] * 4
        return Memberships(*map(ints, columns), np.zeros(len(columns[0]), np.int8), [""] * len(columns[0]))

    def publications(self):
        return published(self.runs)

    def keys_of(self, ids):
        return {one: f"t:{one}" for one in ids}

    def changes_of(self, _pairs):
        return ()

    def redirects_of(self, _customer):
        return (Redirected(2, 4, (7,)), Redirected(4, OPEN, ()))


@st.composite
def memberships(draw):
    """Who held each of four identifiers in each of six runs, as rows."""
    found = []
    for identifier in range(1, 5):
        owners = draw(st.lists(st.integers(0, 2), min_size=6, max_size=6))
        starts = [run for run in range(6) if run == 0 or owners[run] != owners[run - 1]]
        for place, run in enumerate(starts):
            end = starts[place + 1] + 1 if place + 1 < len(starts) else OPEN
            found.append((identifier, run + 1, end, owners[run]))
    return found


@given(held=memberships(), runs=st.lists(st.integers(1, 6), max_size=10))
def test_the_turns_of_a_customer_add_up_to_what_readers_saw(held, runs):
    def seen(run):
        return {row[0]: row[3] for row in held if row[1] <= run and (row[2] == OPEN or run < row[2])}

    found = customer_history(Kept(held, runs), 1)
    turns = {one.at.timestamp() * 1e6 - 100: one for one in found.turns}
    before, last = {}, set()
    for place, run in enumerate(runs):
        now = seen(run)
        own = {one for one, owner in now.items() if owner == 1}
        turn = turns.pop(place, None)
        assert (turn is None) == (own == last)
        if turn is not None:
            gained = {(f"t:{one}", before.get(one, 0)) for one in own - last}
            lost = {(f"t:{one}", now.get(one, 0)) for one in last - own}
            assert {(key, number(one.customer)) for one in turn.gained for key in one.keys} == gained
            assert {(key, number(one.customer)) for one in turn.lost for key in one.keys} == lost
            assert (turn.held, turn.run) == (len(own), run)
            assert ("sent back" in turn.changes) == (place > 0 and run < runs[place - 1])
        before, last = now, own
    assert turns == {}


def number(customer):
    return int(customer.removeprefix("cus_") or 0)


def test_only_the_newest_turns_are_told_and_how_many_are_not():
    held = [(1, run, run + 1 if run < 9 else OPEN, run % 2) for run in range(1, 10)]
    found = customer_history(Kept(held, list(range(1, 10))), 1, most=3)
    assert (len(found.turns), found.left_out, found.turns[-1].run) == (3, 6, 9)


def test_where_an_id_led_from_when_to_when():
    found = customer_history(Kept([(1, 1, 2, 1), (1, 2, OPEN, 7)], [1, 2, 3, 4]), 1)
    first, last = found.led
    assert (first.heirs, first.until) == (("cus_0000000007",), last.since)
    assert (last.heirs, last.until) == ((), None)
