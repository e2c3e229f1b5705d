"""Retention, lifecycle, sessions: who comes back, who is lost, and how long a visit lasts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses import Scope
from tests.unit.analyses.made import Did, moment

DAY = 24 * 60
MONDAY = 4 * DAY  # 5 January 1970


def rows(answer):
    return {one.cohort: (one.customers, one.kept) for one in answer.cohorts}


def test_a_cohort_is_those_who_began_in_a_week(asked):
    told = [
        Did(1, MONDAY, "A"),
        Did(1, MONDAY + 8 * DAY, "A"),
        Did(2, MONDAY + 6 * DAY, "A"),
        Did(3, MONDAY + 7 * DAY, "A"),
    ]
    answer = asked(told)("retention", periods=2)
    assert rows(answer) == {"1970-01-05": (2, (2, 1, None)), "1970-01-12": (1, (1, None, None))}


def test_months_are_as_long_as_they_are(asked):
    told = [Did(1, 30 * DAY, "A"), Did(1, 31 * DAY, "A"), Did(1, 59 * DAY, "A")]
    assert rows(asked(told)("retention", period="month", periods=2)) == {"1970-01-01": (1, (1, 1, 1))}


def test_days_are_those_of_the_zone(asked):
    log = asked([Did(1, 18 * 60, "A"), Did(2, 15 * 60, "A")])
    assert list(rows(log("retention", period="day"))) == ["1970-01-01"]
    assert list(rows(log("retention", period="day", zone="Asia/Ho_Chi_Minh"))) == ["1970-01-01", "1970-01-02"]
    assert "UTC" in log("retention").notes[0]


def test_what_begins_and_what_counts_as_coming_back_can_be_said(asked):
    told = [Did(1, 0, "Buy"), Did(1, DAY, "Join"), Did(1, 2 * DAY, "Look"), Did(1, 3 * DAY, "Buy"), Did(2, DAY, "Look")]
    answer = asked(told)("retention", period="day", first="Join", again="Buy", periods=2)
    assert rows(answer) == {"1970-01-02": (1, (0, 0, 1))}


def test_behind_a_cohort_stand_its_customers(asked):
    log = asked([Did(1, 0, "A"), Did(1, DAY, "A"), Did(2, 0, "A"), Did(3, DAY, "A")])
    assert log.people("retention", "1970-01-01", period="day") == [1, 2]
    assert log.people("retention", "1970-01-01", 1, period="day") == [1]


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("retention", {"period": "weeek"}, 'did you mean "week"'),
        ("retention", {"zone": "Asia/Saigonn"}, 'did you mean "Asia/Saigon"'),
        ("retention", {"periods": 0}, "1 or more"),
        ("retention", {"first": "Bye"}, 'did you mean "Buy"'),
        ("lifecycle", {"active": "100d"}, "nobody would be at risk"),
        ("lifecycle", {"new": "0d"}, "longer than nothing"),
        ("sessions", {"gap": "0m"}, "longer than nothing"),
    ],
)
def test_what_cannot_be_meant_is_said(asked, kind, options, words):
    with pytest.raises(UsageError, match=words):
        asked([Did(1, 0, "Buy")])(kind, **options)


def test_a_cohort_that_is_no_day_is_said(asked):
    with pytest.raises(UsageError, match="no day"):
        asked([Did(1, 0, "A")]).people("retention", "first", period="day")


STAGES = {
    "new": [990],
    "active": [900, 980],
    "won back": [800, 995],
    "at risk": [800, 880, 950],
    "lost": [100, 900],
}


def test_every_stage_of_a_life(asked):
    told = [Did(who, day * DAY, "A") for who, days in enumerate(STAGES.values(), 1) for day in days]
    log = asked(told)
    now = moment(1000 * DAY)
    answer = log("lifecycle", as_of=now)
    assert {one.stage: one.customers for one in answer.stages} == dict.fromkeys(STAGES, 1)
    assert [log.people("lifecycle", stage, as_of=now) for stage in STAGES] == [[1], [2], [3], [4], [5]]


def test_now_is_the_newest_event_of_all(asked):
    log = asked([Did(1, 0, "A"), Did(2, 200 * DAY, "A")])
    answer = log("lifecycle", Scope(customers=[1]))
    assert answer.as_of == moment(200 * DAY)
    assert {one.stage for one in answer.stages if one.customers} == {"lost"}


def test_a_pause_of_exactly_the_gap_ends_no_session(asked):
    log = asked([Did(1, 0, "A", "web"), Did(1, 30, "A", "app"), Did(1, 60.001, "A", "app"), Did(2, 0, "A", "web")])
    answer = log("sessions")
    assert (answer.sessions, answer.customers, answer.events, answer.length_median) == (3, 2, 4, 0)
    assert {one.sessions_each: one.customers for one in answer.bands} == {"1": 1, "2": 1}
    assert {one.channel: one.sessions for one in answer.channels} == {"web": 2, "app": 1}
    assert log.people("sessions", "2") == [1]


def test_an_empty_set_has_empty_answers_with_a_word_why(asked):
    log = asked([Did(1, 0, "A")])
    for kind in ("transitions", "paths", "steps", "retention", "lifecycle", "sessions", "stitching"):
        answer = log(kind, Scope(customers=[]))
        assert "none of the customers" in answer.notes[-1], kind
        assert all(not cell for table in answer.tables()[:1] for row in table.rows for cell in row[1:]), kind


def test_a_moment_without_a_zone_is_utc(asked):
    naive = datetime(1970, 1, 2)  # noqa: DTZ001 - that it has no zone is the point
    assert asked([Did(1, 0, "A")])("lifecycle", as_of=naive).as_of == datetime(1970, 1, 2, tzinfo=UTC)
