"""One new record is matched as it would be among all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.match import MatchSettings, Records, match
from knotwork_resolvers.match.columns import prepare
from knotwork_resolvers.match.index import index_of, meet
from knotwork_resolvers.match.match import bits_of
from knotwork_resolvers.match.scoring import scored
from knotwork_resolvers.match.shelf import open_index, texts_in, write_index
from tests.unit.match.people import FAMILY, STREETS, crowd, records


@pytest.fixture(scope="module")
def known():
    rows = crowd(300, 100)
    some = records(rows)
    found = match(some)
    return rows, found, index_of(some, prepare(some), found.model)


def ends(pairs):
    """The two sides of each pair."""
    return {(row["left"], row["right"]) for row in pairs}


def new(row, number=10_000):
    """One record that nobody has seen."""
    one = records([row])
    return Records(np.array([number]), one.values, one.roles)


def likely(index, one):
    """The known records that are rather than not the person of the one record ``one``, and the bits of each."""
    met = meet(index, one, np.zeros(1, np.int64), np.flatnonzero(index.id == one.id[0]))
    found = scored(met.prepared, met.left, met.right, index.model, 0.0)
    return dict(zip(index.id[met.known[found.right - 1]].tolist(), found.score.tolist(), strict=True))


def test_a_record_that_is_known_finds_whom_matching_found(known):
    rows, found, index = known
    for place in range(0, 100, 7):
        pairs = [row for row in found.pairs.to_pylist() if place in (row["left"], row["right"])]
        others = {row["left"] + row["right"] - place: row["weight"] for row in pairs}
        assert likely(index, new(rows[place], place)) == pytest.approx(others, abs=1e-6)


def test_a_new_record_with_errors_finds_its_person(known):
    rows, _, index = known
    row = {**rows[250], "given_name": rows[250]["given_name"] + "x", "phone": "+4915000111222"}
    ((place, bits),) = likely(index, new(row)).items()
    assert place == 250
    assert bits > bits_of(MatchSettings().join_above)


def test_a_new_firm_is_compared_as_the_others_were():
    rows = [{"name": f"{FAMILY[n % 11]} {FAMILY[n % 7]} Ltd", "address": f"{n} {STREETS[n % 7]}"} for n in range(60)]
    some = records(rows)
    index = index_of(some, prepare(some), match(some).model)
    assert [one.role for one in index.columns.values()] == ["address", "company"]
    told = likely(index, new({"name": f"{FAMILY[3].upper()} {FAMILY[3]} limited", "address": rows[3]["address"]}))
    assert list(told) == [3]


def test_a_stranger_finds_nobody(known):
    assert likely(known[2], new({"name": "xu", "email": "nobody@nowhere.example", "note": "b"})) == {}


def test_a_record_with_nothing_finds_nobody(known):
    empty = Records(np.array([10_000]), {}, {})
    assert likely(known[2], empty) == {}


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(0, 8))
@settings(max_examples=8)
def test_new_ones_are_matched_as_if_everybody_were(seed, count, changed):
    """With the model kept: the same scores as among all, and every pair that has a new record and is likely."""
    random = np.random.default_rng(seed)
    rows = crowd(160, 60, seed)
    order = random.permutation(len(rows))
    early, late = [rows[at] for at in order[count:]], [rows[at] for at in order[:count]]
    stale = np.sort(random.choice(len(early), changed, replace=False))
    model = match(records(rows)).model
    now = [row for at, row in enumerate(early) if at not in set(stale.tolist())]
    both = [*late, *(early[at] for at in stale)]
    some = records(early)
    met = meet(index_of(some, prepare(some), model), records(both), np.arange(len(both)), stale)
    found = scored(met.prepared, met.left, met.right, model, 0.0)
    whole = records([*both, *now])
    left, right = np.triu_indices(len(whole), 1)
    theirs = left < len(both)
    expected = scored(prepare(whole), left[theirs], right[theirs], model, 0.0)
    kept = np.setdiff1d(np.arange(len(early)), stale)
    place = np.append(np.arange(len(both)), len(both) + np.searchsorted(kept, met.known))
    told = {
        tuple(sorted(pair)): score for *pair, score in zip(found.left, place[found.right], found.score, strict=True)
    }
    assert told == {
        (a, b): pytest.approx(score) for a, b, score in zip(expected.left, expected.right, expected.score, strict=True)
    }


def test_an_index_comes_back_from_its_file(known, tmp_path):
    rows, _, index = known
    write_index(tmp_path, index, {"of": pa.array(["a", "bé", ""])})
    again, arrays = open_index(tmp_path)
    assert texts_in(arrays, "of").to_pylist() == ["a", "bé", ""]
    for place in (3, 250):
        told = [likely(one, new(rows[place])) for one in (index, again)]
        assert told[0]
        assert told[0] == told[1]


def test_a_file_that_is_no_index_is_refused(tmp_path):
    (tmp_path / "index.json").write_text('{"form": 0}')
    with pytest.raises(ValueError, match="another version"):
        open_index(tmp_path)
