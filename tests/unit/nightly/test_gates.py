"""Each gate, where it lets pass and where it says no. A gate that says no has changed nothing that readers see."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knotwork_graph.errors import UsageError
from knotwork_graph.model import Recorded, customer_id
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.nightly import GATES
from tests.unit.nightly.night import OPEN, joined, pairs, verdict
from tests.unit.run.shop import Told

AT = datetime(2026, 3, 1, tzinfo=UTC)
ONE_ACCOUNT = Policy(identifiers={"user_id": IdentifierRule("user_id", max_per_customer=1)})
SHARED = Policy(identifiers={"cookie": IdentifierRule("cookie", shared_above={"email": 2})})


@pytest.fixture
def night(open_night):
    """Ten customers of two identifiers each, which readers see."""
    made = open_night()
    made.load(pairs(10))
    made.resolve()
    return made


def asked(night, gates, events, policy=None, name=""):
    """The verdict of the one gate that is on, after some more events; where it holds, readers saw nothing of it."""
    again = night.gated(gates, policy)
    if events:
        again.load(events)
    before = again.seen()
    report = again.recompute()
    found = verdict(report, name)
    assert (report.state == "held") == found.holds
    if found.holds:
        after = again.seen()
        assert {key: after[key] for key in after if key not in {"pending", "owners", "statuses"}} == {
            key: before[key] for key in before if key not in {"pending", "owners", "statuses"}
        }
        assert {key: after["owners"][key] for key in before["owners"]} == before["owners"]
    again.close()
    return found


@pytest.mark.parametrize(("limit", "passes"), [(0.1, True), (0.09, False)])
def test_customers_that_lose_their_id(night, limit, passes):
    found = asked(night, replace(OPEN, id_changes=limit), joined([0, 1]), name="id_changes")
    assert (found.passed, found.value, found.words) == (passes, 0.1, "1 of 10 customers lose their id")
    if not passes:
        assert (found.excess, len(found.examples)) == ("1 %", 1)
        assert "(2 identifiers) now leads to cus_" in found.examples[0]


@pytest.mark.parametrize(("limit", "passes"), [(0.1, True), (0.05, False)])
def test_identifiers_that_change_hands(night, limit, passes):
    found = asked(night, replace(OPEN, changed_hands=limit), joined([0, 1]), name="changed_hands")
    assert (found.passed, found.value) == (passes, 0.1)
    assert len(found.examples) == (0 if passes else 1)


@pytest.mark.parametrize(("limit", "passes"), [(6, True), (5, False)])
def test_the_largest_customer(night, limit, passes):
    found = asked(night, replace(OPEN, largest_customer=limit), joined([0, 1, 2]), name="largest_customer")
    assert (found.passed, found.value, found.limit) == (passes, 6, limit)
    if not passes:
        assert found.examples == (f"{customer_id(1)} holds 6 identifiers, and held 2",)


@pytest.mark.parametrize(("customers", "passes"), [(10, True), (11, False)])
def test_growth_of_the_largest_customer_counts_from_a_small_one(night, customers, passes):
    events = [*pairs(2, 10), *joined(range(customers))]
    found = asked(night, replace(OPEN, largest_growth=0.05), events, name="largest_growth")
    assert (found.passed, found.value) == (passes, pytest.approx(0 if passes else 0.1))


@pytest.mark.parametrize(("limit", "passes"), [(0.2, True), (0.1, False)])
def test_growth_of_the_number_of_customers(night, limit, passes):
    found = asked(night, replace(OPEN, customer_growth=limit), pairs(2, 10), name="customer_growth")
    assert (found.passed, found.words) == (passes, "there were 10 customers, and would be 12")


def test_where_a_customer_falls_apart_it_is_named(open_night):
    night = open_night()
    night.load([Told(n, n, ("email:a@x.vn", f"user_id:u{n}")) for n in range(4)])
    night.resolve()
    found = asked(night, replace(OPEN, customer_growth=0.5), [], ONE_ACCOUNT, "customer_growth")
    assert not found.passed
    assert found.examples == (f"{customer_id(1)} falls into 4 customers",)


@pytest.mark.parametrize(("limit", "passes"), [(0.05, True), (0.04, False)])
def test_identifiers_that_go_to_nobody(night, limit, passes):
    crowd = [Told(100 + n, 50, ("cookie:c0", f"email:{n}@x.vn")) for n in (1, 2)]
    found = asked(night, replace(OPEN, identifiers_lost=limit), crowd, SHARED, "identifiers_lost")
    assert (found.passed, found.value) == (passes, 0.05)
    assert found.examples == (() if passes else (f"{customer_id(1)} loses 1 identifier",))


@pytest.mark.parametrize(("limit", "passes"), [(0.5, True), (0.3, False)])
def test_links_that_are_severed(open_night, limit, passes):
    night = open_night(ONE_ACCOUNT)
    night.load([Told(n, n, ("email:a@x.vn", f"user_id:u{n}")) for n in range(2)])
    found = asked(night, replace(OPEN, severed=limit), [], name="severed")
    assert (found.passed, found.value) == (passes, 0.5)


@pytest.mark.parametrize(("limit", "passes"), [(0.001, True), (0.0009, False)])
def test_links_that_are_severed_beyond_what_was(open_night, limit, passes):
    night = open_night(ONE_ACCOUNT)
    night.load([Told(n, n, ("email:a@x.vn", f"user_id:u{n}")) for n in range(3)])
    night.resolve()
    some = [Told(10 + n, 50, ("email:b@x.vn", f"user_id:v{n}")) for n in range(6)]
    found = asked(night, replace(OPEN, severed_growth=limit), some, name="severed_growth")
    # of 9 links 6 would be severed in the measure of 2 in 3, and one more counts as one of a thousand
    assert (found.passed, found.value) == (passes, pytest.approx(0.001))
    assert found.words == "7 of 9 links are severed, and 2 of 3 were"
    assert bool(found.examples) is not passes


def record(number, kind, a, b=""):
    """A decision as a store keeps it."""
    return Recorded(number, kind, a, b, "minh", AT, "because")


@pytest.mark.parametrize(("second", "passes"), [("must_link", True), ("cannot_link", False)])
def test_decisions_that_contradict_an_earlier_one(night, second, passes):
    ends = "email:0@x.vn", "email:1@x.vn"
    night.workspace.home.store.add_decisions([record(1, "must_link", *ends), record(2, second, *ends)])
    found = asked(night, replace(OPEN, contradictions=0), [], name="contradictions")
    assert found.passed == passes
    if not passes:
        assert found.examples == ("decision 2 (a cannot-link) contradicts decision 1 (a must-link)",)


@pytest.mark.parametrize(("limit", "passes"), [(1, True), (0, False)])
def test_decisions_that_name_nobody(night, limit, passes):
    night.workspace.home.store.add_decisions([record(1, "block", "email:nobody@x.vn")])
    found = asked(night, replace(OPEN, unknown_decisions=limit), [], name="unknown_decisions")
    assert (found.passed, found.value) == (passes, 1)
    if not passes:
        assert found.examples == ("decision 1 (a block) names an identifier that no event has shown",)


@pytest.mark.parametrize("passes", [True, False])
def test_every_event_is_counted_once(night, passes):
    if not passes:
        with sqlite3.connect(night.folder / "data" / "facts" / "catalogue.db") as catalogue:
            catalogue.execute("UPDATE segments SET events = events + 1")
        catalogue.close()
    found = asked(night, replace(OPEN, ledger=True), [], name="ledger")
    assert found.passed == passes
    assert f"counts {10 if passes else 11} events, the files hold 10 (10 different), the generation 10" in found.words


@pytest.mark.parametrize("passes", [True, False])
def test_the_graph_equals_the_facts(night, passes):
    if not passes:
        night.workspace.home.store._bulk.execute(
            "UPDATE edges SET count = count + 1 WHERE a = (SELECT min(a) FROM edges)"
        )
    found = asked(night, replace(OPEN, graph=True), [], name="graph")
    assert (found.passed, found.words == "1 edge differs in count") == (passes, not passes)


def test_a_night_reads_the_whole_graph_once(night, monkeypatch):
    again = night.gated(replace(OPEN, graph=True))
    store, read = again.workspace.home.store, []
    whole = store.graph
    monkeypatch.setattr(store, "graph", lambda: read.append(1) or whole())
    said = verdict(again.workspace.runs.recompute(), "graph")
    assert said.words == "the graph equals the facts, every edge counted anew"
    assert len(read) == 1
    again.close()


def test_a_gate_that_is_off_or_has_nothing_to_compare_with_says_so(open_night):
    night = open_night()
    night.load(pairs(2))
    off = night.recompute()
    assert all(not one.judged and one.passed and "switched off" in one.words for one in off.gates)
    assert [one.gate for one in off.gates] == list(GATES)
    first = open_night(gates=replace(OPEN, id_changes=0.0, customer_growth=0.0, largest_growth=0.0))
    first.load(pairs(2))
    report = first.recompute()
    assert report.state == "published"
    assert "readers see no customers yet" in verdict(report, "customer_growth").words


def test_only_the_gates_that_are_named_are_overruled(night):
    gates = replace(OPEN, id_changes=0.0, largest_customer=3)
    again = night.gated(gates)
    again.load(joined([0, 1]))
    held = again.recompute("id_changes")
    assert (held.state, [one.gate for one in held.held_by]) == ("held", ["largest_customer"])
    assert verdict(held, "id_changes").overruled
    published = again.recompute("id_changes", "largest_customer")
    assert (published.state, published.held_by) == ("published", ())
    assert again.workspace.home.store.state().current == published.run == 3
    with pytest.raises(UsageError, match='did you mean "id_changes"'):
        again.recompute("id_change")
    again.close()
