"""Cases on a real workspace: made, kept, closed by themselves, opened again, answered, and left to a second person."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

import knotwork
from knotwork.service.review.values import Because
from knotwork_graph.errors import CaseTakenError, RevisionError, UsageError
from knotwork_resolvers.review import refresh
from tests.integration.review.small_desk import LINH, MAI, STRICT, cases


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


@pytest.mark.parametrize(("many", "share", "whole"), [(0, 25, True), (0, 0, False), (10_000, 25, False)])
def test_everybody_is_looked_at_where_events_touched_many_who_are_not_few_of_all(
    world, monkeypatch, many: int, share: int, whole: bool
):
    looked, real = [], refresh._look

    def look(*given):
        looked.append(given[-1] is None)
        return real(*given)

    monkeypatch.setattr(refresh, "_look", look)
    monkeypatch.setattr(refresh, "MANY", many)
    monkeypatch.setattr(refresh, "SHARE", share)
    world.see(["user_id:f", "phone:0901234501"])
    world.kw.resolve()
    world.kw.review.refresh()
    assert looked[:1] == [whole]


def test_a_case_whose_evidence_is_gone_closes_itself_and_says_so(world):
    number = cases(world)["split"].number
    world.see(["cookie:left-b", "cookie:right-b"])
    world.kw.resolve()
    world.kw.review.refresh()
    one = world.kw.review.case(number)
    assert (one.state, one.closed_because.startswith("its evidence is gone")) == ("closed", True)
    assert [note.what for note in world.kw.review.card(number).notes] == ["closed"]


def test_a_card_of_one_identifier_tells_what_it_was_seen_with(world):
    card = world.kw.review.card(cases(world)["shared"].number)
    assert {link.b for link in card.seen_with.links} == {"user_id:c", "user_id:d", "user_id:e"}
    assert all(link.sources and link.first_seen <= link.last_seen for link in card.seen_with.links)
    assert world.kw.review.card(cases(world)["split"].number).seen_with is None


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


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [("conflict", {"user_id": "a"}, {"user_id": "b"}), ("split", {"cookie": "left-b"}, {"cookie": "right-b"})],
)
def test_a_card_says_who_was_in_two_places_at_once(world, kind, one, other):
    number = cases(world)[kind].number
    assert not any("two places" in words for words in world.kw.review.card(number).against)
    seen = [(one, "Hanoi", 0), (other, "Hue", 10), (one, "Hanoi", 20)]
    world.kw.collect(
        [
            {
                "source": "shop",
                "message_id": f"p-{minute}",
                "timestamp": f"2026-03-01T09:{minute:02}:00Z",
                "identifiers": identifiers,
                "properties": {"city": city},
            }
            for identifiers, city, minute in seen
        ]
    )
    (told,) = [words for words in world.kw.review.card(number).against if "two places" in words]
    assert "on 2026-03-01 from 09:10 to 09:10 UTC, each with another city" in told
    assert "Hue" not in told


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
