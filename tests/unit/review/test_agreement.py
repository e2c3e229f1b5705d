"""Agreement of people, precision of sources, who may be the second person, and what is drawn for quality."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork.service.review.guarding import risks, second_person
from knotwork_graph.desk import Opinion
from knotwork_graph.errors import SecondPersonError
from knotwork_graph.policy import ReviewSettings
from knotwork_resolvers.review.agreement import double_looks, kappa, precision
from knotwork_resolvers.review.effects import Effect
from knotwork_resolvers.review.finding.conflicts import collided
from knotwork_resolvers.review.finding.proposed import drawn

AT = datetime(2026, 3, 1, tzinfo=UTC)
answer = st.sampled_from(["accept", "reject", "leave"])


def opinion(case, who, said, source="matching"):
    return Opinion(case, "merge", source, who, said, AT)


def test_cohen_s_own_numbers():
    # 50 cases, 20 both yes, 15 both no, 5 and 10 apart: observed .7, expected .5
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(pairs) == pytest.approx(0.4)


@given(st.lists(answer, min_size=1, max_size=30))
def test_who_always_agrees_has_one_or_nothing_to_agree_on(words):
    assert kappa([(word, word) for word in words]) in (1.0, None)


@given(st.lists(st.tuples(answer, answer), max_size=30))
def test_the_order_of_the_two_does_not_matter(pairs):
    found = kappa(pairs)
    assert found == kappa([(b, a) for a, b in pairs]) or found == pytest.approx(kappa([(b, a) for a, b in pairs]))


def test_only_cases_that_two_looked_at_count_and_precision_is_the_first_one_s():
    told = [
        opinion(1, "mai", "accept"),
        opinion(1, "linh", "reject"),
        opinion(2, "mai", "reject"),
        opinion(3, "x", "leave"),
    ]
    assert double_looks(told) == [("accept", "reject")]
    (one,) = precision(told)
    assert (one.accepted, one.rejected, one.left, one.share) == (1, 1, 1, 0.5)


@pytest.mark.parametrize("other", ["mai", "MAI ", "  Mai", "Ｍai"])
def test_nobody_is_their_own_second_person(other):
    with pytest.raises(SecondPersonError):
        second_person("mai", other)
    second_person("mai", "linh")


def test_what_needs_two():
    settings = ReviewSettings(customers=2, events=5, bulk=3)
    assert risks(Effect(created=("a",), kept=("b",), events=5), 3, settings) == ()
    assert len(risks(Effect(created=("a", "c"), kept=("b",), events=6, stricter=(("a", "m"),)), 4, settings)) == 4
    off = ReviewSettings(customers=None, events=None, bulk=None, consent=False)
    assert risks(Effect(created=("a", "c"), events=10**6, stricter=(("a", "m"),)), 10**4, off) == ()


@given(st.integers(0, 10**9))
def test_a_larger_sample_holds_the_smaller_one(number):
    a, b = f"email:{number}", f"phone:{number}"
    assert not drawn(a, b, 0.05) or drawn(a, b, 0.2)


def test_five_of_a_hundred_are_drawn():
    count = sum(drawn(f"email:{number}", "phone:1", 0.05) for number in range(20_000))
    assert 800 < count < 1_200


@pytest.mark.parametrize(
    ("rule", "detail", "about"),
    [
        ("max_per_customer.email", "email:b, email:c | email:a", ("email:a", "email:b")),
        ("max_cluster_size", "", ()),
        ("isolate", "cookie:a, cookie:b", ()),
    ],
)
def test_what_collided(rule, detail, about):
    assert collided(rule, detail) == about
