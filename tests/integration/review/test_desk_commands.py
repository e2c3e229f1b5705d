"""The review desk as it is typed."""

from __future__ import annotations

import json

import pytest

import knotwork
from knotwork.cli.main import open_workspace, status
from tests.integration.review.small_desk import STRICT

EVENTS = [
    {"user_id": "a", "phone": "0901234501", "email": "lan@x.vn"},
    {"user_id": "b", "phone": "0901234501"},
    *({"user_id": user, "email": "family@x.vn"} for user in "cde"),
    *(
        {"cookie": [f"{part}-{pair[0]}", f"{part}-{pair[1]}"]}
        for part in ("left", "right")
        for pair in ("ab", "bc", "ca")
    ),
    {"cookie": ["left-a", "right-a"]},
]


@pytest.fixture
def typed(tmp_path, capsys):
    """Runs a command in a workspace with a conflict, a shared address and a customer of two halves."""
    knotwork.init(tmp_path / "ws")
    (tmp_path / "ws" / "knotwork.toml").write_text(STRICT + "[review]\ncustomers = 1\n", encoding="utf-8")
    lines = [
        {
            "source": "web",
            "message_id": str(n),
            "timestamp": "2026-03-01T09:00:00Z",
            "identifiers": one,
            "traits": {"name": f"n{n}"},
        }
        for n, one in enumerate(EVENTS)
    ]
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, lines)))

    def run(*words: str, ended: int = 0) -> tuple[str, str]:
        capsys.readouterr()
        found = status(["--workspace", str(tmp_path / "ws"), *words], open_workspace)
        told = capsys.readouterr()
        assert found == ended, told.err
        assert "Traceback" not in told.err
        return told.out, told.err

    run("load", str(tmp_path / "events.jsonl"))
    run("resolve")
    return run


def numbers(typed):
    """The number of the open case of each kind."""
    page = json.loads(typed("review", "list", "--format", "json")[0])
    return {one["finding"]["kind"]: str(one["number"]) for one in page["cases"]}


def test_the_queue_and_a_card(typed):
    header, *rows = typed("review", "list")[0].splitlines()
    assert header.split("\t")[:3] == ["case", "kind", "about"]
    assert len(rows) == 3
    assert "2 more" not in typed("review", "list", "--first", "1")[0]
    assert "--skip 1" in typed("review", "list", "--first", "1")[1]
    found = numbers(typed)
    card = typed("review", "show", found["conflict"])[0]
    for words in (
        "conflict of user_id:a and user_id:b",
        "why they are two",
        "accept: they are one customer",
        "retired:",
    ):
        assert words in card
    split = typed("review", "show", found["split"])[0]
    assert "one link alone holds two dense parts together" in split
    assert "cuts cookie:left-a and cookie:right-a: seen 1 time," in split


def test_claims_and_comments(typed):
    case = numbers(typed)["conflict"]
    assert "mai's until" in typed("review", "claim", case, "--by", "mai")[0]
    assert "is mai's" in typed("review", "claim", case, "--by", "linh", ended=1)[1]
    assert len(typed("review", "list", "--mine", "mai")[0].splitlines()) == 2
    typed("review", "comment", case, "ask the shop", "--by", "mai")
    assert "mai: comment ask the shop" in typed("review", "show", case)[0]
    assert "is free" in typed("review", "release", case, "--by", "mai")[0]
    assert "no case 99" in typed("review", "claim", "99", ended=1)[1]


def test_two_people_decide(typed):
    case = numbers(typed)["conflict"]
    assert "retired: " in typed("review", "decide", case, "accept", "--dry-run")[0]
    said, remarks = typed("review", "decide", case, "accept", "--code", "same_person", "--by", "mai")
    assert said == f"proposal 1 (case {case}): accept\n"
    assert "needs a second person: it changes 2 customers" in remarks
    assert len(typed("review", "list", "--waiting")[0].splitlines()) == 2
    proposal = typed("review", "show", "1", "--waiting")[0]
    for words in (
        "proposal 1 by mai, ",
        " UTC: same person\n  must-link user_id:a and user_id:b\n",
        f"  as accept to case {case}\n",
        "  it waits, for it changes 2 customers",
        "  retired: ",
    ):
        assert words in proposal
    assert "cannot approve it" in typed("review", "approve", "1", "--by", "Mai", ended=1)[1]
    assert typed("review", "approve", "1", "--by", "linh")[0] == f"case {case}: accept (decision 1)\n"
    assert "merge" not in typed("review", "list")[0]
    assert "proposal 2: to take back decision 1" in typed("review", "undo", "1", "--by", "linh")[0]
    assert "thrown away" in typed("review", "reject", "2", "--reason", "no", "--by", "mai")[0]
    assert "Nothing waits" in typed("review", "list", "--waiting")[1]
    assert "resolver\tconflict\t1\t0\t0\t100%" in typed("review", "report")[0]
    assert typed("review", "labels")[0].splitlines()[1].split("\t")[:3] == ["user_id:a", "user_id:b", "yes"]
    told = typed("audit", "show")[0]
    assert [row.split("\t")[2] for row in told.splitlines()[1:]][-4:] == ["decision", "approval", "proposal", "refusal"]


