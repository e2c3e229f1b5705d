"""Transitions, paths and steps: what goes in comes out, whatever is asked."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses import Scope
from knotwork_resolvers.analyses.scope import END, FURTHER, OTHER, START
from tests.unit.analyses.made import Asked, Did, moment, story


def pairs(answer):
    return {(one.origin, one.target): (one.count, one.customers) for one in answer.transitions}


def links(answer):
    return {(one.step, one.event, one.target): one.count for one in answer.links}


def test_each_event_leads_to_the_next_of_the_same_customer(asked):
    answer = asked([*story(1, "ABAB"), *story(2, "AB")])("transitions")
    assert pairs(answer) == {(START, "A"): (2, 2), ("A", "B"): (3, 2), ("B", "A"): (1, 1), ("B", END): (2, 2)}
    assert [one.share for one in answer.transitions if one.origin == "A"] == [1.0]


def test_hidden_events_are_as_if_they_had_not_happened(asked):
    log = asked(story(1, "AXB"))
    assert ("A", "B") in pairs(log("transitions", hide=["X"]))
    assert [node.event for node in log("paths", hide="X").nodes] == ["A", "B"]


def test_repeats_count_once(asked):
    assert pairs(asked(story(1, "AAABBA"))("transitions", collapse=True))["A", "B"] == (1, 1)


def test_the_rare_ones_are_other(asked):
    answer = asked(story(1, "AAABC"))("steps", top=1)
    assert {row.event for row in answer.rows} == {"A", OTHER, END}


def test_single_sessions_end_where_the_pause_is(asked):
    log = asked([Did(1, 0, "A"), Did(1, 30, "B"), Did(1, 60.1, "C")])
    assert ("B", END) in pairs(log("transitions", by_session=True))
    assert log("paths", by_session=True).paths == 2
    assert log("paths", by_session=True, gap="1h").paths == 1


def test_a_path_from_an_event_begins_where_it_came_first(asked):
    answer = asked([*story(1, "XAYA"), *story(2, "AZ"), *story(3, "Z")])("paths", start="A")
    assert links(answer) == {(1, "A", "Y"): 1, (1, "A", "Z"): 1, (2, "Y", "A"): 1}


def test_a_path_to_an_event_counts_down(asked):
    answer = asked([*story(1, "XYA"), *story(2, "A"), *story(3, "X")])("paths", end="A", steps=2)
    assert links(answer) == {(-1, "Y", "A"): 1}
    assert [(node.step, node.flow_in, node.starts, node.reached) for node in answer.nodes] == [
        (-1, 1, 1, 0),
        (0, 2, 1, 2),
    ]
    assert asked(story(1, "XYA"))("paths", end="A", steps=1).nodes[0].starts == 1


def test_a_path_between_two_events_needs_both(asked):
    log = asked([*story(1, "BAXB"), *story(2, "AX"), *story(3, "B")])
    answer = log("paths", start="A", end="B")
    assert links(answer) == {(1, "A", "X"): 1, (2, "X", "B"): 1}
    again = log("paths", start="B", end="B")
    assert again.paths == 1


def test_what_goes_on_beyond_the_last_step_leads_further(asked):
    assert links(asked(story(1, "ABC"))("paths", steps=2))[2, "B", FURTHER] == 1


def test_a_step_matrix_adds_up_at_each_step(asked):
    answer = asked([*story(1, "AB"), *story(2, "ABC"), *story(3, "B")])("steps", steps=3)
    assert {row.event: row.counts for row in answer.rows} == {
        "A": (2, 0, 0),
        "B": (1, 2, 0),
        "C": (0, 0, 1),
        END: (0, 1, 2),
    }


def test_behind_each_number_stand_its_customers(asked):
    log = asked([*story(1, "AB"), *story(2, "AC"), *story(3, "B")])
    assert log.people("transitions", "A", "B") == [1]
    assert log.people("transitions", START, "A") == [1, 2]
    assert log.people("transitions", "B", END) == [1, 3]
    assert log.people("paths", 1, "A") == [1, 2]
    assert log.people("paths", 1, "A", "C") == [2]
    assert log.people("steps", "B", 2) == [1]
    assert log.people("steps", END, 2) == [3]


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("paths", {"start": "Sign Up"}, 'did you mean "Signed Up"'),
        ("paths", {"steps": 0}, "1 or more"),
        ("steps", {"steps": -1}, "1 or more"),
        ("transitions", {"top": 0}, "1 or more"),
        ("transitions", {"gap": "0m"}, "longer than nothing"),
        ("transition", {}, 'did you mean "transitions"'),
    ],
)
def test_what_cannot_be_meant_is_said(asked, kind, options, words):
    with pytest.raises(UsageError, match=words):
        asked([Did(1, 0, "Signed Up")])(kind, **options)


def test_a_cell_that_names_too_little_is_said(asked):
    with pytest.raises(UsageError, match="event, next event"):
        asked(story(1, "AB")).people("transitions", "A")


def test_no_path_is_said(asked):
    answer = asked([*story(1, "BA")])("paths", start="A", end="B")
    assert (answer.nodes, answer.notes) == ((), ("no journey has 'A' and then 'B'",))


def test_events_without_a_name_and_nobody_s_events(asked):
    log = asked([Did(1, 0, None), Did(1, 1, "A"), Did(0, 0, "A")])
    assert pairs(log("transitions")) == {(START, "(no name)"): (1, 1), ("(no name)", "A"): (1, 1), ("A", END): (1, 1)}


def test_order_is_by_time_whatever_order_they_came_in(asked):
    told = [Did(1, 5, "C"), Did(1, 0, "A"), Did(1, 3, "B")]
    assert [node.event for node in asked(told)("paths").nodes] == ["A", "B", "C"]


def test_since_a_moment_journeys_begin_then(asked):
    answer = asked(story(1, "ABC"))("steps", Scope(since=moment(1)), steps=1)
    assert [row.event for row in answer.rows if row.counts[0]] == ["B"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    histories=st.lists(st.text("ABCD", min_size=1, max_size=9), min_size=1, max_size=5),
    start=st.sampled_from([None, "A"]),
    end=st.sampled_from([None, "B"]),
    steps=st.integers(1, 6),
    collapse=st.booleans(),
    by_session=st.booleans(),
    top=st.sampled_from([None, 1, 3]),
)
def test_at_every_node_what_comes_in_goes_out_ends_or_arrives(tmp_path, histories, steps, **options):
    told = [one for who, events in enumerate(["ABCD", *histories], 1) for one in story(who, events, pause=who * 9)]
    log = Asked(tmp_path, told)
    answer, moved = log("paths", steps=steps, **options), log("transitions", collapse=options["collapse"])
    log.log.close()
    came, left = Counter(), Counter()
    for link in answer.links:
        left[link.step, link.event] += link.count
        came[link.step + 1, link.target] += link.count
    for node in answer.nodes:
        assert node.flow_in == node.flow_out + node.drop_off + node.reached
        assert node.flow_in == node.starts + came[node.step, node.event]
        assert node.flow_out == left[node.step, node.event]
    assert answer.paths == sum(node.starts for node in answer.nodes)
    for flow in moved.events:
        assert flow.flow_in == flow.flow_out + flow.drop_off
    walked = [[a for a, _ in groupby(events)] if options["collapse"] else events for events in ["ABCD", *histories]]
    assert Counter(pair for events in walked for pair in pairwise(events)) == {
        (one.origin, one.target): one.count for one in moved.transitions if one.origin != START and one.target != END
    }
