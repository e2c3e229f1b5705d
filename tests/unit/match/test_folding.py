"""The forms in which values are compared."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.match import folding

NAMES = st.text(alphabet="aAbBđĐÐéÉữ 'ʼ-.,()ßøæñ漢عא1٣ ", max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=4))
@settings(max_examples=60)
def test_few_texts_are_folded_as_many_are(texts):
    many = texts + ["filler"] * (folding.FEW + 1)
    few = folding.folded(pa.array(texts, pa.string())).to_pylist()
    assert folding.folded(pa.array(many, pa.string())).to_pylist()[: len(texts)] == few


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đặng Thị Hoa", "DANG THI HOA"),
        ("Ðặng Thị Hoa", "dang thi hoa"),
        ("Anh Nguyễn Văn Nam", "Nguyen Van Nam"),
        ("Nguyễn Thị Lan (Zalo)", "nguyen thi lan"),
        ("Mr. John O'Neil", "john oneil"),
    ],
)
def test_names_that_are_the_same_fold_to_one_form(one, other):
    forms = folding.folded_name(pa.array([one, other])).to_pylist()
    assert forms[0] == forms[1]


@pytest.mark.parametrize("text", ["Anh", "Bà", "(Zalo)", "!!"])
def test_a_name_that_is_all_honorific_or_remark_keeps_what_it_has(text):
    assert folding.folded_name(pa.array([text])).to_pylist() == folding.folded(pa.array([text])).to_pylist()


@pytest.mark.parametrize("text", ["31/12/1899", "1900-01-01", "1/1/99", "soon", "", "19990231x"])
def test_what_is_no_date_or_stands_for_none_is_nothing(text):
    assert folding.digits_of_date(text) == ""


def test_tones_are_the_same_wherever_in_the_word_they_are_put():
    assert folding.tones("Hoà Thuỷ") == folding.tones("Hòa Thủy")
    assert folding.tones("Mai") != folding.tones("Mại")


@pytest.mark.parametrize(("text", "shown"), [("038*****80", "38..80"), ("+84 38 812 34 80", "38..80"), ("***", "")])
def test_a_mask_and_the_number_behind_it_show_the_same_digits(text, shown):
    assert folding.shown_digits(text) == shown
