"""Cases on a real workspace: made, kept, closed by themselves, opened again, answered, and left to a second person."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

import knotwork
from knotwork.service.review.values import Because
from knotwork_graph.errors import CaseTakenError, ContradictionError, RevisionError, SecondPersonError, UsageError
from knotwork_graph.model import customer_id
from tests.integration.review.desk_world import Clock, World

MAI, LINH = Because("seen the papers", "mai"), Because("seen the papers", "linh")
STRICT = """
[resolution]
max_cluster_size = 50
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
priority = 2
shared_above = { user_id = 2 }
[identifiers.phone]
priority = 3
"""


@pytest.fixture
def world(tmp_path):
    """Two accounts that saw one phone, a family's address, and a customer of two dense parts."""
    made = World(tmp_path / "w", clock=Clock(real=True))
    (made.folder / "knotwork.toml").write_text(STRICT, encoding="utf-8")
    made.kw = knotwork.open(made.folder)
    for keys in (
        ["user_id:a", "phone:0901234501"],
        ["user_id:a", "phone:0901234501"],
        ["user_id:b", "phone:0901234501"],
    ):
        made.see(keys, 10)
    for user in "cde":
        made.see([f"user_id:{user}", "email:family@x.vn"])
    for part in ("left", "right"):
        for pair in ("ab", "bc", "ca"):
            made.see([f"cookie:{part}-{one}" for one in pair])
    made.see(["cookie:left-a", "cookie:right-a"])
    made.kw.resolve()
    yield made
    made.close()


def cases(world, **asked):
    return {one.finding.kind: one for one in world.kw.review.queue(50, **asked).cases}


def test_each_kind_of_doubt_is_a_case(world):
    found = cases(world)
    assert set(found) == {"conflict", "shared", "split"}
    assert found["conflict"].finding.about == ("user_id:a", "user_id:b")
    assert found["shared"].finding.about == ("email:family@x.vn",)
    assert found["split"].finding.grounds == ("bridge",)


def test_the_same_finding_tomorrow_is_the_same_case(world):
    before = {one.finding.key: one.number for one in world.kw.review.queue(50).cases}
    world.see(["user_id:b", "phone:0901234501"])
    world.kw.resolve(full=True)
    world.kw.resolve()
    assert {one.finding.key: one.number for one in world.kw.review.queue(50).cases} == before


def test_incremental_looking_finds_what_looking_at_everything_finds(world):
    world.see(["user_id:f", "phone:0901234501"])
    world.see(["cookie:left-b", "cookie:right-b"])
    world.kw.resolve()
    world.kw.review.refresh()

    def told():
        return {(one.finding.key, one.finding.grounds, one.state) for one in world.kw.review.queue(50).cases}

    some = told()
    world.kw.review.refresh(everything=True)
    assert told() == some
    assert "split" not in cases(world), "two links hold the two parts together now"


def test_a_case_whose_evidence_is_gone_closes_itself_and_says_so(world):
    number = cases(world)["split"].number
    world.see(["cookie:left-b", "cookie:right-b"])
    world.kw.resolve()
    world.kw.review.refresh()
    one = world.kw.review.case(number)
    assert (one.state, one.closed_because.startswith("its evidence is gone")) == ("closed", True)
    assert [note.what for note in world.kw.review.card(number).notes] == ["closed"]


def test_a_card_tells_both_sides_the_reasons_and_what_answers_would_do(world):
    card = world.kw.review.card(cases(world)["conflict"].number)
    assert [len(side.identifiers) for side in card.sides] == [2, 1]
    assert card.why_not is not None
    assert [one.answer for one in card.choices] == ["accept", "reject", "leave"]
    assert card.choices[0].effect.retired == (card.sides[1].customer,)
    assert card.choices[1].effect.nothing
    assert "the policy allows 1" in card.against[0]
    split = world.kw.review.card(cases(world)["split"].number)
    assert {len(side) for side in split.split.sides} == {3}
    assert len(split.split.cut) == 1
    assert len(split.choices[0].effect.created) == 1


def test_an_answer_is_obeyed_at_once_and_taking_it_back_opens_the_case_again(world):
    number, before = cases(world)["conflict"].number, world.members()
    done = world.kw.review.answer(number, "accept", MAI)
    assert world.kw.review.case(number).state == "decided"
    owners = world.seen().owner
    assert owners["user_id:a"] == owners["user_id:b"]
    assert world.kw.review.case(number).decisions == (done.records[0].number,)
    world.kw.review.undo(done.records[0].number, LINH, now=True)
    assert world.members() == before
    assert world.kw.review.case(number).state == "open"


