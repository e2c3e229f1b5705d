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
