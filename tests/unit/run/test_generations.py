"""Generations: put in place whole or not at all, the newest kept."""

from __future__ import annotations

import pytest

from knotwork_graph.generations import EVENTS, Generations


@pytest.fixture
def generations(tmp_path):
    return Generations(tmp_path / "generations")


def write(generations, run, text="rows"):
    with generations.writing(run) as folder:
        (folder / EVENTS).write_text(text)


def test_a_run_that_wrote_none_has_none(generations):
    assert generations.events(1) is None


def test_a_generation_is_there_when_it_is_complete(generations):
    with generations.writing(1) as folder:
        (folder / EVENTS).write_text("rows")
        assert generations.events(1) is None
    assert generations.events(1).read_text() == "rows"


def test_one_that_failed_leaves_what_was_there(generations):
    write(generations, 1, "old")

    def half_way(folder):
        (folder / EVENTS).write_text("new")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), generations.writing(1) as folder:
        half_way(folder)
    assert generations.events(1).read_text() == "old"


def test_leftovers_of_a_killed_run_are_written_over(generations):
    (generations.folder / "2.tmp").mkdir(parents=True)
    (generations.folder / "2.tmp" / "half.parquet").write_text("half")
    write(generations, 2)
    assert [path.name for path in (generations.folder / "2").iterdir()] == [EVENTS]


def test_all_but_the_wanted_ones_are_removed(generations):
    for run in (1, 2, 3):
        write(generations, run)
    (generations.folder / "4.tmp").mkdir()
    generations.keep(frozenset({2, 3}))
    assert sorted(path.name for path in generations.folder.iterdir()) == ["2", "3"]


def test_keeping_where_nothing_was_ever_written_is_harmless(generations):
    generations.keep(frozenset({1}))
