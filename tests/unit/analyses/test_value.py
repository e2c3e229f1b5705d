"""Recency, frequency, value; and what stitching brought."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses import Scope, kinds
from tests.unit.analyses.made import Did, moment

DAY = 24 * 60


def bought(who, day, money=None, currency="USD"):
    return Did(who, day * DAY, "Order Completed", "web", money, currency)


def test_frequency_counts_days_after_the_first(asked):
    told = [bought(1, 0), bought(1, 0.3), bought(1, 7), bought(1, 21), Did(2, 30 * DAY, "Visit")]
    (one,) = asked(told)("rfm", each=True).buyers
    assert (one.orders, one.frequency, one.recency, one.age, one.since) == (4, 2, 21, 30, 9)


def test_times_can_be_in_weeks(asked):
    (one,) = asked([bought(1, 0), bought(1, 14)])("rfm", each=True, unit="week", as_of=moment(21 * DAY)).buyers
    assert (one.recency, one.age, one.since) == (2, 3, 1)


def test_purchases_after_today_do_not_count(asked):
    (one,) = asked([bought(1, 0), bought(1, 14)])("rfm", each=True, as_of=moment(10 * DAY)).buyers
    assert (one.orders, one.since) == (1, 10)


def test_scores_are_fifths_and_equals_are_equal(asked):
    told = [bought(who, 10 * who) for who in range(1, 11)] + [bought(10, 100)]
    found = {one.customer: one for one in asked(told)("rfm", each=True).buyers}
    scores = [found[name].recency_score for name in sorted(found)]
    assert scores == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert [found[name].frequency_score for name in sorted(found)] == [1] * 9 + [5]


def test_sums_never_mix_currencies(asked):
    told = [bought(1, 0, 5.0), bought(1, 1, 250_000.0, "vnd"), bought(2, 1, 7.0), bought(3, 1)]
    answer = asked(told)("rfm", each=True)
    assert {(one.customer[-1], one.currency): one.amount for one in answer.spent} == {
        ("1", "USD"): 5.0,
        ("1", "VND"): 250_000.0,
        ("2", "USD"): 7.0,
    }
    assert sum(one.amount for one in answer.money if one.currency == "USD") == 12.0


def test_an_unknown_purchase_is_said(asked):
    with pytest.raises(UsageError, match='did you mean "Order Completed"'):
        asked([bought(1, 0)])("rfm", event="Order Complete")


def test_behind_a_group_stand_its_customers(asked):
    log = asked([bought(1, 0), bought(2, 50), bought(2, 60)])
    assert log.people("rfm", 3, 3, bins=5) == [2]


def test_a_million_events_of_one_customer_are_nothing_special(asked):
    """No step compares a customer's events pair by pair: a hundredth of a million shows it without the wait."""
    told = [Did(1, n, "AB"[n % 2], "web") for n in range(10_000)]
    log = asked(told)
    assert log("funnel", steps=["A", "B"], reentry=True, window="1h").converted == 1
    assert log("funnel", steps=["A", "B"], any_order=True, reentry=True, window="1h", exclude=()).converted == 1
    assert log("attribution", conversion="B").conversions == 5000
    assert log("transitions").events[0].flow_in == 5000


def test_no_running_count_goes_through_all_events_for_each():
    """``count(*) FILTER (...) OVER`` does so in DuckDB 2.0; counting a CASE gives the same in one pass."""
    modules = Path(kinds.__file__).parent.glob("*.py")
    slow = re.compile(r"count\(\*\) FILTER \([^\n]*\) OVER")
    assert [path.name for path in modules if slow.search(path.read_text(encoding="utf-8"))] == []


MEMBERS = pa.table(
    {
        "type": ["cookie", "email", "cookie", "cookie"],
        "value": ["a", "lan", "b", "c"],
        "customer": [1, 1, 2, 0],
        "status": ["linking"] * 4,
    }
)


STITCHED = [
    Did(1, 0, "A", keys=("cookie:a",)),
    Did(1, 1, "A", keys=("cookie:a", "email:lan")),
    Did(1, 100, "A", keys=("cookie:a",)),
    Did(2, 0, "A", keys=("cookie:b",)),
    Did(0, 0, "A", keys=("cookie:c",)),
]


def test_what_stitching_brought(asked):
    log = asked(STITCHED, members=MEMBERS)
    found = log("stitching")
    assert (found.events, found.nobody, found.known_before, found.known_after, found.lift) == (5, 1, 1, 3, 2.0)
    assert (found.sessions, found.anonymous, found.recovered) == (3, 2, 1)
    assert (found.customers, found.known_customers, found.identifiers) == (2, 1, 1.5)
    assert log.people("stitching", "recovered sessions") == [1]
    assert log.people("stitching", "anonymous sessions") == [1, 2]
    assert log.people("stitching", "gained") == log.people("stitching", "known customers") == [1]


@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        (Scope(customers=(2, 7)), (1, 0, 0, 0, 1, 1, 0)),
        (Scope(since=moment(1)), (2, 0, 1, 2, 2, 1, 1)),
        (Scope(until=moment(1)), (3, 1, 0, 1, 2, 2, 1)),
        (Scope(since=moment(500)), (0, 0, 0, 0, 0, 0, 0)),
    ],
)
def test_stitching_of_a_part(asked, scope, counts):
    """Events, nobody's, known before and after; sessions, anonymous and recovered ones."""
    found = asked(STITCHED, members=MEMBERS)("stitching", scope)
    assert counts == (
        found.events, found.nobody, found.known_before, found.known_after,
        found.sessions, found.anonymous, found.recovered,
    )  # fmt: skip
    assert bool(found.notes) == (found.events == 0)
