"""Matching over GraphQL: proposals page by page, what a pair weighs, the report, households; masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import knotwork
from knotwork.http.app import create_app
from tests.integration.matching.conftest import MAPPING, POLICY, cards, written
from tests.unit.web.conftest import TOKEN, Visitor

Ask = Callable[..., dict[str, Any]]
PAGE = """query($f: Int, $a: String, $l: Int, $b: String) { proposals(
    first: $f, after: $a, last: $l, before: $b) { total edges { cursor node {
    a b aHash bHash score weight band evidence { prior household total score
        steps { trait words weight } } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
EXPLAIN = """query($a: String!, $b: String!) { matchExplain(a: $a, b: $b) { a b standing
    evidence { prior household total steps { trait weight } } } }"""
REPORT = """{ matchReport { records compared learned proposals joined rules { rule pairs } weights
    thresholds { probability pairs precision recall } } }"""


@pytest.fixture(scope="module")
def kw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("matching") / "ws"
    folder.mkdir()
    (folder / "knotwork.toml").write_text(POLICY + "[matching]\nauto_join = false\n", encoding="utf-8")
    (folder.parent / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    with knotwork.open(folder) as opened:
        opened.load(written(folder.parent, cards()), mapping=folder.parent / "mapping.toml")
        opened.resolve()
        yield opened


def asker(kw: Any, role: str = "analyst") -> Ask:
    app = create_app(kw, token=TOKEN, role=role, show_personal=role == "steward")
    return Visitor(app, headers={"authorization": f"Bearer {TOKEN}"}).graphql


def walked(ask: Ask, size: int, *, backward: bool) -> list[Any]:
    """All pages in the order of the list."""
    pages: list[list[Any]] = []
    cursor = None
    while True:
        found = ask(PAGE, **({"l": size, "b": cursor} if backward else {"f": size, "a": cursor}))["data"]["proposals"]
        pages.append([edge["node"] for edge in found["edges"]])
        info = found["pageInfo"]
        cursor = info["startCursor"] if backward else info["endCursor"]
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return [one for page in (reversed(pages) if backward else pages) for one in page]


def test_before_the_first_matching_there_is_nothing(kw: Any) -> None:
    ask = asker(kw)
    assert ask(REPORT)["data"]["matchReport"] is None
    assert ask(PAGE)["data"]["proposals"]["total"] == 0
    refused = ask(EXPLAIN, a=kw.customers(1)[0][0].id, b=kw.customers(2)[0][1].id)["errors"][0]
    assert (refused["extensions"]["code"], "knotwork match" in refused["message"]) == ("BAD_REQUEST", True)


def test_matching_is_shown_as_python_has_it_and_masked(kw: Any) -> None:
    kw.match()
    own, clear, masked = kw.proposals(), asker(kw, "steward"), asker(kw)
    every = walked(clear, 100, backward=False)
    assert {(one["a"], one["b"], one["score"]) for one in every} == {(one.a, one.b, one.score) for one in own}
    assert [one["score"] for one in every] == [one.score for one in own]
    assert len(own) > 20
    for size in (1, 7):
        for backward in (False, True):
            assert walked(clear, size, backward=backward) == every
    first = every[0]
    said = first["evidence"]
    summed = said["prior"] + said["household"] + sum(one["weight"] for one in said["steps"])
    assert round(summed, 2) == said["total"]
    explained = clear(EXPLAIN, a=first["a"], b=first["b"])["data"]["matchExplain"]
    assert (explained["standing"], explained["evidence"]["total"]) == ("proposed", said["total"])
    report, known = clear(REPORT)["data"]["matchReport"], kw.match_report()
    assert (report["records"], report["proposals"]) == (known.records, len(own))
    assert [one["probability"] for one in report["thresholds"]] == [one.probability for one in known.thresholds]
    shown = json.dumps([walked(masked, 50, backward=False), masked(EXPLAIN, a=first["a"], b=first["b"])])
    values = {key.partition(":")[2] for one in own for key in (one.a, one.b)}
    assert not [value for value in values if value in shown]
    assert first["aHash"] in shown


def test_a_proposal_that_is_gone_moves_no_other(kw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ask, own = asker(kw, "steward"), kw.proposals()
    whole = walked(ask, 100, backward=False)
    page = ask(PAGE, f=5)["data"]["proposals"]
    last = whole[4]
    monkeypatch.setattr(kw.matching, "proposals", lambda: tuple(one for one in own if one.a != last["a"]))
    left = [one for one in whole if one["a"] != last["a"]]
    after = ask(PAGE, f=5, a=page["pageInfo"]["endCursor"])["data"]["proposals"]["edges"]
    assert [edge["node"] for edge in after] == left[4:9]
    before = ask(PAGE, l=3, b=page["pageInfo"]["endCursor"])["data"]["proposals"]["edges"]
    assert [edge["node"] for edge in before] == left[1:4]


def test_the_report_is_for_who_sees_sums_and_pairs_are_not(kw: Any) -> None:
    viewer = asker(kw, "viewer")
    assert "errors" not in viewer(REPORT)
    assert viewer(PAGE)["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_a_household_is_told(kw: Any) -> None:
    own = kw.customers(1)[0][0].id
    found = asker(kw)("query($o: String!) { household(of: $o) { customer key shares } }", o=own)["data"]["household"]
    assert [one["customer"] for one in found] == [one.customer for one in kw.household(own)]
