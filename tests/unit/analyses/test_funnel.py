"""Funnels: the known answers, and each option beside a plain reading of what it means."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses import Scope
from tests.unit.analyses.made import Asked, Did, moment, story

HOUR = 60


def reached(answer):
    return [step.customers for step in answer.steps]


def test_events_between_the_steps_do_not_matter(asked):
    assert reached(asked(story(1, "ABDCDE"))("funnel", steps=[*"ABCDE"])) == [1, 1, 1, 1, 1]


def test_a_step_that_never_came_stops_it(asked):
    answer = asked([*story(1, "ABCE"), Did(2, 0, "D")])("funnel", steps=list("ABCDE"))
    assert reached(answer) == [1, 1, 1, 0, 0]
    assert answer.converted == 0
    assert answer.median is None


def test_the_window_runs_from_the_first_step(asked):
    log = asked([Did(1, 13 * HOUR, "A"), Did(1, 13 * HOUR + 30, "A"), Did(1, 14 * HOUR + 15, "B")])
    assert reached(log("funnel", steps=[*"AB"], window="1h")) == [1, 0]
    again = log("funnel", steps=[*"AB"], window="1h", reentry=True)
    assert (reached(again), again.median) == ([1, 1], 45 * 60)


def test_a_window_holds_its_own_end(asked):
    log = asked([Did(1, 0, "A"), Did(1, 60, "B"), Did(2, 0, "A"), Did(2, 60.001, "B")])
    assert reached(log("funnel", steps=[*"AB"], window="1h")) == [2, 1]


def test_a_customer_counts_once(asked):
    assert reached(asked(story(1, "ABABAB"))("funnel", steps=[*"AB"])) == [1, 1]


def test_an_excluded_event_ends_the_attempt(asked):
    log = asked([*story(1, "AXB"), *story(2, "AXAB"), *story(3, "XABX")])
    assert reached(log("funnel", steps=[*"AB"], exclude="X")) == [3, 1]
    assert reached(log("funnel", steps=[*"AB"], exclude="X", reentry=True)) == [3, 2]


def test_a_step_twice_must_happen_twice(asked):
    log = asked([*story(1, "AB"), *story(2, "ABA")])
    assert reached(log("funnel", steps=[*"ABA"])) == [2, 2, 1]
    assert reached(log("funnel", steps=[*"ABA"], any_order=True)) == [2, 2, 1]


def test_in_any_order_only_the_set_counts(asked):
    log = asked([*story(1, "CBA"), *story(2, "CA")])
    assert reached(log("funnel", steps=[*"ABC"], any_order=True)) == [2, 2, 1]
    assert [step.event for step in log("funnel", steps=[*"ABC"], any_order=True).steps][1] == "any 2 of 3"


def test_time_to_convert_is_from_the_first_step(asked):
    told = [Did(who, minute, event) for who in range(1, 12) for minute, event in ((0, "A"), (who, "B"))]
    last = asked(told)("funnel", steps=[*"AB"]).steps[-1]
    assert (last.median, last.p90) == (6 * 60, 10 * 60)


def test_behind_each_number_stand_its_customers(asked):
    log = asked([*story(1, "AB"), *story(2, "A"), *story(3, "B")])
    assert log.people("funnel", 1, steps=[*"AB"]) == [1, 2]
    assert log.people("funnel", 2, steps=[*"AB"]) == [1]
    assert log.people("funnel", 1, "lost", steps=[*"AB"]) == [2]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": ["Orderd"]}, 'did you mean "Ordered"'),
        ({"steps": []}, "at least one step"),
        ({"steps": ["Ordered"], "window": "0d"}, "longer than nothing"),
        ({"steps": ["Ordered"], "window": moment(0) - moment(0)}, "longer than nothing"),
        ({"steps": ["Ordered"], "exclude": ["Ordered"]}, "cannot be both"),
        ({"steps": ["Ordered"], "windw": "1h"}, 'did you mean "window"'),
    ],
)
def test_what_cannot_be_meant_is_said(asked, options, words):
    with pytest.raises(UsageError, match=words):
        asked([Did(1, 0, "Ordered")])("funnel", **options)


def test_nothing_resolved_is_an_empty_answer_with_a_word_why(asked):
    answer = asked([Did(0, 0, "A")])("funnel", steps=[*"AB"])
    assert reached(answer) == [0, 0]
    assert "no event belongs to a customer yet" in answer.notes[0]


def test_only_the_time_asked_for_counts(asked):
    log = asked([*story(1, "AB"), *story(2, "AB", start=100)])
    assert reached(log("funnel", Scope(since=moment(50)), steps=[*"AB"])) == [1, 1]
    assert reached(log("funnel", Scope(until=moment(1)), steps=[*"AB"])) == [1, 0]
    assert reached(log("funnel", Scope(customers=[2, 7]), steps=[*"AB"])) == [1, 1]


def plainly(events, steps, *, window, exclude, any_order, reentry):
    """How far one customer comes, tried from every beginning, as one would say it aloud."""
    begins = [n for n, (_, event) in enumerate(events) if (event in steps if any_order else event == steps[0])]
    return max(
        (_from(events, n, steps, window, exclude, any_order) for n in begins[: None if reentry else 1]), default=0
    )


def _from(events, begin, steps, window, exclude, any_order):
    left, began = list(steps), events[begin][0]
    for minute, event in events[begin:]:
        if event in exclude or minute - began > window:
            break
        if any_order and event in left:
            left.remove(event)
        elif not any_order and left and event == left[0]:
            left.pop(0)
    return len(steps) - len(left)


HISTORY = st.lists(st.tuples(st.integers(1, 4), st.sampled_from("ABCX")), max_size=14)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    histories=st.lists(HISTORY, min_size=1, max_size=4),
    steps=st.lists(st.sampled_from("ABC"), min_size=1, max_size=4),
    window=st.integers(1, 12),
    exclude=st.sampled_from([(), ("X",)]),
    any_order=st.booleans(),
    reentry=st.booleans(),
)
def test_every_option_means_what_it_says(tmp_path, histories, steps, window, exclude, any_order, reentry):
    told, walked = [Did(99, 0, letter) for letter in "ABCX"], {99: [(0, letter) for letter in "ABCX"]}
    for who, history in enumerate(histories, 1):
        minute, walked[who] = 0, []
        for pause, event in history:
            minute += pause
            told.append(Did(who, minute, event))
            walked[who].append((minute, event))
    log = Asked(tmp_path, told)
    answer = log("funnel", steps=steps, window=f"{window}m", exclude=exclude, any_order=any_order, reentry=reentry)
    log.log.close()
    rules = {"window": window, "exclude": exclude, "any_order": any_order, "reentry": reentry}
    levels = [plainly(events, steps, **rules) for events in walked.values()]
    assert reached(answer) == [sum(level >= step for level in levels) for step in range(1, len(steps) + 1)]
    assert all(a >= b for a, b in pairwise(reached(answer)))
