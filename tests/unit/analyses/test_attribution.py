"""Attribution: the known answers, and what holds for every model."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses import Attribution, GivenPath, Scope, attribution_of
from knotwork_resolvers.analyses.credit import MODELS, NO_TOUCH
from tests.unit.analyses.made import Asked, Did

DAY = 24 * 60


def by_model(answer, model):
    return {one.touchpoint: one.conversions for one in answer.credits if one.model == model}


def money(answer, model, currency="USD"):
    return {
        one.touchpoint: each.amount
        for one in answer.credits
        if one.model == model
        for each in one.amounts
        if each.currency == currency
    }


def touch(who, day, channel):
    return Did(who, day * DAY, "Visit", channel)


def test_markov_of_three_paths(tmp_path):
    paths = [GivenPath(("C1", "C2", "C3"), 1), GivenPath(("C1",), nulls=1), GivenPath(("C2", "C3"), nulls=1)]
    answer = attribution_of(paths, scratch=tmp_path)
    assert {one.touchpoint: one.effect for one in answer.removal} == pytest.approx({"C1": 0.5, "C2": 1, "C3": 1})
    assert by_model(answer, "markov") == pytest.approx({"C1": 0.2, "C2": 0.4, "C3": 0.4})


def test_time_decay_of_fifty_dollars(asked):
    told = [touch(1, 0, "paid"), touch(1, 3, "social"), touch(1, 9, "email"), Did(1, 9 * DAY, "Visit", "display")]
    told.append(Did(1, 9 * DAY, "Order Completed", None, 50.0, source="zzz"))
    found = money(asked(told)("attribution", half_life="7d"), "time_decay")
    assert found == pytest.approx({"paid": 6.92, "social": 9.32, "email": 16.88, "display": 16.88}, abs=0.005)


def test_five_touches_over_38_days(asked):
    days = ((0, "paid_social"), (5, "organic"), (12, "paid_social"), (30, "paid_search"))
    told = [*(touch(1, day, channel) for day, channel in days), Did(1, 38 * DAY, "Order Completed", "direct", 12000)]
    answer = asked(told)("attribution")
    assert money(answer, "first")["paid_social"] == 12000
    assert money(answer, "last")["direct"] == 12000
    assert money(answer, "last_non_direct")["paid_search"] == 12000
    assert money(answer, "linear")["paid_social"] == pytest.approx(4800)
    assert money(answer, "position") == pytest.approx(
        {"paid_social": 5600, "organic": 800, "paid_search": 800, "direct": 4800}
    )
    decay = {"paid_social": 175 + 575, "organic": 287, "paid_search": 3417, "direct": 7545}
    assert money(answer, "time_decay") == pytest.approx(decay, abs=25)


@pytest.mark.parametrize(("channels", "parts"), [("a", [1]), ("ab", [0.5, 0.5]), ("abc", [0.4, 0.2, 0.4])])
def test_position_of_one_and_two_touches(tmp_path, channels, parts):
    found = by_model(attribution_of([GivenPath(tuple(channels), 1)], scratch=tmp_path), "position")
    assert [found[channel] for channel in channels] == pytest.approx(parts)


def test_only_direct_touches_leave_the_last(tmp_path):
    answer = attribution_of([GivenPath(("direct", "direct"), 3)], scratch=tmp_path)
    assert by_model(answer, "last_non_direct") == {"direct": 3}


def test_shapley_is_the_mean_over_all_orders(tmp_path):
    """Against the definition: the worth of a set is the conversions of the paths that use no others."""
    paths = [
        GivenPath(("a", "b"), 4),
        GivenPath(("b", "c", "b"), 5),
        GivenPath(("a", "b", "c"), 6),
        GivenPath(("c",), 2),
    ]

    def worth(names):
        return sum(path.conversions for path in paths if set(path.steps) <= set(names))

    orders = list(permutations("abc"))
    marginal = {
        name: sum(worth(order[: order.index(name) + 1]) - worth(order[: order.index(name)]) for order in orders)
        / len(orders)
        for name in "abc"
    }
    assert by_model(attribution_of(paths, scratch=tmp_path), "shapley") == pytest.approx(marginal)


def test_a_path_ends_with_its_conversion(asked):
    told = [touch(1, 0, "a"), Did(1, DAY, "Order Completed"), touch(1, 2, "b"), Did(1, 3 * DAY, "Order Completed")]
    assert by_model(asked(told)("attribution"), "linear") == {"a": 1, "b": 1}


def test_touches_before_the_lookback_do_not_count(asked):
    told = [touch(1, 0, "a"), touch(1, 8, "b"), Did(1, 10 * DAY, "Order Completed")]
    answer = asked(told)("attribution", lookback="7d")
    assert {model: by_model(answer, model) for model in ("first", "markov")} == {"first": {"b": 1}, "markov": {"b": 1}}


def test_a_conversion_before_which_nothing_was_seen_is_nobody_s(asked):
    told = [Did(1, 0, "Order Completed", None, 7.0), touch(2, 0, "a"), Did(2, 9, "Order Completed")]
    answer = asked(told)("attribution")
    assert {by_model(answer, model)[NO_TOUCH] for model in MODELS} == {1}
    assert money(answer, "markov") == {"a": 0, NO_TOUCH: 7.0}


def test_repeats_can_count_once(asked):
    told = [touch(1, day, channel) for day, channel in enumerate("aaab")] + [Did(1, 5 * DAY, "Order Completed")]
    log = asked(told)
    assert by_model(log("attribution"), "linear") == {"a": 0.75, "b": 0.25}
    assert by_model(log("attribution", collapse=True), "linear") == {"a": 0.5, "b": 0.5}


def test_the_conversion_s_own_channel_can_be_left_out(asked):
    log = asked([touch(1, 0, "ad"), Did(1, DAY, "Order Completed", "web")])
    assert by_model(log("attribution"), "last") == {"ad": 0, "web": 1}
    assert by_model(log("attribution", only_before=True), "last") == {"ad": 1}


def test_currencies_never_meet(asked):
    told = [touch(1, 0, "a"), Did(1, 9, "Order Completed", None, 5.0), touch(2, 0, "a")]
    told.append(Did(2, 9, "Order Completed", None, 120_000.0, "vnd"))
    answer = asked(told)("attribution")
    assert {one.currency: one.amount for one in answer.totals} == {"USD": 5.0, "VND": 120_000.0}
    assert money(answer, "markov", "VND") == {"a": 120_000.0}


def test_a_touchpoint_can_be_a_source_an_event_or_a_property(asked):
    log = asked([Did(1, 0, "Ad Clicked", "web", 1.0, source="ads"), Did(1, 9, "Order Completed", "web", source="shop")])
    assert by_model(log("attribution", touch="source"), "first") == {"ads": 1, "shop": 0}
    assert by_model(log("attribution", touch="event", touch_event="Ad Clicked"), "last") == {"Ad Clicked": 1}
    assert by_model(log("attribution", touch="property:revenue"), "last") == {"1.0": 1}


def test_a_conversion_that_never_happens_is_an_empty_answer(asked):
    told = [touch(1, 0, "a"), Did(2, 0, "Order Completed")]
    log = asked(told)
    answer = log("attribution", Scope(customers=[1]))
    assert (answer.conversions, answer.credits) == (0, ())
    assert "Order Completed" in answer.notes[0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"conversion": "Order Complete"}, 'did you mean "Order Completed"'),
        ({"model": "markow"}, 'did you mean "markov"'),
        ({"touch": "chanel"}, 'did you mean "channel"'),
        ({"lookback": timedelta()}, "longer than nothing"),
        ({"touch": 'property:a"b'}, "no name of a property"),
    ],
)
def test_what_cannot_be_meant_is_said(asked, options, words):
    with pytest.raises(UsageError, match=words):
        asked([Did(1, 0, "Order Completed")])("attribution", **options)


def test_behind_a_touchpoint_stand_those_who_converted(asked):
    told = [touch(1, 0, "a"), touch(1, 1, "b"), touch(2, 0, "a"), touch(3, 0, "b"), Did(3, 3 * DAY, "Order Completed")]
    log = asked([*told, Did(1, 3 * DAY, "Order Completed"), Did(4, 0, "Order Completed")])
    assert log.people("attribution", "b") == [1, 3]
    assert log.people("attribution", "b", "first") == [3]
    assert log.people("attribution", NO_TOUCH) == [4]


def test_old_touches_do_not_make_the_decay_vanish(asked):
    told = [touch(1, 0, "a"), touch(1, 1, "b"), Did(1, 4000 * DAY, "Order Completed")]
    found = by_model(asked(told)("attribution", half_life="1h"), "time_decay")
    assert sum(found.values()) == pytest.approx(1)
    assert found["b"] > found["a"]


PATHS = st.lists(
    st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=6), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=PATHS, collapse=st.booleans())
def test_credits_sum_to_the_conversions_for_every_model(tmp_path, told, collapse):
    paths = [GivenPath(tuple(steps), good, bad, 2.0 * good, "USD") for steps, good, bad in told]
    answer = attribution_of(paths, Attribution(collapse=collapse), scratch=tmp_path)
    for model in MODELS if answer.conversions else ():
        assert sum(by_model(answer, model).values()) == pytest.approx(answer.conversions)
        assert sum(money(answer, model).values()) == pytest.approx(2 * answer.conversions)
        assert min(by_model(answer, model).values()) >= 0


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=PATHS)
def test_shapley_is_symmetric(tmp_path, told):
    """Two touchpoints that stand for one another everywhere have equal credit."""
    swapped = [GivenPath(tuple({"a": "b", "b": "a"}.get(s, s) for s in steps), good, bad) for steps, good, bad in told]
    both = [GivenPath(tuple(steps), good, bad) for steps, good, bad in told] + swapped
    found = by_model(attribution_of(both, scratch=tmp_path), "shapley")
    assert found.get("a", 0) == pytest.approx(found.get("b", 0))


def test_markov_equals_walking_the_chain_without_the_touchpoint(tmp_path):
    """The chance to convert without a touchpoint, by brute force: the chain with all that comes to it lost."""
    import numpy as np

    told = [("abc", 3, 1), ("acb", 2, 5), ("bb", 1, 4), ("ca", 0, 3), ("abab", 2, 2)]
    answer = attribution_of([GivenPath(tuple(s), good, bad) for s, good, bad in told], scratch=tmp_path)
    place = {name: n for n, name in enumerate("^abc+-")}
    moves = np.zeros((6, 6))
    for steps, good, bad in told:
        way = f"^{steps}"
        for one, other in pairwise(way):
            moves[place[one], place[other]] += good + bad
        moves[place[way[-1]], place["+"]] += good
        moves[place[way[-1]], place["-"]] += bad

    def converts(without=""):
        chain = moves / np.maximum(moves.sum(1, keepdims=True), 1)
        if without:
            chain[:, place["-"]] += chain[:, place[without]]
            chain[:, place[without]] = 0
        at = np.eye(6)[0]
        total = 0.0
        for _ in range(500):
            at = at @ chain
            total += at[place["+"]]
        return total

    removal = {one.touchpoint: one.effect for one in answer.removal}
    assert removal == pytest.approx({name: 1 - converts(name) / converts() for name in "abc"})


def test_a_log_of_events_and_its_paths_agree(asked, tmp_path):
    told = [touch(who, day, channel) for who in (1, 2) for day, channel in enumerate("abca"[: 2 + who])]
    told.append(Did(1, 9 * DAY, "Order Completed"))
    of_events: Asked = asked(told)
    paths = [GivenPath(tuple("abc"), 1), GivenPath(tuple("abca"), nulls=1)]
    for collapse in (False, True):
        answer = attribution_of(paths, Attribution(collapse=collapse), scratch=tmp_path)
        found = of_events("attribution", collapse=collapse)
        for model in ("linear", "markov", "shapley", "position"):
            assert by_model(found, model) == pytest.approx(by_model(answer, model))


def test_a_touch_that_no_event_tells_of_is_said(asked):
    """A property misspelled would else look as if nobody had been reached."""
    told = [Did(1, 0, "Visit", "web"), Did(1, 5, "Order Completed", "web")]
    found = asked(told)("attribution", touch="property:campain")
    assert [one.touchpoint for one in found.credits if one.model == "linear"] == [NO_TOUCH]
    assert found.notes == (
        "no event on the way to 'Order Completed' tells its property:campain, so nothing was touched",
    )
    assert asked(told)("attribution").notes == ()