def test_what_was_left_stays_left_until_more_speaks_for_it(world):
    number = cases(world)["split"].number
    world.kw.review.answer(number, "leave", Because(code="other", by="mai"))
    world.kw.review.refresh(everything=True)
    assert world.kw.review.case(number).state == "left"
    settings = world.kw.settings
    world.close()
    (world.folder / "knotwork.toml").write_text(STRICT + "[review]\nlarge_customer = 4\n", encoding="utf-8")
    world.kw = knotwork.open(world.folder)
    assert settings.review.large_customer == 50
    world.kw.review.refresh(everything=True)
    assert world.kw.review.case(number).state == "open"
    assert world.kw.review.case(number).finding.grounds == ("bridge", "large")


def test_a_split_is_one_bundle_and_undone_as_one(world):
    customer = world.seen().owner["cookie:left-a"]
    before = world.members()
    done = world.kw.review.split(customer, ["cookie:left-a"], MAI)
    assert len(done.records) == 3
    assert {one.bundle for one in done.records} == {done.records[0].number}
    assert world.seen().owner["cookie:left-a"] != world.seen().owner["cookie:left-b"]
    world.kw.review.undo(done.records[1].number, MAI, now=True)
    assert world.members() == before
    assert world.kw.decisions() == ()


def test_a_strange_side_is_refused(world):
    customer = world.seen().owner["cookie:left-a"]
    with pytest.raises(UsageError, match="1 of the identifiers"):
        world.kw.review.suggest_split(customer, ["user_id:a"])


def test_a_world_that_changed_meanwhile_is_no_longer_decided_on(world):
    number = cases(world)["conflict"].number
    seen = world.kw.review.card(number).revision
    world.see(["user_id:b", "cookie:new"])
    with pytest.raises(RevisionError, match="look at it again"):
        world.kw.review.answer(number, "accept", MAI, if_revision=seen)
    now = world.kw.review.card(number).revision
    world.see(["user_id:x", "cookie:elsewhere"])
    assert world.kw.review.answer(number, "accept", MAI, if_revision=now).records


def test_answers_teach_matching_and_are_reported(world):
    number = cases(world)["conflict"].number
    world.kw.review.answer(number, "reject", MAI)
    (label,) = world.kw.review.labels()
    assert (label.a, label.b, label.same, label.by) == ("user_id:a", "user_id:b", False, "mai")
    report = world.kw.review.report()
    assert [(one.source, one.kind, one.accepted, one.rejected) for one in report.precision] == [
        ("resolver", "conflict", 0, 1)
    ]
    assert report.agreement is None


# --- claims


def test_a_claim_is_one_person_s_until_it_runs_out(world):
    desk, number = world.kw.review._desk, cases(world)["conflict"].number
    assert world.kw.review.claim(number, "mai").claimed_by == "mai"
    assert world.kw.review.claim(number, "mai").claimed_by == "mai"
    with pytest.raises(CaseTakenError, match="is mai's until") as refused:
        world.kw.review.claim(number, "linh")
    assert refused.value.holder == "mai"
    with pytest.raises(CaseTakenError):
        world.kw.review.answer(number, "reject", LINH)
    assert not world.kw.review.release(number, "linh")
    assert world.kw.review.release(number, "mai")
    desk.claim(number, "linh", timedelta(microseconds=1))
    assert world.kw.review.claim(number, "mai").claimed_by == "mai"


CLAIMER = """
import sys, knotwork
from knotwork_graph.errors import CaseTakenError
folder, number, name = sys.argv[1:]
with knotwork.open(folder) as kw:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        kw.review.claim(int(number), name)
        print("won")
    except CaseTakenError as error:
        print("lost to", error.holder)
"""


def test_of_two_stewards_in_two_processes_one_wins_and_the_other_is_told(world):
    number = str(cases(world)["conflict"].number)
    names = ["mai", "linh", "thu"]
    command = [sys.executable, "-c", CLAIMER, str(world.folder), number]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = {name: subprocess.Popen([*command, name], **pipes) for name in names}
    for one in running.values():
        assert one.stdout.readline() == "ready\n"
    for one in running.values():
        one.stdin.write("go\n")
        one.stdin.flush()
    said = {name: one.communicate()[0].strip() for name, one in running.items()}
    winners = [name for name, words in said.items() if words == "won"]
    assert len(winners) == 1
    assert {words for name, words in said.items() if name not in winners} == {f"lost to {winners[0]}"}


# --- the second person


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
        except Exception as error:
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
