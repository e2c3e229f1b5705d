"""The same arguments give the same bytes; chunks depend on nothing but themselves."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from knotwork_seeds import Population, generate
from knotwork_seeds.chunk import chunks_of
from knotwork_seeds.dice import Dice, mixed, shuffled
from knotwork_seeds.generate import live
from knotwork_seeds.render import fragments, lines

SMALL = Population(people=60)


def written(folder: Path, population: Population, form: str = "jsonl") -> dict[str, str]:
    made = generate(folder, population, format=form)
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in made.files}


def text_of(chunk) -> list[str]:
    _, log, values = live(chunk)
    return lines(log, log.order, values, fragments(values)).to_pylist()


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_the_same_arguments_give_the_same_bytes(tmp_path, form):
    assert written(tmp_path / "a", SMALL, form) == written(tmp_path / "b", SMALL, form)


def test_another_seed_gives_other_people(tmp_path):
    one, other = written(tmp_path / "a", SMALL), written(tmp_path / "b", replace(SMALL, seed=2))
    assert all(one[name] != other[name] for name in one)


def test_the_bytes_are_those_of_every_machine(tmp_path):
    # whoever changes what is made, changes this; a new library or machine must not
    made = written(tmp_path, Population(people=20, months=6, seed=5))
    assert made["events/part-00000.jsonl"][:16] == "4f8690c1716cdd2a"
    assert made["truth_identifiers.csv"][:16] == "1208f59acfc2543c"


def test_the_random_numbers_are_those_of_splitmix64():
    # the first outputs of the published generator for seed 1234567
    step = 0x9E3779B97F4A7C15
    states = np.array([(1234567 + step * turn) % 2**64 for turn in range(1, 4)], dtype=np.uint64)
    assert mixed(states).tolist() == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_a_chunk_does_not_know_how_many_follow():
    two, one = chunks_of(Population(people=400), people=200), chunks_of(Population(people=200), people=200)
    assert text_of(two[0]) == text_of(one[0])


def test_a_chunk_does_not_need_the_one_before():
    first, second = chunks_of(Population(people=300), people=150)
    alone = text_of(second)
    text_of(first)
    assert text_of(second) == alone


def test_chunks_share_only_what_is_shared_by_everybody():
    held = []
    for chunk in chunks_of(Population(people=900, months=3), people=300):
        _, log, values = live(chunk)
        rows = np.unique(log.identifiers[log.identifiers >= 0])
        causes = values.cause[rows]
        own = (causes & 0b11110) == 0  # test values, agents' machines, kiosks and company mailboxes are everybody's
        held.append(set(values.normal.take(values.value[rows[own]]).to_pylist()))
    assert not (held[0] & held[1] | held[0] & held[2] | held[1] & held[2])


def test_parts_of_a_population_are_joined_in_one_truth(tmp_path, monkeypatch):
    monkeypatch.setattr("knotwork_seeds.chunk.chunks_of.__defaults__", (100,))
    told = []
    made = generate(tmp_path, Population(people=250, months=3), progress=lambda done, total: told.append((done, total)))
    assert told == [(100, 250), (200, 250), (250, 250)]
    assert [path.name for path in made.files[:3]] == [f"part-0000{number}.jsonl" for number in range(3)]
    assert len((tmp_path / "truth_people.csv").read_text().splitlines()) == 251
    assert sum(len(path.read_bytes().splitlines()) for path in made.files[:3]) == made.events


def test_numbers_are_moved_about_one_to_one():
    moved = shuffled(np.arange(33 * 100), (33, 100), Dice(7))
    assert sorted(moved.tolist()) == list(range(3300))
    assert np.abs(np.corrcoef(moved, np.arange(3300))[0, 1]) < 0.1


def test_draws_follow_their_weights():
    index = np.arange(100_000)
    share = np.bincount(Dice(3).pick(index, [1, 2, 7])) / len(index)
    assert share == pytest.approx([0.1, 0.2, 0.7], abs=0.01)


def test_something_never_happens_at_rate_0_and_always_at_rate_1():
    index = np.arange(10_000)
    assert not Dice(1).happens(index, 0.0).any()
    assert Dice(1).happens(index, 1.0).all()
