"""Addresses in parts, and the provinces and wards of 2025."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.normalise.addresses import Address, address_parts, compared, parse_address
from knotwork_resolvers.normalise.places import places, province_2025, today, ward_2025

PARTS = ("housenumber", "street", "ward", "district", "province")
WORDS = ("12", "Le", "Loi", ",", "quan", "phuong", "5", "Ha", "Noi", "tp", "xa", "so", "duong", "ngo", "Hue", "vn")


@pytest.fixture
def vectors(shared_data: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared_data / "vietnam" / "normalisation_vectors.json").read_text("utf-8"))
    return loaded


def form(text: str) -> Address:
    return compared(parse_address(text))


@pytest.mark.shared_data
def test_addresses_are_taken_apart(vectors: dict[str, Any]) -> None:
    assert len(vectors["address_parse"]) == 24
    for one in vectors["address_parse"]:
        found = parse_address(one["input"])
        assert [getattr(found, part) for part in PARTS] == [one[part] or "" for part in PARTS], one["input"]


@pytest.mark.shared_data
def test_every_province_becomes_its_successor(vectors: dict[str, Any]) -> None:
    wrong = []
    for one in vectors["province_63_to_34"]:
        new = one["new_2025_key"].removeprefix("thanhpho").removeprefix("tinh")
        old = pa.array([name.replace("thanhpho", "thanh pho ").replace("tinh", "tinh ", 1) for name in one["old_keys"]])
        wrong += [name for name in province_2025(old).to_pylist() if name.replace(" ", "") != new]
    assert wrong == []
    assert len(set(places().since_2025.values())) == 34


@pytest.mark.shared_data
def test_addresses_before_and_after_2025_agree(vectors: dict[str, Any]) -> None:
    first, second, third = vectors["address_convert"]
    for one, other in ((first["old"], first["new"]), (second["old"], second["legacy_standard"])):
        ours, theirs = form(one), form(other)
        shared = [part for part in PARTS if getattr(ours, part) and getattr(theirs, part)]
        assert {"street", "ward", "province"} <= set(shared)
        assert [getattr(ours, part) for part in shared] == [getattr(theirs, part) for part in shared]
    assert form(third["new_input"]) == form(third["new"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12660 ventura blvd.", ("12660", "ventura boulevard", "", "", "")),
        ("1 Main St, Springfield, IL 62701", ("1", "main street", "", "", "")),
        ("Số 5 ngõ 12 phố Huế, Hà Nội", ("12/5", "hue", "", "", "ha noi")),
        ("12/5 Nguyễn Trãi, P.9, Q.5, TP.HCM", ("12/5", "nguyen trai", "an dong", "5", "ho chi minh")),
        ("P.5 - Q.3 - TPHCM", ("", "", "ban co", "3", "ho chi minh")),
        ("Hà Nội", ("", "", "", "", "ha noi")),
        ("Tổ 5, Phường Bình Thạnh, TP.HCM", ("", "", "binh thanh", "", "ho chi minh")),
        ("64 Quang Trung, Bà Rịa - Vũng Tàu", ("64", "quang trung", "", "", "ho chi minh")),
        ("394 Hai Ba Trung, Xa Phuong Nam, Tinh Hung Yen", ("394", "hai ba trung", "phuong nam", "", "hung yen")),
        ("Xa lộ Hà Nội, Phường Thảo Điền, Quận 2, TP HCM", ("", "xa lo ha noi", "thao dien", "thu duc", "ho chi minh")),
        ("", ("", "", "", "", "")),
        ("🙂", ("", "", "", "", "")),
    ],
)
def test_comparison_form(text: str, expected: tuple[str, ...]) -> None:
    assert tuple(getattr(form(text), part) for part in PARTS) == expected


def test_columns_agree_with_single_addresses() -> None:
    texts = ["9 Lê Lợi, Quận 1, TP.HCM", None, "9 Lê Lợi, Quận 1, TP.HCM"]
    parts = address_parts(pa.array(texts, pa.string()))
    assert parts.street.to_pylist() == ["le loi", "", "le loi"]
    assert parts.district.to_pylist() == ["1", "", "1"]


@settings(max_examples=80)
@given(st.text(max_size=60))
def test_total(text: str) -> None:
    assert isinstance(form(text), Address)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS), max_size=10))
def test_words_are_not_lost(words: list[str]) -> None:
    found = parse_address(" ".join(words))
    written = " ".join(getattr(found, part) for part in (*PARTS, "rest")).split()
    assert set(written) >= {word for word in words if word not in (",", "vn", "so")}


def test_numbered_wards_only_where_they_are_known() -> None:
    assert ward_2025("15", "tan binh", "ho chi minh") == "tan son"
    assert ward_2025("15", "tan binh", "ha noi") == "15"
    assert ward_2025("ben nghe", "1", "ho chi minh") == "ben nghe"
    assert today("bavaria") == "bavaria"
