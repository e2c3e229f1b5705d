"""Risky decisions wait for a second person on every route; who proposed never approves; the chain tells it all."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import knotwork
from knotwork_graph.errors import CaseTakenError, ContradictionError, InputError, SecondPersonError, UsageError
from knotwork_graph.model import customer_id
from tests.integration.review.small_desk import LINH, MAI, STRICT, cases, made


@pytest.fixture
def careful(world):
    """The same workspace, where whatever changes a customer needs two people."""
    world.close()
    (world.folder / "knotwork.toml").write_text(STRICT + "[review]\ncustomers = 0\n", encoding="utf-8")
    world.kw = knotwork.open(world.folder)
    return world


def test_what_is_risky_waits_and_changes_nothing(careful):
    before, number = careful.members(), cases(careful)["conflict"].number
    done = careful.kw.review.answer(number, "accept", MAI)
    assert done.waiting == 1
    assert "review.customers" in done.why[0]
    assert (careful.members(), careful.kw.decisions()) == (before, ())
    assert careful.kw.review.case(number).state == "waiting"
    with pytest.raises(CaseTakenError, match="waits for a second person"):
        careful.kw.review.answer(number, "reject", LINH)
    assert not careful.kw.review.preview_waiting(1).nothing


def routes(kw, number):
    """Every way by which a decision that is risky can be proposed, by mai."""
    customer = customer_id(kw.review.case(number).finding.customers[0])
    return {
        "case": lambda: kw.review.answer(number, "accept", MAI).waiting,
        "decide": lambda: kw.decide("must-link", "user_id:a", "user_id:b", reason="x", by="mai").waiting,
        "split": lambda: kw.review.split(customer, (), MAI).waiting,
        "bulk": lambda: kw.review.bulk("accept", MAI, kind="conflict").done.waiting,
    }


@pytest.mark.parametrize("route", ["case", "decide", "split", "bulk"])
@pytest.mark.parametrize("name", ["mai", " MAI ", "ｍａｉ"])
def test_the_approver_is_never_the_proposer_on_any_route(careful, route, name):
    waiting = routes(careful.kw, cases(careful)["conflict"].number)[route]()
    assert waiting
    with pytest.raises(SecondPersonError):
        careful.kw.review.approve(waiting, name)
    assert careful.kw.decisions() == ()
    done = careful.kw.review.approve(waiting, "linh")
    assert {(one.by, one.approved_by) for one in done.records} == {("mai", "linh")}
    with pytest.raises(CaseTakenError, match="was approved by linh"):
        careful.kw.review.approve(waiting, "thu")


def test_taking_back_needs_a_second_person_as_well(careful):
    waiting = careful.kw.decide("must-link", "user_id:a", "user_id:b", reason="x", by="mai").waiting
    (record,) = careful.kw.review.approve(waiting, "linh").records
    undo = careful.kw.undo(record.number, reason="no", by="linh").waiting
    with pytest.raises(SecondPersonError):
        careful.kw.review.approve(undo, "linh")
    assert len(careful.kw.decisions()) == 1
    careful.kw.review.approve(undo, "mai")
    assert careful.kw.decisions() == ()


def test_the_same_is_proposed_once(careful):
    def said(by):
        return careful.kw.decide("must-link", "user_id:a", "user_id:b", reason="x", by=by).waiting

    assert said("mai") == said("mai") == 1
    with pytest.raises(CaseTakenError, match="mai proposed the same, as proposal 1"):
        said("linh")
    assert [one.number for one in careful.kw.review.waiting()] == [1]
    careful.kw.review.refuse(1, "not the same", "linh")
    assert said("linh") == 2


def test_what_was_thrown_away_leaves_the_case_open_and_two_people_disagree(careful):
    number = cases(careful)["conflict"].number
    waiting = careful.kw.review.answer(number, "accept", MAI).waiting
    careful.kw.review.refuse(waiting, "not the same", "linh")
    assert careful.kw.review.case(number).state == "open"
    with pytest.raises(CaseTakenError, match="was refused by linh"):
        careful.kw.review.approve(waiting, "thu")
    assert careful.kw.review.report().doubly_looked == 1


def test_what_contradicts_meanwhile_cannot_be_approved(careful):
    waiting = careful.kw.decide("must-link", "user_id:a", "user_id:b", reason="x", by="mai").waiting
    careful.kw.decide("cannot-link", "user_id:a", "user_id:b", reason="y", by="linh")
    with pytest.raises(ContradictionError, match="decision 1"):
        careful.kw.review.approve(waiting, "linh")
    assert [one.state for one in careful.kw.review.waiting("")] == ["waiting"]


APPROVER = """
import sys, time, knotwork
from knotwork_graph.errors import CaseTakenError, WorkspaceBusyError
folder, name = sys.argv[1:]
with knotwork.open(folder) as kw:
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        try:
            kw.review.approve(1, name)
            print("approved")
        except WorkspaceBusyError:
            time.sleep(0.01)
            continue
        except Exception as error:  # whatever stopped this process is told to the test
            print(type(error).__name__)
        break
