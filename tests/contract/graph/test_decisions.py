"""Decisions are kept by number, whatever happens to the rest of the graph, and no number is given twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knotwork_graph.errors import StoreError
from knotwork_graph.model import DecisionKind, Recorded, in_force
from tests.contract.graph.made import Found, Seen, increment, project, publish

AT = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
LINK = Recorded(1, DecisionKind.MUST_LINK, "email:lan@x", "cookie:c", "mai", AT, "the same", "đã gọi điện")
SHARED = Recorded(2, DecisionKind.MARK_SHARED, "phone:+84", "", "linh", AT, "a family's")
UNDO = Recorded(3, "undo", "", "", "mai", AT, "a slip", undoes=1)


def test_a_new_store_holds_no_decisions(store):
    assert store.decisions() == ()


def test_records_come_back_as_they_were_with_what_undid_them(store, reopened):
    store.add_decisions([LINK, SHARED])
    store.add_decisions([UNDO])
    for one in (store, reopened()):
        found = one.decisions()
        assert [each.undone_by for each in found] == [3, 0, 0]
        assert found[1:] == (SHARED, UNDO)
        assert (found[0].comment, found[0].at, found[0].kind) == ("đã gọi điện", AT, "must_link")
        assert in_force(found) == (SHARED.decision,)


def test_the_same_records_again_change_nothing(store):
    store.add_decisions([LINK, SHARED])
    store.add_decisions([LINK, SHARED, UNDO])
    store.add_decisions([])
    assert [one.number for one in store.decisions()] == [1, 2, 3]


def test_another_record_under_a_number_is_refused_and_nothing_of_it_is_kept(store):
    store.add_decisions([LINK])
    other = Recorded(1, DecisionKind.CANNOT_LINK, LINK.a, LINK.b, "mai", AT)
    with pytest.raises(StoreError, match="number 1"):
        store.add_decisions([other, SHARED])
    assert store.decisions() == (LINK,)


def test_decisions_outlive_a_new_projection_and_runs(store):
    store.add_decisions([LINK])
    project(store, increment(1, Seen("email:lan@x", "cookie:c")))
    publish(store, 1, Found({"email:lan@x": 1, "cookie:c": 1}))
    store.clear_projection("another reading")
    assert store.decisions() == (LINK,)


def test_many_decisions_at_once(store):
    many = [Recorded(n, DecisionKind.BLOCK, f"cookie:{n}", "", "mai", AT) for n in range(1, 2001)]
    store.add_decisions(many)
    assert store.decisions() == tuple(many)


def test_single_records_are_looked_up(store):
    assert store.decision_count() == 0
    assert store.decision(1) is None
    store.add_decisions([LINK, SHARED, UNDO])
    assert store.decision_count() == 3
    assert store.decision(1).undone_by == 3
    assert store.decision(2) == SHARED
    assert store.decision(4) is None


def test_what_stands_on_some_keys_is_looked_up(store):
    apart = Recorded(4, DecisionKind.CANNOT_LINK, "cookie:c", "phone:+84", "mai", AT)
    store.add_decisions([LINK, SHARED, UNDO, apart])
    assert store.decisions_on(["cookie:c", "phone:+84"]) == (SHARED, apart)
    assert store.decisions_on(["email:lan@x"]) == ()
    assert store.decisions_on([]) == ()


def test_code_bundle_and_second_person_are_kept(store, reopened):
    one = Recorded(1, DecisionKind.BLOCK, "cookie:c", "", "mai", AT, code="robot", bundle=1, approved_by="linh")
    other = Recorded(2, DecisionKind.BLOCK, "cookie:d", "", "mai", AT, code="robot", bundle=1, approved_by="linh")
    store.add_decisions([one, other])
    assert reopened().decisions() == (one, other)


def test_what_another_writer_added_is_seen(store, reopened):
    store.add_decisions([LINK])
    assert len(store.decisions()) == 1
    reopened().add_decisions([SHARED, UNDO])
    assert [one.undone_by for one in store.decisions()] == [3, 0, 0]
