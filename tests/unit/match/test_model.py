"""Scores are the sum of what is printed; a model is kept as text."""

from __future__ import annotations

import numpy as np
import pytest

from knotwork_resolvers.match import Model, match
from knotwork_resolvers.match.columns import prepare
from knotwork_resolvers.match.comparison import compare
from knotwork_resolvers.match.model import Leaning, Weights, probability, said_again, weigh
from tests.unit.match.people import crowd, records, told_of


@pytest.fixture(scope="module")
def found():
    some = records(crowd(250, 80))
    return some, match(some)


def test_every_score_is_the_sum_of_its_waterfall(found):
    some, matches = found
    for row in matches.pairs.slice(0, 12).to_pylist():
        told = told_of(some, row["left"], row["right"], matches.model)
        assert told.prior + sum(part.bits for part in told.parts) - told.household == pytest.approx(told.score)
        assert told.score == pytest.approx(row["weight"])
        assert told.probability == pytest.approx(row["score"])


def test_the_waterfall_is_the_same_from_either_side(found):
    some, matches = found
    row = matches.pairs.slice(0, 1).to_pylist()[0]
    one = told_of(some, row["left"], row["right"], matches.model)
    other = told_of(some, row["right"], row["left"], matches.model)
    assert one.score == pytest.approx(other.score)
    assert [part.agreement for part in one.parts] == [part.agreement for part in other.parts]


def test_the_words_name_what_speaks_for_and_against(found):
    some, matches = found
    row = matches.pairs.slice(0, 1).to_pylist()[0]
    words = told_of(some, row["left"], row["right"], matches.model).in_words()
    assert "the same (+" in words
    assert not any(text in words for text in ("example.org", "+4915"))


def test_a_rare_value_says_more_than_a_common_one():
    rows = [
        *crowd(300, 60),
        {"family_name": "zzyzx", "given_name": "anna"},
        {"family_name": "zzyzx", "given_name": "anna"},
    ]
    rows += [{"family_name": "abel", "given_name": "karin"}, {"family_name": "abel", "given_name": "karin"}]
    some = records(rows)
    model = match(some).model
    one, other = told_of(some, 360, 361, model), told_of(some, 362, 363, model)
    assert bits(one, "family_name") > bits(other, "family_name") + 2


def bits(evidence, kind):
    return next(part.bits for part in evidence.parts if part.kind == kind)


def test_a_name_of_rare_words_says_more_than_one_of_common_words():
    """Two records hold each of the two names, and nobody else: how many more may hold it, the words say."""
    first, second = ("nguyen", "tran", "le", "pham", "vu"), ("lan", "hoa", "minh", "son", "thu", "nam")
    rows = [{"name": f"{first[n % 5]} thi {second[n // 5 % 6]}"} for n in range(210)]
    rows += [{"name": "nguyen thi lan minh"}] * 2 + [{"name": "quach sieu linh"}] * 2
    some = records([{**row, "email": f"{n * 7919}@a.org"} for n, row in enumerate(rows)])
    model = match(some).model
    common, rare = (told_of(some, at, at + 1, model).parts for at in (210, 212))
    bits = [next(part.bits for part in parts if part.kind == "name") for parts in (common, rare)]
    assert bits[1] > bits[0] + 1


def test_what_leans_on_another_adds_what_that_leaves_open():
    weight = np.array([[5.0, 5.0, -1.0, 3.0], [4.0, -2.0, 4.0, 5.0]])
    home = weight.copy()
    said_again(weight, home, ("city", "phone"), (Leaning("city", "phone", 0.5), Leaning("phone", "city", 1.0)))
    assert weight.tolist() == home.tolist() == [[5.0, 5.0, -1.0, 0.0], [1.0, -2.0, 4.0, 5.0]]


def test_a_given_name_is_handed_down_with_the_family_name(found):
    """Two of one home who bear one given name are father and son, of one family name; others have married."""
    home = {"given_name": "ottilie", "street": "7 hidden court", "family_name": "villanueva"}
    ready = prepare(records([*crowd(250, 80), home, home, {**home, "family_name": "brown"}]))
    bits = weigh(compare(ready, np.array([330, 330]), np.array([331, 332])), found[1].model)
    father, married = bits.home[list(ready.columns).index("given_name")]
    assert father > 1
    assert married == 0


def test_a_model_comes_back_from_its_text(found):
    model = found[1].model
    again = Model.from_json(model.to_json())
    assert again == model
    assert again.version == model.version


@pytest.mark.parametrize("text", ['{"form": 0}', "[]", '{"weights": []}'])
def test_any_other_text_is_refused_with_a_remedy(text):
    with pytest.raises(ValueError, match="knotwork match"):
        Model.from_json(text)


def test_labels_belong_to_the_chances(found):
    for each in found[1].model.weights:
        assert len(each.labels()) == len(each.m) == len(each.u)
        assert sum(each.m) == pytest.approx(1)


def test_bits_become_probabilities():
    assert probability(np.array([0.0, 4.247928, -1000.0])).tolist() == pytest.approx([0.5, 0.95, 0.0], abs=1e-6)


def test_weights_have_words():
    assert Weights("email", "email", (), (), 0.1, 2.0, 1.0).labels()[0] == "the same"
