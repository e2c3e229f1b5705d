"""What matching proposes becomes cases: a look reads the pairs near a change, and finds what a whole look finds."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from knotwork_graph.proposals import Findings
from tests.integration.matching.conftest import again, cards, opened, person, written

__all__ = ["opened"]
looking = import_module("knotwork_resolvers.review.refresh")
stakes = import_module("knotwork_resolvers.review.finding.stakes")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many proposals each look makes findings."""
    counts: list[int] = []
    made = looking.proposed

    def counted(store: Any, book: Any, sample: float) -> Any:
        counts.append(len(book.proposals))
        return made(store, book, sample)

    monkeypatch.setattr(looking, "proposed", counted)
    return counts


def told(workspace: Any) -> set[tuple[Any, ...]]:
    """All that the cases of proposals say."""
    found = [
        one for state in ("open", "closed") for one in workspace.review.queue(500, state=state, source="matching").cases
    ]
    return {(one.number, one.state, one.finding.grounds, one.finding.customers, one.finding.harm) for one in found}


def as_a_whole_look_has_it(workspace: Any) -> bool:
    some = told(workspace)
    workspace.review.refresh(everything=True)
    return told(workspace) == some


def test_a_look_reads_the_proposals_near_a_change(opened, read):
    workspace = opened(cards())
    workspace.match()
    every = len(workspace.proposals())
    assert read == [every]
    a, b = workspace.review.queue(1, source="matching").cases[0].finding.about
    (kind, value), (other, called) = a.split(":", 1), b.split(":", 1)
    both = {kind: [value], other: [called], "cookie": ["of-both"]}
    workspace.collect([{"source": "web", "message_id": "1", "timestamp": "2026-03-01T00:00:00Z", "identifiers": both}])
    workspace.resolve()
    assert 0 < read[-1] < every / 4
    assert [one.finding.about for one in workspace.review.queue(9, state="closed", source="matching").cases] == [(a, b)]
    workspace.resolve()
    assert read[-1] == 0
    assert as_a_whole_look_has_it(workspace)


def test_what_matching_says_of_new_ones_alone_is_read(opened, read, tmp_path):
    workspace = opened(cards())
    workspace.match()
    every = len(workspace.proposals())
    workspace.load(written(tmp_path, [again(person(1))], "late.csv"), mapping=tmp_path / "mapping.toml")
    workspace.match(new=True)
    assert 0 < read[-1] < every / 4
    assert as_a_whole_look_has_it(workspace)


def test_a_pair_that_a_matching_of_new_ones_took_back_closes_its_case(opened, read, tmp_path):
    """Whoever looked again in between has seen the new events, but not what matching says of them."""
    workspace = opened(cards())
    workspace.match()
    a, b = workspace.review.queue(1, source="matching").cases[0].finding.about
    kind, value = a.split(":", 1)
    other = {"name": "Somebody Else", "address": "1 Far Away", "birth_date": "1931-02-03"}
    said = [
        {"source": "web", "message_id": str(n), "timestamp": "2026-03-01T00:00:00Z", "identifiers": {kind: [value]}}
        for n in range(3)
    ]
    workspace.collect([one | {"traits": other} for one in said])
    workspace.resolve()
    assert (a, b) in {one.finding.about for one in workspace.review.queue(99, source="matching").cases}
    workspace.matching.book.refresh(workspace.matching.book.model(), frozenset({a}), Findings())
    workspace.resolve()
    assert (a, b) in {one.finding.about for one in workspace.review.queue(9, state="closed", source="matching").cases}
    assert read[-1] == 0
    assert as_a_whole_look_has_it(workspace)


def test_stakes_of_few_are_those_of_many(opened, monkeypatch):
    workspace = opened(cards())
    workspace.resolve()
    order = {"source": "web", "message_id": "1", "timestamp": "2026-03-01T00:00:00.000007Z", "event": "Order Completed"}
    ids = {"email": [cards()[0]["email"]]}
    workspace.collect([order | {"identifiers": ids, "properties": {"revenue": 5}}])
    workspace.collect([order | {"message_id": "2", "timestamp": "2026-02-01T00:00:00Z", "identifiers": ids}])
    customers = list(range(1, 30))
    few = stakes.stakes_of(workspace.home, workspace.settings.policy, customers)
    monkeypatch.setattr(stakes, "FEW", 0)
    assert few == stakes.stakes_of(workspace.home, workspace.settings.policy, customers)
    assert max((one.orders, one.events) for one in few.values()) == (1, 3)


def test_proposals_that_are_taken_back_close_their_cases(opened, read):
    workspace = opened(cards())
    workspace.match()
    a, b = workspace.review.queue(1, source="matching").cases[0].finding.about
    workspace.matching.book.forget([a])
    workspace.resolve()
    gone = [one.finding.about for one in workspace.review.queue(50, state="closed", source="matching").cases]
    assert (a, b) in gone
    assert read[-1] == len(workspace.proposals()), "they went without a trace, so all are looked at"
    assert as_a_whole_look_has_it(workspace)
