"""The level of agreement of each kind of value."""

from __future__ import annotations

import numpy as np
import pytest

from knotwork_resolvers.match.columns import prepare
from knotwork_resolvers.match.comparison import compare
from knotwork_resolvers.match.manners import MANNERS
from tests.unit.match.people import records


def level(kind: str, one: str | list[str], other: str | list[str], **roles: str) -> str:
    """How two values of one kind agree, in words; nothing where they are not compared."""
    ready = prepare(records([{kind: one}, {kind: other}], roles))
    found = compare(ready, np.array([0]), np.array([1]))
    place = int(found.levels[0, 0])
    return MANNERS[ready.columns[found.kinds[0]].role].labels[place] if place >= 0 else ""


@pytest.mark.parametrize(
    ("kind", "one", "other", "words"),
    [
        ("name", "Nguyễn Văn Hùng", "nguyen van hung", "the same"),
        ("name", "Nguyễn Văn Hùng", "Nguyễn Văn Hưng", "the same but for tones"),
        ("name", "Quỳnh Thị Như Nguyễn", "Nguyễn Thị Như Quỳnh", "the same words or short forms"),
        ("name", "Margaret Sanders", "Margarte Sanders", "a typing error apart"),
        ("name", "Nguyễn Văn Thanh", "Nguyễn Văn Khang", "different"),
        ("name", "Bob Sanders", "Sanders, Robert", "the same words or short forms"),
        ("name", "Anita Thomas", "Christina Thomas", "different"),
        ("given_name", "Becky", "Rebecca", "a short form"),
        ("name", "Thị Như Quỳnh", "Nguyễn Thị Như Quỳnh", "some words shared"),
        ("company", "Công ty TNHH Hoa Sen", "Hoa Sen Co., Ltd", "the same"),
        ("company", "Acme Holdings Inc.", "ACME Holding Corp", "a typing error apart"),
        ("company", "Công ty TNHH Hoa Sen", "Công ty TNHH Minh Long", "different"),
        ("given_name", "Robert", "Rob", "a short form"),
        ("given_name", "Theodore", "eTheodroe", "a typing error apart"),
        ("given_name", "Anna", "Peter", "different"),
        ("birth_date", "1971-06-24", "24/06/1971", "the same"),
        ("birth_date", "1971-06-24", "1971-05-24", "one digit off"),
        ("birth_date", "1971-06-24", "1971-06-42", "one digit off"),
        ("birth_date", "1971-06-05", "1971-05-06", "day and month swapped"),
        ("birth_date", "1971-06-24", "1971-07-10", "within a month"),
        ("birth_date", "1971-06-24", "1972-07-12", "about a year or ten apart"),
        ("birth_date", "1971-06-24", "1971-01-01", "two parts the same"),
        ("birth_date", "1971-06-24", "1978-11-02", "different"),
        ("birth_date", "1971-06-24", "1938-11-02", "a generation apart"),
        ("email", "lan.tran98@example.org", "lan.trna98@example.org", "a typing error apart"),
        ("email", "lan.tran98@example.org", "lan.tran97@example.org", "much alike"),
        ("email", "h.k@sharp.com", "f.j@sharp.com", "different"),
        ("email", "lantran@example.org", "lantran@other.net", "the same name, another domain"),
        ("phone", "+84912345678", "+84912345678", "the same"),
        ("phone", "+84912345678", "+84912345679", "one digit off"),
        ("address", "854 7th ave. between 54th and 55th", "854 Seventh Avenue", "the same words"),
        ("address", "12 Oak Lane, Leeds", "14 Oak Lane, Leeds", "similar, another number"),
        ("city", "London", "Lonon", "a typing error apart"),
    ],
)
def test_how_two_values_agree(kind, one, other, words):
    assert level(kind, one, other) == words
    assert level(kind, other, one) == words


def test_the_best_of_several_values_counts():
    assert level("given_name", ["Peter", "Anna"], ["Anna", "Karl"]) == "the same"


def test_a_masked_number_is_compared_by_what_it_shows_and_two_whole_ones_are_not():
    def shown(one: str, other: str) -> int:
        ready = prepare(records([{"phone": one}, {"phone": other}, {"phone": "039*****99"}]))
        found = compare(ready, np.array([0]), np.array([1]))
        return int(found.levels[found.kinds.index("shown phone"), 0])

    assert shown("038*****80", "+84388123480") == 0
    assert shown("038*****81", "+84388123480") == 1
    assert shown("+84388123480", "+84388123480") == -1


def test_two_names_in_each_other_s_place_are_seen():
    rows = [{"given_name": "hall", "family_name": "isla"}, {"given_name": "isla", "family_name": "hall"}]
    found = compare(prepare(records(rows)), np.array([0]), np.array([1]))
    assert [MANNERS["given_name"].labels[one] for one in found.levels[:, 0]] == ["in the other's place"] * 2


def test_whole_names_are_left_out_where_both_parts_were_compared():
    row = {"given_name": "isla", "family_name": "hall", "name": "isla hall"}
    found = compare(prepare(records([row, row, {"name": "isla hall"}])), np.array([0, 0]), np.array([1, 2]))
    assert found.levels[found.kinds.index("name")].tolist() == [-1, 0]
