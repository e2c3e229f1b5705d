"""Names of people and companies, in parts and folded."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.normalise.folding import folded, folded_one
from knotwork_resolvers.normalise.names import company_form, name_parts, person_name


@pytest.mark.parametrize(
    ("text", "family", "middle", "given"),
    [
        ("Trần Thị Ngọc Lan", "tran", "thi ngoc", "lan"),
        ("Ngọc Lan Trần", "tran", "lan", "ngoc"),
        ("Ms Lan", "", "", "lan"),
        ("Anh Tuấn", "", "", "tuan"),
        ("Hồ Anh", "ho", "", "anh"),
        ("Hoàng Ðức Huy", "hoang", "duc", "huy"),
        ("Smith, John A.", "smith", "a", "john"),
        ("Dr. Anna-Maria O'Neil", "oneil", "maria", "anna"),
        ("John Smith Jr.", "smith", "", "john"),
        ("محمد علي", "علي", "", "محمد"),
    ],
)
def test_parts(text: str, family: str, middle: str, given: str) -> None:
    found = person_name(text)
    assert (found.family, found.middle, found.given) == (family, middle, given)


@pytest.mark.parametrize("text", ["", "  ", "🙂", "---", "test", "Khách hàng", "n/a", "12345", "(Zalo)", "x" * 500])
def test_what_is_no_name_has_no_parts(text: str) -> None:
    assert person_name(text).folded == ""


def test_columns_agree_with_single_names() -> None:
    texts = ["Trần Văn Hòa", None, "T. Văn Hòa", "Trần Văn Hòa"]
    parts = name_parts(pa.chunked_array([pa.array(texts, pa.string())]))
    assert parts.family.to_pylist() == ["tran", "", "t", "tran"]
    assert parts.folded.to_pylist() == ["tran van hoa", "", "t van hoa", "tran van hoa"]
    assert parts.initial.tolist() == [False, False, True, False]


@settings(max_examples=60)
@given(text=st.text(max_size=30))
def test_total_and_folded_alike(text: str) -> None:
    found = person_name(text)
    assert folded_one(found.folded) == found.folded
    assert folded(pa.array([text])).to_pylist()[0] == folded(folded(pa.array([text]))).to_pylist()[0]


def test_folding_keeps_words_apart_and_drops_marks() -> None:
    assert folded(pa.array(["ĐẶNG  Hoàng-Ðức", "O’Neil", "ﬁne Straße", "🙂", None])).to_pylist() == [
        "dang hoang duc",
        "oneil",
        "fine strasse",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cty TNHH TM DV An Khang", "Công ty TNHH Thương mại và Dịch vụ An Khang"),
        ("Morales Tech S.R.L.", "MORALES TECH SRL"),
        ("Union Mfg. (Pty) Ltd", "Union Manufacturing P/L"),
        ("Brewer & Sons Ltd", "Brewer and Sons"),
    ],
)
def test_names_of_one_company_have_one_form(one: str, other: str) -> None:
    (left, right) = company_form(pa.array([one, other])).to_pylist()
    assert left == right


def test_words_that_only_say_that_it_is_a_company() -> None:
    assert company_form(pa.array(["Công ty TNHH Hoa Sen", "Acme, Inc.", "The Co"])).to_pylist() == [
        "hoa sen",
        "acme",
        "the co",
    ]
