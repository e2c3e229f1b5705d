"""The level of agreement of each kind of value."""

from __future__ import annotations

import json

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
        ("name", "Bà Trần Văn Hoà (Zalo)", "Trần Văn Hòa", "the same"),
        ("name", "N. Văn Anh", "Nguyễn Văn Anh", "similar"),
        ("name", "SMITH, John F.", "John Smith", "the same words or short forms"),
        ("name", "J. Smith", "John Smith", "similar"),
        ("name", "J. Smith", "John Paul Smith", "some words shared"),
        ("name", "M. Smith", "John Smith", "different"),
        ("name", "John A. Smith", "John B. Smith", "a typing error apart"),
        ("name", "Lê Anh Tuấn", "Lê Tuấn Anh", "similar"),
        ("given_name", "Becky", "Rebecca", "a short form"),
        ("name", "Thị Như Quỳnh", "Nguyễn Thị Như Quỳnh", "some words shared"),
        ("company", "Công ty TNHH Hoa Sen", "Hoa Sen Co., Ltd", "the same"),
        ("company", "Acme Holdings Inc.", "ACME Holding Corp", "a typing error apart"),
        ("company", "Công ty TNHH Hoa Sen", "Công ty TNHH Minh Long", "different"),
        ("given_name", "Robert", "Rob", "a short form"),
        ("given_name", "Theodore", "eTheodroe", "a typing error apart"),
        ("given_name", "Anna", "Peter", "different"),
        ("birth_date", "1971-06-24", "24/06/1971", "the same"),
        ("birth_date", "1971-06-24", "06/24/1971", "the same"),
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
        ("address", "12 Lê Lợi, Phú Cường, Bình Dương", "12 Le Loi, P. Phu Cuong, TP.HCM", "the same"),
        ("address", "số 29 đường Trần Phú, Đắk Mil, Đắk Nông", "29 Tran Phu, Dak Mil, Lam Dong", "the same"),
        ("address", "5 ngõ 12 Trần Phú, P. Bến Thành, TP.HCM", "12/5 Tran Phu, Ben Thanh, Ho Chi Minh", "the same"),
        ("email", "Lan.Nguyen+shop@example.com", "lan.nguyen@example.com", "the same"),
        ("province", "Tỉnh Hà Giang", "Tuyên Quang", "the same"),
        ("city", "TP.HCM", "Sài Gòn", "the same"),
        ("ward", "Hà Giang", "Tuyên Quang", "different"),
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
    assert shown("09xxxx1234", "+84908881234") == 0
    assert shown("09xxxx1235", "+84908881234") == 1
    assert shown("09xxxx1234", "091*****34") == -1
    assert shown("0163*****80", "+84338123480") == 0


AGREE = {"the same", "the same words or short forms", "a typing error apart", "similar"}


@pytest.mark.shared_data
def test_all_writings_of_a_name_agree_and_other_names_are_not_the_same(shared_data):
    vectors = json.loads((shared_data / "vietnam" / "normalisation_vectors.json").read_text("utf-8"))
    writings = [(one["canonical"], text) for one in vectors["name_same"] for text in one["same_person_variants"]]
    assert [pair for pair in writings if level("name", *pair) not in AGREE] == []
    others = [level("name", one, other) for one, other, _ in vectors["name_not_same"]]
    assert set(others) == {"the same but for tones", "similar"}


def test_two_names_in_each_other_s_place_are_seen():
    rows = [{"given_name": "hall", "family_name": "isla"}, {"given_name": "isla", "family_name": "hall"}]
    found = compare(prepare(records(rows)), np.array([0]), np.array([1]))
    assert [MANNERS["given_name"].labels[one] for one in found.levels[:, 0]] == ["in the other's place"] * 2


def test_whole_names_are_left_out_where_both_parts_were_compared():
    row = {"given_name": "isla", "family_name": "hall", "name": "isla hall"}
    found = compare(prepare(records([row, row, {"name": "isla hall"}])), np.array([0, 0]), np.array([1, 2]))
    assert found.levels[found.kinds.index("name")].tolist() == [-1, 0]
