"""Sets of numbers: few and many find the same, and so do the components of few nodes and of many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from knotwork_resolvers.identity import components, sets

NUMBERS = st.lists(st.integers(0, 30), max_size=20).map(lambda some: np.array(some, np.int64))


@pytest.fixture(params=[sets.FEW, 0], ids=["few", "many"])
def size(request, monkeypatch):
    monkeypatch.setattr(sets, "FEW", request.param)


@pytest.mark.usefixtures("size")
class TestOneOfTwoWays:
    @staticmethod
    def same(found, expected):
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()

    @given(one=NUMBERS, other=NUMBERS)
    def test_finds_what_numpy_finds(self, one, other):
        self.same(sets.distinct(one), np.unique(one))
        self.same(sets.union(one, other), np.union1d(one, other))
        self.same(sets.without(one, other), np.setdiff1d(one, other))
        self.same(sets.among(one, other), np.isin(one, other))

    def test_no_set_at_all_is_empty(self):
        self.same(sets.union(), np.empty(0, np.int64))


@given(nodes=st.integers(1, 30), pairs=st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40))
def test_few_nodes_are_numbered_as_many_are(nodes, pairs):
    a, b = np.array(pairs, np.int64).reshape(-1, 2).T % nodes
    whole = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(nodes, nodes)), directed=False)[1]
    assert components(nodes, a, b).tolist() == whole.tolist()
