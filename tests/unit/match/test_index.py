"""One new record is matched as it would be among all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from knotwork_resolvers.match import Records, match
from knotwork_resolvers.match.index import build_index, match_new
from tests.unit.match.people import crowd, records


@pytest.fixture(scope="module")
def known():
    rows = crowd(300, 100)
    some = records(rows)
    found = match(some)
    return rows, found, build_index(some, found.model)


def ends(pairs):
    """The two sides of each pair."""
    return {(row["left"], row["right"]) for row in pairs}


def new(row, number=10_000):
    """One record that nobody has seen."""
    one = records([row])
    return Records(np.array([number]), one.values, one.roles)


def test_a_record_that_is_known_finds_whom_matching_found(known):
    rows, found, index = known
    for place in range(0, 100, 7):
        told = match_new(index, new(rows[place], place))
        pairs = [row for row in found.pairs.to_pylist() if place in (row["left"], row["right"])]
        assert {(row["left"], row["right"]) for row in told.to_pylist()} == {
            (row["left"], row["right"]) for row in pairs
        }
        assert told["weight"].to_pylist() == pytest.approx([row["weight"] for row in pairs], abs=1e-6)


def test_a_new_record_with_errors_finds_its_person(known):
    rows, _, index = known
    row = {**rows[250], "given_name": rows[250]["given_name"] + "x", "phone": "+4915000111222"}
    told = match_new(index, new(row)).to_pylist()
    assert [(one["left"], one["right"], one["band"]) for one in told] == [(250, 10_000, "join")]


def test_a_stranger_finds_nobody(known):
    assert match_new(known[2], new({"name": "xu", "email": "nobody@nowhere.example", "note": "b"})).num_rows == 0


def test_a_record_with_nothing_finds_nobody(known):
    empty = Records(np.array([10_000]), {}, {})
    assert isinstance(match_new(known[2], empty), pa.Table)
