"""The commands of review, as they are typed."""

from __future__ import annotations

import json

import pytest

import knotwork
from knotwork.cli.main import open_workspace, status


@pytest.fixture
def typed(tmp_path, capsys):
    """Runs a command in a new workspace: its status, what it printed, and what it remarked."""
    knotwork.init(tmp_path / "ws")

    def run(*words: str, where: str = "ws") -> tuple[int, str, str]:
        capsys.readouterr()
        ended = status(["--workspace", str(tmp_path / where), *words], open_workspace)
        told = capsys.readouterr()
        return ended, told.out, told.err

    return run


LINK = ("review", "decide", "must-link", "email:LAN@example.com", "cookie:c-1", "--reason", "same", "--by", "mai")


def test_deciding_listing_and_undoing(typed):
    ended, said, remarked = typed(*LINK, "--comment", "called")
    assert ended == 0
    assert said.startswith("decision 1: must-link email:lan@example.com and cookie:c-1 (mai, ")
    assert "knotwork resolve" in remarked
    assert "A, of the type email, was never seen" in remarked
    assert typed(*LINK)[1].startswith("decision 1 says so already: ")
    header, row = typed("review", "decisions")[1].splitlines()
    assert header.split("\t") == ["number", "kind", "a", "b", "by", "at", "reason", "comment", "undone by"]
    assert row.split("\t")[:5] == ["1", "must-link", "email:lan@example.com", "cookie:c-1", "mai"]
    assert typed("review", "undo", "1", "--by", "linh")[1].startswith("decision 1 is undone (record 2, linh, ")
    assert typed("review", "undo", "1")[1].startswith("decision 1 was undone before (record 2, linh, ")
    assert typed("review", "decisions")[1:] == ("", "No decision stands.\n")
    rows = json.loads(typed("review", "decisions", "--all", "--format", "json")[1])
    assert [(row["kind"], row["undone_by"], row["undoes"]) for row in rows] == [("must_link", 2, 0), ("undo", 0, 1)]


@pytest.mark.parametrize(
    ("words", "ended", "remark"),
    [
        (("review", "decide", "cannot-link", "cookie:c-1", "email:lan@example.com", "--reason", "x"), 1, "decision 1 "),
        (("review", "decide", "block", "cookie:c-1"), 2, "--reason"),
        (("review", "decide", "block", "cookie", "--reason", "x"), 2, "type:value"),
        (("review", "decide", "blok", "cookie:c", "--reason", "x"), 2, 'did you mean "block"?'),
        (("review", "decide", "must-link", "cookie:c", "--reason", "x"), 2, "two identifiers"),
        (("review", "undo", "9"), 1, "no decision 9"),
        (("decisions", "import", "nowhere.jsonl"), 1, "nowhere.jsonl cannot be read"),
        (("decisions", "export", "nowhere/out.jsonl"), 2, "no such folder"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(typed, words, ended, remark):
    typed(*LINK)
    found = typed(*words)
    assert found[:2] == (ended, "")
    assert remark in found[2]
    assert "Traceback" not in found[2]


def test_export_and_import(typed, tmp_path):
    typed(*LINK)
    assert typed("decisions", "export", str(tmp_path / "out.jsonl"))[2] == "wrote 1 record\n"
    assert typed("decisions", "export", "-")[1] == (tmp_path / "out.jsonl").read_text()
    knotwork.init(tmp_path / "other")
    said = typed("decisions", "import", str(tmp_path / "out.jsonl"), where="other")[1]
    assert said == "imported 1 record; 0 were known already\n"
