"""A day in a steward's life, as it is typed: two hundred cases of a made-up population, answered by the known truth."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from knotwork.cli.main import open_workspace, status
from knotwork_graph.policy import DEFAULT_POLICY
from knotwork_seeds import Population, generate

pytestmark = pytest.mark.slow
CASES = 200
Typed = Callable[..., str]


@pytest.fixture
def day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    """A workspace whose guards are too lax, loaded and resolved; what comes back runs a command in it."""
    generate(tmp_path / "made", Population(people=4_000, months=12, seed=3), format="jsonl")

    def typed(*words: str, ended: int = 0) -> str:
        capsys.readouterr()
        found = status(["--workspace", str(tmp_path / "shop"), *words], open_workspace)
        told = capsys.readouterr()
        assert found == ended, told.err
        return told.out

    status(["init", str(tmp_path / "shop")], open_workspace)
    lax = re.sub(r"shared_above = \{[^}]*\}", "shared_above = { user_id = 4 }", DEFAULT_POLICY)
    alone = "[review]\ncustomers = false\nevents = false\nbulk = false\nconsent = false\n"
    lax = re.sub(r"\[review\].*\n", alone, lax, count=1)
    (tmp_path / "shop" / "knotwork.toml").write_text(lax, encoding="utf-8")
    typed("load", str(tmp_path / "made" / "events"))
    typed("resolve")
    return typed


def people(folder: Path) -> dict[str, set[str]]:
    """Whose each identifier is, by key."""
    found: dict[str, set[str]] = {}
    with (folder / "made" / "truth_identifiers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(f"{row['type']}:{row['value']}", set()).add(row["person"])
    return found


def words_for(case: dict[str, Any], truth: dict[str, set[str]], card: Callable[[], dict[str, Any]]) -> tuple[str, ...]:
    """What somebody who knows everybody would type behind ``knotwork review``."""
    one, number = case["finding"], str(case["number"])
    if one["kind"] in ("merge", "conflict"):
        a, b = (truth.get(key, set()) for key in one["about"])
        return "decide", number, "accept" if a & b else "reject" if a and b else "leave"
    if one["kind"] in ("shared", "block"):
        return "decide", number, "accept" if len(truth.get(one["about"][0], set())) > 1 else "leave"
    (side,) = card()["sides"]
    people = sorted({person for key in side["identifiers"] for person in truth.get(key, set())})
    theirs = [key for key in side["identifiers"] if truth.get(key) == {people[-1]}]
    if len(people) < 2 or not theirs:
        return "decide", number, "reject"
    return "split", side["customer"], *(word for key in theirs for word in ("--side", key))


def measured(typed: Typed, folder: Path) -> dict[str, float]:
    """Pairwise precision and recall against the truth."""
    told = json.loads(typed("evaluate", str(folder / "made" / "truth_identifiers.csv"), "--format", "json"))
    return dict(told["pairwise"])


def answers(typed: Typed, truth: dict[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """What to type for each case of the queue."""
    page = json.loads(typed("review", "list", "--first", str(CASES), "--format", "json"))
    for case in page["cases"]:
        show = ("review", "show", str(case["number"]), "--format", "json")
        yield words_for(case, truth, lambda show=show: json.loads(typed(*show)))


def test_a_steward_s_day(day: Typed, tmp_path: Path) -> None:
    truth = people(tmp_path)
    first, morning = measured(day, tmp_path), day("export", "members", "--format", "csv")
    said = list(answers(day, truth))
    assert len(said) == CASES
    for words in said:
        day("review", *words, "--code", "other", "--by", "mai", "--later")
    day("resolve")
    evening = measured(day, tmp_path)
    assert evening["precision"] > first["precision"]
    assert evening["recall"] > first["recall"]
    decided = day("export", "members", "--format", "csv")

    day("recompute")
    assert day("export", "members", "--format", "csv") == decided, "the night keeps what the day decided"
    assert json.loads(day("review", "report", "--format", "json"))["precision"]
    assert "whole" in day("audit", "show", "--format", "json")

    for line in day("review", "decisions").splitlines()[1:]:  # one of a bundle may be undone with an earlier one
        day("review", "undo", line.split("\t")[0], "--by", "mai")
    day("resolve")
    assert day("review", "decisions") == ""
    assert day("export", "members", "--format", "csv") == morning, "all is as it was, byte for byte"
