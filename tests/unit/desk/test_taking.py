"""What becomes of cases when a run has looked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from knotwork_graph.desk import CaseKind, CaseState, Desk, Finding
from knotwork_graph.desk.taking import Takes

ONE = Finding(CaseKind.MERGE, ("email:a", "phone:1"), "matching", ("likely",), 0.7, harm=1.0, customers=(1, 2))
OTHER = Finding(CaseKind.SHARED, ("email:z",), "resolver", ("guard",), 0.2, harm=4.0)


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path / "review.db")
    yield made
    made.close()


def take(desk, *found, looked=lambda *_: True, age=30):
    return desk.take(found, Takes(1, 0, timedelta(days=age), looked))


def test_the_most_harmful_comes_first_and_pages_fit_together(desk):
    many = [replace(OTHER, about=(f"email:{n:03}",), harm=float(n)) for n in range(50)]
    assert take(desk, *many).opened == 50
    pages = [desk.queue(20, start) for start in (0, 20, 40)]
    assert [one.finding.harm for page in pages for one in page] == [float(n) for n in reversed(range(50))]


@pytest.mark.parametrize(("age", "first"), [(30, OTHER), (1e-6, ONE)])
def test_waiting_makes_up_for_harm(desk, age, first):
    later = replace(OTHER, harm=1.0000001)
    take(desk, ONE, age=age)
    take(desk, ONE, later, age=age)
    assert desk.queue(1)[0].finding.key == first.key


def test_the_same_finding_is_the_same_case_brought_up_to_date(desk):
    take(desk, ONE)
    first = desk.queue(1)[0]
    assert take(desk, replace(ONE, score=0.9)).standing == 1
    again = desk.queue(1)[0]
    assert (again.number, again.opened, again.finding.score) == (first.number, first.opened, 0.9)


def test_only_cases_about_what_was_looked_at_may_close(desk):
    take(desk, ONE, OTHER)
    for about, closed in ((frozenset({"email:b"}), 0), (frozenset({"phone:1"}), 1), (frozenset({"email:z"}), 1)):
        taken = desk.take([], Takes(1, 0, timedelta(days=30), lambda *_: True, {"of_mine": closed}, about))
        assert (taken.closed, desk.single("of_mine")) == (closed, closed)
    assert not desk.queue(5)


def test_what_is_gone_closes_and_what_comes_again_opens_the_same_case(desk):
    take(desk, ONE, OTHER)
    assert take(desk, OTHER, looked=lambda source, *_: source == "resolver").closed == 0, "nobody looked for it"
    assert take(desk, OTHER).closed == 1
    (closed,) = desk.queue(5, state=CaseState.CLOSED)
    assert closed.closed_because.startswith("its evidence is gone")
    assert take(desk, ONE, OTHER).again == 1
    assert desk.case(closed.number).state is CaseState.OPEN
    assert [note.what for note in desk.notes(closed.number)] == ["closed", "open"]


@pytest.mark.parametrize("state", [CaseState.DECIDED, CaseState.LEFT])
def test_what_people_settled_stays_settled_until_more_speaks_for_it(desk, state):
    take(desk, ONE)
    number = desk.queue(1)[0].number
    desk.move([number], state, who="mai", answer="leave")
    take(desk, ONE)
    take(desk)
    assert desk.case(number).state is state
    take(desk, replace(ONE, grounds=("likely", "two_cards")))
    assert desk.case(number).state is CaseState.OPEN


def test_what_waits_for_a_second_person_is_left_alone(desk):
    take(desk, ONE)
    number = desk.queue(1)[0].number
    desk.move([number], CaseState.WAITING, who="mai")
    take(desk)
    assert desk.case(number).state is CaseState.WAITING


def test_all_or_nothing(desk):
    take(desk, ONE)
    with pytest.raises(ZeroDivisionError):
        take(desk, OTHER, looked=lambda *_: 1 / 0 > 0)
    assert [one.finding.key for one in desk.queue(5)] == [ONE.key]


def test_cases_are_found_by_what_they_are_about(desk):
    take(desk, ONE, OTHER)
    assert [one.finding.key for one in desk.about(["phone:1", "phone:2"])] == [ONE.key]
    desk.forget(["phone:1"])
    assert desk.about(["email:a"]) == ()


def test_reading_makes_no_file(desk, tmp_path):
    assert desk.queue(5) == ()
    assert desk.counts() == {}
    assert not (tmp_path / "review.db").exists()