"""


def test_of_several_who_approve_at_once_one_does_and_never_the_proposer(careful):
    careful.kw.decide("must-link", "user_id:a", "user_id:b", reason="x", by="mai")
    careful.kw.close()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", APPROVER, str(careful.folder)]
    running = {name: subprocess.Popen([*command, name], **pipes) for name in ("mai", "linh", "thu")}
    for one in running.values():
        assert one.stdout.readline() == "ready\n"
    for one in running.values():
        one.stdin.write("go\n")
        one.stdin.flush()
    said = {name: one.communicate()[0].strip() for name, one in running.items()}
    assert said["mai"] in ("SecondPersonError", "CaseTakenError")
    assert sorted([said["linh"], said["thu"]]) == ["CaseTakenError", "approved"]
    assert len(careful.kw.decisions()) == 1


def test_many_at_once_need_two_and_a_dry_run_tells_all(world):
    world.close()
    (world.folder / "knotwork.toml").write_text(STRICT + "[review]\nbulk = 1\n", encoding="utf-8")
    world.kw = knotwork.open(world.folder)
    world.see(["user_id:f", "phone:0901234501"])
    world.kw.resolve()
    plan = world.kw.review.bulk("reject", MAI, kind="conflict", dry_run=True)
    assert (len(plan.cases), plan.decisions, plan.done) == (2, 2, None)
    assert "review.bulk" in plan.second[0]
    assert world.kw.review.waiting() == ()
    assert world.kw.review.bulk("reject", MAI, kind="conflict").done.waiting == 1
    assert len(world.kw.review.approve(1, "linh").records) == 2


# --- the audit


def test_every_decision_export_and_policy_has_its_row_and_a_changed_byte_is_found(careful):
    kw = careful.kw
    waiting = kw.decide("must-link", "user_id:a", "user_id:b", reason="x", by="mai").waiting
    kw.review.approve(waiting, "linh")
    careful.members()
    kw.resolve()
    kinds = [one.kind for one in kw.audit.rows()]
    assert kinds[-4:] == ["decision", "approval", "export", "policy"]
    assert "proposal" in kinds
    assert kinds.count("policy") == 2
    assert [one.ok for one in kw.doctor() if "audit chain" in one.what] == [True]
    kw.close()
    file = careful.folder / "data" / "audit.db"
    data = file.read_bytes()
    at = data.rindex(b"proposal 1")
    file.write_bytes(data[:at] + b"proposal 2" + data[at + 10 :])
    (found,) = [one for one in kw.doctor() if "audit chain" in one.what]
    assert not found.ok
    assert "breaks at row" in found.what


def test_bundles_and_second_people_are_carried_elsewhere(careful, tmp_path):
    customer = careful.seen().owner["cookie:left-a"]
    waiting = careful.kw.review.split(customer, ["cookie:left-a"], MAI).waiting
    careful.kw.review.approve(waiting, "linh")
    careful.kw.export_decisions(tmp_path / "out.jsonl")
    knotwork.init(tmp_path / "other")
    with knotwork.open(tmp_path / "other") as other:
        other.decide("block", "cookie:z", reason="own")
        assert other.import_decisions(tmp_path / "out.jsonl").fresh == 3
        assert {(one.bundle, one.approved_by) for one in other.decisions()[1:]} == {(2, "linh")}
        other.undo(3)
        assert len(other.decisions()) == 1


def test_an_erasure_leaves_nothing_on_the_desk(careful):
    kw = careful.kw
    kw.decide("must-link", "user_id:a", "user_id:b", reason="x", by="mai")
    assert "conflict" in cases(careful)
    kw.erase("user_id:a", reason="asked for", by="linh")
    assert "conflict" not in cases(careful)
    assert kw.review.waiting("") == ()
    kw.close()
    files = [careful.folder / "data" / f"review.db{end}" for end in ("", "-wal")]
    assert not any(b"user_id:a" in file.read_bytes() for file in files if file.exists())


def test_no_file_brings_an_approval_by_whoever_decided(careful, tmp_path):
    waiting = careful.kw.decide("must-link", "user_id:a", "user_id:b", reason="x", by="mai").waiting
    careful.kw.review.approve(waiting, "linh")
    careful.kw.export_decisions(tmp_path / "out.jsonl")
    text = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert '"linh"' in text
    (tmp_path / "forged.jsonl").write_text(text.replace('"linh"', '" MAI"'), encoding="utf-8")
    knotwork.init(tmp_path / "other")
    with knotwork.open(tmp_path / "other") as other:
        with pytest.raises(InputError, match="line 1 was approved by whoever made it"):
            other.import_decisions(tmp_path / "forged.jsonl")
        assert other.decisions() == ()
        other.import_decisions(tmp_path / "out.jsonl")
        told = [(one.what, one.detail) for one in other.audit.rows(kind="import")]
        assert told == [("1 record of decisions", ""), ("decision 1", "must_link by mai")]


VERBS = st.sampled_from(["decide", "answer", "split", "bulk", "undo", "undo", "approve", "approve", "refuse", "import"])


@settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck))
@given(verbs=st.lists(VERBS, min_size=6, max_size=10), customers=st.sampled_from([0, 1_000]))
def test_whatever_is_done_each_decision_has_its_row(tmp_path_factory, verbs, customers):
    """By every verb, where it waits for a second person and where it does not."""
    world = made(tmp_path_factory.mktemp("w"), STRICT + f"[review]\ncustomers = {customers}\n")
    kw = world.kw
    for verb in verbs:
        with suppress(ContradictionError, UsageError, IndexError):  # what cannot be done now leaves no trace either
            acts(kw)[verb]()
    rows = kw.audit.rows(last=10_000)
    kept = kw.decisions(every=True)
    written = [one for one in rows if one.kind in ("decision", "undo") or one.what.startswith("decision ")]
    assert [one.what for one in written] == [f"decision {one.undoes or one.number}" for one in kept]
    assert all(not one.approved_by or one.approved_by != one.by for one in kept)
    assert kw.audit.broken() is None
    assert len([one for one in rows if one.kind == "proposal"]) == len(kw.review.waiting(""))
    world.close()


def acts(kw):
    """Every way to decide, on whatever there is to decide on; an ``IndexError`` where there is nothing."""
    review = kw.review
    return {
        "decide": lambda: kw.decide("must-link", "user_id:a", "user_id:c", reason="x", by="mai", now=True),
        "answer": lambda: review.answer(review.queue(9).cases[0].number, "accept", MAI),
        "split": lambda: review.split(kw.customer("cookie:left-a").id, ["cookie:left-a"], MAI),
        "bulk": lambda: review.bulk("accept", MAI, kind=("conflict", "shared", "split")[len(kw.decisions()) % 3]),
        "undo": lambda: kw.undo(kw.decisions()[-1].number, reason="no", by="mai", now=True),
        "approve": lambda: review.approve(review.waiting()[0].number, "linh"),
        "refuse": lambda: review.refuse(review.waiting()[0].number, "no", "linh"),
        "import": lambda: kw.import_decisions(carried()),
    }


def carried():
    """A file with a decision on what nobody else speaks of."""
    record = {"number": 1, "kind": "block", "a": "cookie:far", "by": "thu", "at": "2026-03-01T00:00:00Z", "reason": "x"}
    return StringIO(json.dumps(record) + "\n")
