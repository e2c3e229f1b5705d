"""Drift: a membership that is broken on purpose is named and repaired; where nothing is broken, nothing is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knotwork_graph.model import customer_id
from tests.unit.nightly.night import OPEN, joined, pairs, verdict

DRIFT = replace(OPEN, drift="repair", changed_hands=0.0, id_changes=0.0)


@pytest.fixture
def night(open_night):
    """Ten customers, and single events since that joined two of them and made one more."""
    made = open_night(gates=DRIFT)
    made.load(pairs(10))
    made.recompute()
    for event in (*joined([0, 1]), *pairs(1, 10)):
        made.workspace.collect([event.line()])
    return made


def broken(night, key, customer):
    """Give an identifier to another customer behind everybody's back."""
    store = night.workspace.home.store
    where = "(SELECT i.id FROM identifiers AS i WHERE i.value = ?)"
    change = f"UPDATE memberships SET customer = ? WHERE to_run IS NULL AND identifier = {where}"
    store._bulk.execute(change, (customer, key))


def test_single_events_lead_where_everything_leads(night):
    before = night.owners()
    report = night.recompute()
    found = verdict(report, "drift")
    assert (found.passed, found.value, found.examples) == (True, 0, ())
    assert night.owners() == before


def test_what_waits_to_be_resolved_is_no_drift(night):
    """What has come but was not looked at yet is brought up on the live side before both are compared."""
    night.load([*joined([2, 3], 2000), *pairs(3, 20)])
    report = night.gated(replace(DRIFT, id_changes=None, changed_hands=None)).recompute()
    assert (report.state, verdict(report, "drift").value) == ("published", 0)


def test_a_broken_membership_is_named_and_repaired(night):
    before = night.owners()
    broken(night, "5@x.vn", before["email:6@x.vn"])
    assert night.owners() != before
    report = night.recompute()
    found = verdict(report, "drift")
    assert (report.state, found.passed, found.value) == ("published", True, 1)
    ids = {customer_id(before[key]) for key in ("email:5@x.vn", "email:6@x.vn")}
    assert all(any(one in example for example in found.examples) for one in ids)
    assert "publishing repairs them" in found.words
    assert night.owners() == before
    assert verdict(night.recompute(), "drift").value == 0


def test_where_the_policy_wants_it_a_drift_holds(night):
    before = night.owners()
    broken(night, "5@x.vn", before["email:6@x.vn"])
    again = night.gated(replace(DRIFT, drift="hold"))
    report = again.recompute()
    assert (report.state, [one.gate for one in report.held_by]) == ("held", ["drift"])
    assert again.owners() != before
    assert again.recompute("drift").state == "published"
    assert again.owners() == before
    again.close()


def test_a_standing_that_is_broken_is_drift_too(night):
    store = night.workspace.home.store
    store._bulk.execute(
        "UPDATE memberships SET status = 3 WHERE identifier IN (SELECT id FROM identifiers WHERE value = '7@x.vn')"
    )
    report = night.recompute()
    assert verdict(report, "drift").value == 1
    assert night.statuses()["email:7@x.vn"][0] == "linking"


def test_after_a_change_of_the_policy_nothing_is_compared(night):
    from knotwork_graph.policy import Policy

    again = night.gated(replace(DRIFT, id_changes=None), Policy(max_cluster_size=400))
    found = verdict(again.recompute(), "drift")
    assert (found.judged, found.words) == (False, "not compared: the policy has changed")
    again.close()


def test_an_identifier_that_lost_its_membership_is_found(night):
    store = night.workspace.home.store
    store._bulk.execute(
        "DELETE FROM memberships WHERE identifier IN (SELECT id FROM identifiers WHERE value = '8@x.vn')"
    )
    report = night.recompute()
    assert verdict(report, "drift").value == 1
    assert night.owners()["email:8@x.vn"] == night.owners()["cookie:c8"]
