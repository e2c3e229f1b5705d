"""Runs from the outside: when one is made, what it says, and what becomes of the one before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from knotwork_graph.errors import UnknownRunError
from knotwork_graph.model import Identifier, RunState, customer_id
from knotwork_graph.model.times import EPOCH
from knotwork_graph.policy import Policy
from knotwork_graph.ports import OPEN, Memberships, StoreState
from knotwork_resolvers.identity import ChangeCode
from knotwork_resolvers.projection import observe
from knotwork_resolvers.run.before import open_rows, previous_of
from knotwork_resolvers.run.verify import differences
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Told

A, B, C = "cookie:a", "email:b", "user_id:c"
DAY = 24 * 60


def test_an_empty_workspace_resolves_to_nobody(shop):
    report = shop.resolve()
    assert (report.run, report.counts["customers"], report.counts["events"]) == (1, 0, 0)


def test_a_run_counts_what_it_found(shop):
    shop.load([Told(1, 0, (A, B)), Told(2, 5, (B, C)), Told(3, 9, ("cookie:z",)), Told(4, 9, ("email:null",))])
    counts = shop.resolve().counts
    wanted = {"identifiers": 5, "edges": 2, "customers": 2, "largest": 3, "unusable": 1, "events": 4, "nobody": 1}
    assert {name: counts[name] for name in wanted} == wanted
    assert [counts[f"size_{name}"] for name in ("1", "2", "3", "4", "5-10", "11-25", "26+")] == [1, 0, 1, 0, 0, 0, 0]


def test_where_nothing_is_new_no_run_is_made(shop):
    shop.load([Told(1, 0, (A, B))])
    assert shop.resolve().how == "full"
    again = shop.resolve()
    assert (again.how, again.run, sum(again.changes.values())) == ("nothing new", 1, 0)
    assert again.counts["customers"] == 1


def test_new_events_make_a_new_run(shop):
    shop.load([Told(1, 0, (A, B))])
    shop.resolve()
    shop.load([Told(2, 1, (B, C))])
    report = shop.resolve()
    assert (report.how, report.run, report.changes["moved"]) == ("full", 2, 1)


def test_another_policy_makes_a_new_run(shop):
    shop.load([Told(1, 0, (A, B)), Told(2, 0, (B, "cookie:2"))])
    shop.resolve()
    narrow = shop.under(policy_of(max_cluster_size=2))
    assert (narrow.resolve().run, len(narrow.parts())) == (2, 2)
    assert {row["cause"] for row in narrow.workspace.home.store.change_rows().to_pylist() if row["run"] == 2} == {
        "policy change"
    }
    narrow.close()


def test_where_links_can_expire_every_run_is_made(open_shop):
    shop = open_shop(policy_of({"cookie": {"ttl": 30}}))
    shop.load([Told(1, 0, (A, B))])
    assert shop.resolve(30 * DAY).counts["customers"] == 1
    assert shop.resolve(30 * DAY + 1).counts["customers"] == 2
    changes = shop.workspace.home.store.change_rows().to_pylist()
    assert {row["cause"] for row in changes if row["run"] == 2} == {"expiry"}


def test_another_reading_of_values_projects_anew_and_keeps_who_is_who(shop):
    shop.load([Told(1, 0, ("email:LAN@example.com", A)), Told(2, 0, ("email:lan@example.com", C))])
    shop.resolve()
    before = shop.owners()
    assert before[A] != before[C]
    folded = shop.under(policy_of({"email": {"normaliser": "email"}}))
    folded.resolve()
    assert folded.parts() == {frozenset({"email:lan@example.com", A, C})}
    assert folded.owners()[A] in (before[A], before[C])
    assert differences(folded.workspace.home, folded.workspace.settings.policy) == ()
    folded.close()


def test_a_value_that_is_blocked_later_leaves_its_customer(shop):
    shop.load([Told(1, 0, ("email:info@shop.vn", A)), Told(2, 0, ("email:info@shop.vn", C))])
    shop.resolve()
    assert len(shop.parts()) == 1
    blocking = shop.under(policy_of({"email": {"blocked": ("info@*",)}}))
    blocking.resolve()
    assert blocking.parts() == {frozenset({A}), frozenset({C})}
    assert blocking.statuses()["email:info@shop.vn"][0] == "blocked"
    blocking.close()


def test_a_dry_run_tells_and_leaves_readers_what_they_had(shop):
    shop.load([Told(1, 0, (A, B))])
    shop.resolve()
    shop.load([Told(2, 0, (A, C))])
    before = shop.parts()
    report = shop.resolve(dry_run=True)
    assert (report.run, report.dry_run, report.changes["moved"]) == (0, True, 1)
    assert shop.parts() == before
    assert [run.number for run in shop.workspace.home.store.runs()] == [1]
    assert shop.resolve().run == 2
    assert shop.parts() == {frozenset({A, B, C})}


def test_as_of_a_moment_later_events_do_not_count(shop):
    shop.load([Told(1, 0, (A, B)), Told(2, 10, (B, C))])
    shop.resolve(9)
    assert shop.parts() == {frozenset({A, B})}
    assert set(shop.events()) == {1}
    shop.resolve(10)
    assert shop.parts() == {frozenset({A, B, C})}


def test_what_comes_back_after_a_run_as_of_the_past_comes_back_because_of_events(shop):
    shop.load([Told(1, 0, (A, B)), Told(2, 9, (B, C)), Told(3, 9, ("cookie:z",))])
    shop.resolve(5)
    shop.resolve()
    changes = shop.workspace.home.store.change_rows().to_pylist()
    assert {row["cause"] for row in changes if row["run"] == 2} == {"event"}


def test_what_has_expired_after_a_run_as_of_the_past_is_told_as_expired(open_shop):
    shop = open_shop(policy_of({"cookie": {"ttl": 30}, "device": {"shared_above": {"email": 1}, "ttl": 30}}))
    shared = [Told(3, 0, ("device:d", "email:1")), Told(4, 0, ("device:d", "email:2"))]
    shop.load([Told(1, 0, (A, B)), Told(2, 40 * DAY, ("email:new",)), *shared])
    shop.resolve(5)
    shop.resolve()
    changes = [row for row in shop.workspace.home.store.change_rows().to_pylist() if row["run"] == 2]
    assert sorted((ChangeCode(row["kind"]).name, row["cause"]) for row in changes) == [
        ("CREATED", "event"),  # the new address
        ("CREATED", "expiry"),  # the device is no longer shared
        ("SPLIT", "expiry"),
    ]


def test_before_the_first_event_nobody_is_a_customer_and_it_is_said(shop):
    assert shop.resolve(5).warnings == ()
    shop.load([Told(1, 10, (A, B))])
    shop.resolve()
    assert not any("had happened" in one for one in shop.resolve(10).warnings)
    report = shop.resolve(9)
    assert (report.counts["customers"], report.changes["retired"]) == (0, 1)
    assert "no event had happened by then" in report.warnings[0]
    assert shop.resolve().counts["customers"] == 1


def test_what_no_event_bears_is_not_counted_as_unusable(shop):
    shop.load([Told(1, 0, (A, "email:null")), Told(2, 10, (B, C)), Told(3, 10, ("email:none",))])
    assert shop.resolve(5).counts["unusable"] == 1  # the others had not come by then
    assert shop.resolve().counts["unusable"] == 2
    shop.workspace.erase("email:none", C, reason="asked")
    assert shop.resolve(full=True).counts["unusable"] == 1


def test_what_another_reading_no_longer_shows_is_not_counted_as_unusable(shop):
    """Under the first policy `A` and `a` are two values; under the second no event bears `A` any more."""
    shop = shop.under(policy_of({"user_id": {"normaliser": "exact"}}))
    shop.load([Told(1, 0, ("user_id:AB", A)), Told(2, 1, ("user_id:ab", "email:null"))])
    assert (shop.resolve().counts["unusable"], len(shop.owners())) == (1, 4)
    counts = shop.under(policy_of({"user_id": {"normaliser": "device"}})).resolve().counts
    assert (counts["unusable"], counts["customers"]) == (1, 1)


def test_a_run_as_of_the_past_is_not_taken_for_the_present(shop):
    shop.load([Told(1, 0, (A, B)), Told(2, 10, (B, C))])
    shop.resolve(9)
    report = shop.resolve()
    assert (report.how, shop.parts()) == ("full", {frozenset({A, B, C})})


def test_only_the_newest_generations_are_kept(shop):
    for number in range(1, 6):
        shop.load([Told(number, number, (A, f"email:{number}"))])
        shop.resolve()
    kept = [number for number in range(1, 6) if shop.workspace.home.generations.events(number)]
    assert kept == [3, 4, 5]


def test_steps_are_told_as_they_begin(shop):
    heard: list[str] = []
    report = shop.resolve(tell=heard.append)
    assert heard[: len(report.steps)] == list(report.steps)  # what looks at the new customers afterwards speaks up too
    assert "publish" in heard


def test_types_that_the_policy_does_not_name_are_told(open_shop):
    shop = open_shop(policy_of({"cookie": {}}))
    shop.load([Told(1, 0, (A, "fax:1"))])
    (warning,) = shop.resolve().warnings
    assert "fax" in warning


def crash(shop, monkeypatch, verb):
    """A run that dies when it comes to ``verb`` of the store."""

    class CrashError(Exception):
        pass

    def die(*_):
        raise CrashError

    with monkeypatch.context() as patch:
        patch.setattr(type(shop.workspace.home.store), verb, die)
        with pytest.raises(CrashError):
            shop.resolve()


@pytest.mark.parametrize("verb", ["project", "stage", "publish"])
def test_a_run_that_dies_leaves_readers_what_they_had_and_the_next_completes_it(shop, monkeypatch, verb):
    shop.load([Told(1, 0, (A, B))])
    shop.resolve()
    shop.load([Told(2, 0, (B, C))])
    crash(shop, monkeypatch, verb)
    assert shop.parts() == {frozenset({A, B})}
    report = shop.resolve()
    assert shop.parts() == {frozenset({A, B, C})}
    assert shop.owners()[A] == 1
    assert differences(shop.workspace.home, Policy()) == ()
    states = {run.number: run.state for run in shop.workspace.home.store.runs()}
    assert states[report.run] is RunState.PUBLISHED
    assert (RunState.STAGED in states.values()) is (verb == "publish")


def test_ids_that_a_run_gave_before_it_died_are_given_again(shop, monkeypatch):
    shop.load([Told(1, 0, (A,))])
    shop.resolve()
    shop.load([Told(2, 0, (B,)), Told(3, 0, (C,))])
    crash(shop, monkeypatch, "publish")
    shop.resolve()
    assert sorted(shop.owners().values()) == [1, 2, 3]


def test_after_a_rollback_the_next_run_takes_up_the_ids_of_the_one_rolled_back(shop):
    store = shop.workspace.home.store
    shop.load([Told(1, 0, (A,))])
    shop.resolve()
    shop.load([Told(2, 0, (B,))])
    shop.resolve()
    given = shop.owners()[B]
    store.publish(1)
    assert shop.owners()[B] == 0
    shop.load([Told(3, 0, (C,))])
    shop.resolve()
    assert shop.owners() == {A: 1, B: given, C: 3}


def test_after_a_rollback_a_merge_that_was_rolled_back_is_made_again(shop):
    store = shop.workspace.home.store
    shop.load([Told(1, 0, (A,)), Told(2, 0, (B,))])
    shop.resolve()
    shop.load([Told(3, 0, (A, B))])
    shop.resolve()
    merged = shop.owners()
    store.publish(1)
    assert len(shop.parts()) == 2
    shop.resolve()
    assert shop.owners() == merged
    assert [row["kind"] for row in store.change_rows().to_pylist() if row["run"] == 3] == [2]
    gone = ({1, 2} - set(merged.values())).pop()
    assert shop.workspace.customer(customer_id(gone)).id == customer_id(merged[A])


def test_a_generation_that_is_lost_is_made_again(shop):
    shop.load([Told(1, 0, (A, B))])
    shop.resolve()
    shop.workspace.home.generations.keep(frozenset())
    shop.workspace.home.opened.close()  # who has the files open still reads them
    with pytest.raises(UnknownRunError):
        shop.workspace.journey(A)
    shop.resolve()
    assert len(shop.workspace.journey(A)) == 1


def test_what_nobody_named_and_looks_like_an_account_is_said_by_runs_and_by_the_doctor(open_shop):
    shop = open_shop(policy_of({"user_id": {"max_per_customer": 1}}))
    people = [(f"user_id:u{number}", f"member:m{number}") for number in range(20)]
    shop.load([Told(number, number, both) for number, both in enumerate(people)])
    (said,) = shop.resolve().warnings
    assert said == "identifier type member is not in the policy; it links with the defaults"
    shop.load([Told(100 + number, 50, ("device:till", member)) for number, (_, member) in enumerate(people[:2])])
    assert "member is not in the policy and looks like an account: 20 of the 20 " in shop.resolve(full=True).warnings[1]
    (ill,) = [one for one in shop.workspace.doctor() if not one.ok]
    assert "identifier type member" in ill.what
    assert "[identifiers.member] with max_per_customer = 1" in ill.remedy


def test_doctor_finds_a_graph_that_does_not_equal_the_facts(shop):
    shop.load([Told(1, 0, (A, B)), Told(2, 1, (A, B))])
    shop.resolve()
    home = shop.workspace.home
    assert differences(home, Policy()) == ()
    segment = home.facts.segments()[0]
    seen = observe([segment], Policy(), scratch=home.scratch).increment
    home.store.project(replace(seen, segments=(99,)), lambda _: None)  # the same events, counted a second time
    (wrong,) = differences(home, Policy())
    assert "count" in wrong
    assert any("does not equal" in one.what for one in shop.workspace.doctor() if not one.ok)


# --- what held before


def rows(*given: tuple[int, int, int, int]) -> Memberships:
    """Memberships from (identifier, from_run, to_run, customer)."""
    columns = [np.array(column, np.int64) for column in zip(*given, strict=True)]
    status = np.zeros(len(given), np.int8)
    return Memberships(*columns, status, pa.array([""] * len(given), pa.large_string()))


def test_previous_is_what_readers_see_now():
    ids = np.array([10, 20, 30])
    history = rows((10, 1, 2, 1), (10, 2, OPEN, 2), (20, 1, OPEN, 1), (30, 3, OPEN, 3))
    found = previous_of(history, StoreState(current=2, last_run=3, next_number=4), ids)
    assert found.customer.tolist() == [2, 1, 0]
    assert found.since.tolist() == [2, 1, 0]
    assert found.next_number == 4
    past = list(
        zip(found.past_identifier.tolist(), found.past_customer.tolist(), found.past_until.tolist(), strict=True)
    )
    assert sorted(past) == [(0, 1, 2), (2, 3, 4)]


def test_after_a_rollback_previous_is_the_older_run():
    ids = np.array([10, 20])
    history = rows((10, 1, 2, 1), (10, 2, OPEN, 2), (20, 1, OPEN, 1))
    found = previous_of(history, StoreState(current=1, last_run=2, next_number=3), ids)
    assert found.customer.tolist() == [1, 1]
    assert (found.past_customer.tolist(), found.past_until.tolist()) == ([2], [3])


def test_open_rows_are_those_that_no_run_has_ended_whatever_readers_see():
    held = open_rows(rows((10, 1, 2, 1), (10, 2, OPEN, 2), (30, 1, OPEN, 1)), np.array([10, 20, 30]))
    assert held.customer.tolist() == [2, -1, 1]


def test_times_of_a_run_are_aware(shop):
    shop.load([Told(1, 0, (A,))])
    report = shop.resolve(7)
    assert report.moment.tzinfo is not None
    assert (report.moment - EPOCH).total_seconds() == 7 * 60
    assert shop.workspace.home.store.find(Identifier.parse(A)).first_seen == EPOCH
