"""Figures, stages and signals of one customer's events, with known answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knotwork_graph.policy import ProfileRules, Signal, Stages
from knotwork_resolvers.profiles.bodies import amount, property_of, said
from knotwork_resolvers.profiles.figures import Deed, figures_of, micros, stage_of
from knotwork_resolvers.profiles.moment import Moment
from knotwork_resolvers.profiles.signals import signals_of

DAY = micros(timedelta(days=1))
NOW = Moment(1_000 * DAY)


def deed(day: float, event: str = "Seen", properties: str | None = None) -> Deed:
    return Deed(int(day * DAY), event, "web", properties)


def stage(*days: float, moment: Moment = NOW) -> str:
    rules = ProfileRules()
    return stage_of(figures_of([deed(day) for day in days], rules, moment), rules.lifecycle, moment)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((), ""),
        ((999,), "new"),
        ((970,), "new"),
        ((969.9, 999), "active"),
        ((900, 960), "at risk"),
        ((910,), "at risk"),
        ((909.9,), "lost"),
        ((100, 190, 999), "won back"),
        ((100, 909, 969, 999), "active"),
        ((999, 1_001), "new"),
    ],
)
def test_the_stage_of_a_life(days, expected):
    assert stage(*days) == expected


def test_as_of_an_earlier_moment_later_events_are_not_there():
    early = Moment(905 * DAY, 905 * DAY)
    assert stage(100, 190, 999, moment=early) == "lost"
    assert figures_of([deed(100), deed(999)], ProfileRules(), early).events == 1


def test_amounts_of_two_currencies_never_meet():
    bodies = [
        '{"revenue":0.1,"currency":"vnd"}',
        '{"revenue":"0.2","currency":" VND"}',
        '{"revenue":5}',
        '{"revenue":"x"}',
    ]
    found = figures_of([deed(1, "Order", body) for body in bodies], ProfileRules(), NOW)
    assert found.sums == {("Order", "VND"): 300_000, ("Order", ""): 5_000_000}
    assert found.summed == {("Order", "VND"): 2, ("Order", ""): 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1_000_000),
        (" 1.5\t", 1_500_000),
        ("1e2", 100_000_000),
        ("-2", -2_000_000),
        *((odd, None) for odd in ("1_0", "nan", "inf", "1e13", "", "１", None)),
    ],
)
def test_what_an_amount_is(text, expected):
    assert amount(text) == expected


def shoes(**said) -> ProfileRules:
    named = {"events": {"Viewed": 1.0, "Add*": 3.0}, "half_life": timedelta(days=10)} | said
    return ProfileRules(signals={"shoes": Signal("shoes", **named)})


def test_a_signal_loses_half_its_weight_in_its_half_life():
    found = signals_of([deed(980, "Viewed"), deed(990, "Added"), deed(1_000, "Viewed")], shoes(), NOW)
    assert found == {"shoes": 0.25 + 1.5 + 1}


def test_without_a_half_life_it_never_fades():
    assert signals_of([deed(1, "Viewed"), deed(999, "Viewed")], shoes(half_life=None), NOW) == {"shoes": 2.0}


def test_what_lies_ahead_counts_as_now():
    assert signals_of([deed(1_050, "Viewed")], shoes(), NOW) == {"shoes": 1.0}


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({"category": "shoes"}, True),
        ({"category": "sho*"}, True),
        ({"category": "Shoes"}, False),
        ({"category": ("hats", "shoes")}, True),
        ({"price": 100}, True),
        ({"price": {"at_least": 100, "below": 101}}, True),
        ({"price": {"above": 100}}, False),
        ({"price": {"not": 100}}, False),
        ({"sale": True}, True),
        ({"sale": False}, False),
        ({"size": "*"}, False),
        ({"category": "shoes", "size": 1}, False),
    ],
)
def test_what_properties_must_be(where, fits):
    told = deed(1_000, "Viewed", '{"category":"shoes","price":100.0,"sale":true,"size":null}')
    assert bool(signals_of([told], shoes(where=where), NOW)) == fits


def test_odd_values_are_read_as_the_engine_reads_them():
    assert {name: value for name, value, _ in said('{"a":1.10,"b":[1, 2],"c":1e22}')} == {
        "a": "1.1",
        "b": "[1,2]",
        "c": "1e22",
    }
    assert property_of('{"a":[1, 2]}', "a") == "[1,2]"
    assert (property_of('{"a":1,"a":2}', "a"), said('{"a":1,"a":2}')) == ("1", (("a", "1", False),))


def test_spans_of_the_policy_make_the_stages():
    rules = ProfileRules(lifecycle=Stages(timedelta(days=1), timedelta(days=2), timedelta(days=3)))
    found = figures_of([deed(997.5)], rules, NOW)
    assert stage_of(found, rules.lifecycle, NOW) == "at risk"