def test_a_split_by_hand_and_many_at_once(typed):
    (customer,) = {
        one["finding"]["about"][0]
        for one in json.loads(typed("review", "list", "--kind", "split", "--format", "json")[0])["cases"]
    }
    assert "side 2: " in typed("review", "split", customer)[0]
    assert (
        json.loads(typed("review", "split", customer, "--side", "cookie:left-b", "--format", "json")[0])["ground"]
        == "by hand"
    )
    assert "proposal 1" in typed("review", "split", customer, "--reason", "two", "--by", "mai")[0]
    plan = typed("review", "bulk", "reject", "--kind", "conflict", "--code", "family", "--dry-run")[0]
    assert plan.startswith("1 case, 1 decision\n")
    assert "decision 1)" in typed("review", "bulk", "reject", "--kind", "conflict", "--code", "family")[0]
    assert typed("review", "refresh")[0].endswith("standing\n")


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        (("review", "decide", "1", "perhaps", "--reason", "x"), "no answer perhaps"),
        (("review", "decide", "1", "accept"), "--reason"),
        (("review", "decide", "1", "accept", "b", "--reason", "x"), "one answer"),
        (("review", "decide", "1", "accept", "--code", "familly"), 'did you mean "family"?'),
        (("audit", "show", "--kind", "decisions"), 'did you mean "decision"?'),
    ],
)
def test_what_cannot_be_meant(typed, words, remark):
    assert remark in typed(*words, ended=2)[1]


def test_every_verb_has_a_twin_in_json(typed):
    """One document each, of the values that Python gives."""

    def told(*words: str):
        return json.loads(typed("review", *words, "--format", "json")[0])

    case = numbers(typed)["conflict"]
    assert told("claim", case, "--by", "mai")["claimed_by"] == "mai"
    assert told("release", case, "--by", "mai")["claimed_by"] == ""
    assert told("comment", case, "ask the shop")["number"] == int(case)
    assert told("refresh").keys() == {"opened", "again", "closed", "standing"}
    assert told("decide", case, "accept", "--dry-run")["answer"] == "accept"
    assert told("decide", case, "accept", "--code", "same_person", "--by", "mai")["waiting"] == 1
    assert [one["number"] for one in told("list", "--waiting")] == [1]
    assert told("show", "1", "--waiting")["decisions"] == [{"kind": "must_link", "a": "user_id:a", "b": "user_id:b"}]
    assert told("approve", "1", "--by", "linh")["fresh"] == [1]
    assert told("undo", "1", "--dry-run")["created"]
    assert told("undo", "1", "--by", "linh")["waiting"] == 2
    assert told("reject", "2", "--reason", "no", "--by", "mai")["answer"] == "refused"
    assert told("decide", "block", "cookie:nobody", "--dry-run")["handed"] == []
    assert told("decide", "block", "cookie:nobody", "--code", "other")["record"]["number"] == 2
    (customer,) = [one["finding"]["about"][0] for one in told("list", "--kind", "split")["cases"]]
    assert told("split", customer, "--code", "family", "--by", "mai")["waiting"] == 3


def test_decisions_on_a_terminal_are_lines_that_fit(typed, monkeypatch):
    case = numbers(typed)["conflict"]
    typed("review", "decide", case, "reject", "--code", "different_people", "--comment", "the letter", "--by", "mai")
    typed("review", "undo", "1", "--by", "linh")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    told = typed("review", "decisions", "--all")[0].splitlines()
    assert told[0] == "1: cannot-link user_id:a and user_id:b"
    assert told[1].startswith("  mai, ")
    assert told[1].endswith(" UTC: different people; the letter")
    assert told[2:4] == ["  undone by 2", "2: undo of 1"]


def test_what_others_have_done_is_told_in_a_sentence(typed):
    found = numbers(typed)
    case, words = found["conflict"], ("--code", "family", "--by")
    typed("review", "claim", case, "--by", "mai")
    refused = typed("review", "decide", case, "reject", *words, "linh", ended=1)[1]
    assert f"knotwork: case {case} is mai's until " in refused
    assert " UTC. Take another, or ask for it." in refused
    typed("review", "decide", case, "reject", *words, "mai")
    told = typed("review", "decide", case, "accept", *words, "linh", ended=1)[1]
    assert f"case {case} is decided already (reject by mai). Take it back first: knotwork review undo 1" in told
    assert "is decided already (reject by mai)." in typed("review", "claim", case, "--by", "linh", ended=1)[1]
    again = typed("review", "decide", "must-link", "user_id:a", "user_id:b", *words, "linh", ended=1)[1]
    assert "it contradicts decision 1 (a cannot-link by mai, " in again
    stale = typed("review", "decide", found["shared"], "accept", *words, "mai", "--if-revision", "old", ended=1)[1]
    assert "what you looked at has changed since" in stale
    assert "Invalid value for --side" in typed("review", "split", "cus_0000000001", "--side", "nix", ended=2)[1]
    assert "no open case can be answered so" in typed("review", "bulk", "accept", "--kind", "merge")[0]
