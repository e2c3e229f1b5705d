"""Sets with known answers: what is reached must not be lost."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.shared_data]


@pytest.fixture
def sets(shared_data, monkeypatch):
    from benchmarks.accuracy import sets

    monkeypatch.setattr(sets, "DATA", shared_data)
    return sets


@pytest.mark.parametrize(
    ("name", "least"),
    [("febrl1", 0.999), ("febrl2", 0.999), ("febrl3", 0.9995), ("fake_1000", 0.95), ("restaurants", 0.96)],
)
def test_what_was_reached_is_kept(sets, name, least):
    from benchmarks.accuracy.evaluate import JOIN, ours

    assert ours(sets.SETS[name](), JOIN)[0].f1 >= least


@pytest.mark.parametrize("name", ["fake_1000", "restaurants"])
def test_loading_and_matching_gives_what_the_records_alone_give(sets, name, tmp_path):
    """A file and its mapping are the whole job: the policy as `init` writes it, joins let in, and nothing else."""
    from benchmarks.accuracy.evaluate import JOIN, ours, scored
    from benchmarks.accuracy.front_door import by_the_door

    known = sets.SETS[name]()
    assert scored(known.truth, by_the_door(name, tmp_path / "shop")) == ours(known, JOIN)[0]
