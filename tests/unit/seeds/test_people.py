"""Who is made up: consistent with themselves, and with the place they live in."""

from __future__ import annotations

import cProfile
import pstats
import re
from datetime import date

import numpy as np
import pytest

import knotwork_seeds
from knotwork_seeds import Population
from knotwork_seeds.chunk import chunks_of, months_before
from knotwork_seeds.generate import live, stage
from knotwork_seeds.households import CHILD, HEAD, PARTNER
from knotwork_seeds.name_tables import FEMALE_GIVEN, MALE_GIVEN
from knotwork_seeds.names import misspelt, table
from knotwork_seeds.place_tables import STREETS, WARDS
from knotwork_seeds.seasons import TET, day_weights
from knotwork_seeds.text import folded

COUNT = 5000


@pytest.fixture(scope="module")
def scene():
    return stage(chunks_of(Population(people=COUNT))[0])


def test_the_public_face_is_what_is_exported():
    assert knotwork_seeds.__all__ == ["FailureRates", "Generated", "Population", "generate"]


def test_most_people_are_vietnamese(scene):
    assert (scene.people.homes.origin == 0).mean() == pytest.approx(0.85, abs=0.03)


def test_families_share_a_name_and_a_house(scene):
    homes = scene.people.homes
    family = np.array(scene.profile.names.family.to_pylist())
    children = np.flatnonzero((homes.role >= CHILD) & (homes.father >= 0))
    assert (family[children] == family[homes.father[children]]).all()
    assert (scene.people.home.before == scene.people.home.before[homes.head]).all()


def test_vietnamese_wives_keep_their_own_name(scene):
    homes = scene.people.homes
    family = np.array(scene.profile.names.family.to_pylist())
    partners = np.flatnonzero((homes.role == PARTNER) & (homes.origin == 0))
    assert (family[partners] == family[homes.head[partners]]).mean() < 0.4


def test_given_names_fit_the_sex(scene):
    homes, given = scene.people.homes, scene.profile.names.given.to_pylist()
    tables = (set(table(FEMALE_GIVEN).names), set(table(MALE_GIVEN).names))
    for person in np.flatnonzero(homes.origin == 0):
        assert given[person] in tables[homes.gender[person]]


def test_children_are_younger_than_their_parents_and_all_are_grown(scene):
    homes = scene.people.homes
    years = (date(2026, 6, 30) - date(1970, 1, 1)).days / 365.25 - homes.birth / 365.25
    assert years.min() >= 16
    assert years.max() < 77
    child = np.flatnonzero(homes.role >= CHILD)
    assert (years[homes.head[child]] - years[child]).min() > 18
    assert set(np.unique(homes.role)) == {HEAD, PARTNER, CHILD, CHILD + 1}


def test_mailboxes_are_unique_and_fit_the_name(scene):
    table_ = scene.shelf.table()
    mails = table_.normal.filter(table_.normal_type == 4).to_pylist()
    assert len(mails) == len(set(mails))
    given = folded(scene.profile.names.given[0].as_py()).replace(" ", "").lower()
    assert given in mails[0]
    assert all(re.fullmatch(r"[a-z0-9.@]+", mail) for mail in mails)


def test_wards_are_of_34_provinces_now_and_of_districts_before():
    rows = [line.split("|") for line in WARDS.strip().splitlines()]
    assert {len(row) for row in rows} == {6}
    assert len({row[1] for row in rows}) == 34
    assert len({row[3] for row in rows}) > 50


def test_no_text_needs_escaping_in_json():
    _, _log, values = live(chunks_of(Population(people=400))[0])
    awkward = re.compile(r'["\\\x00-\x1f]')
    assert not [text for text in values.text.to_pylist() if awkward.search(text)]
    assert not [text for text in (*STREETS, WARDS.replace("\n", "")) if awkward.search(text)]


def test_the_new_year_of_the_moon_is_in_every_year_of_the_table_once():
    assert [day.year for day in TET] == list(range(2018, 2033))
    assert all(date(day.year, 1, 21) <= day <= date(day.year, 2, 20) for day in TET)


def test_trade_rises_before_tet_and_rests_in_it():
    start = (date(2026, 1, 1) - date(1970, 1, 1)).days
    weights = day_weights(start, start + 90)
    usual, rush, rest = weights[0:21], weights[27:47], weights[47:53]
    assert rush.mean() > 1.4 * usual.mean()
    assert rest.mean() < 0.5 * usual.mean()


def test_a_typing_error_is_one():
    assert misspelt("Hương") == "Hưnơg"
    assert misspelt("An") == "Ann"


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 7, 1), 18, date(2025, 1, 1)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2024, 12, 31), 12, date(2023, 12, 31)),
    ],
)
def test_months_before(day, months, before):
    assert months_before(day, months) == before


def calls(people: int) -> int:
    profile = cProfile.Profile()
    chunk = chunks_of(Population(people=people))[0]
    profile.runcall(live, chunk)
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # the stubs do not know it


def test_ten_times_the_people_take_no_more_python():
    calls(100)  # what is made once is made now
    assert calls(2000) < 1.3 * calls(200)
