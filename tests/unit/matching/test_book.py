"""What matching keeps: the newest model's proposals, and joined pairs by the change that joined or parted them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knotwork_graph.proposals import Findings, KeptModel, MatchBook, Matched, Proposal

MODEL = KeptModel("v1", datetime(2026, 7, 1, tzinfo=UTC), 3, 10, "{}", "{}")
AB = Matched("email:a", "email:b", 0.98, "v1")
CD = Matched("email:c", "email:d", 0.97, "v1")


def proposal(a: str, b: str, score: float) -> Proposal:
    return Proposal(a, b, score, 3.0, "review", "{}")


@pytest.fixture
def book(tmp_path: Path) -> MatchBook:
    return MatchBook(tmp_path / "matching.db")


def test_reading_makes_no_file(book: MatchBook, tmp_path: Path) -> None:
    assert (book.change(), book.matched(), book.proposals(), book.model()) == (0, (), (), None)
    assert book.touched(0) == book.parted_since(0) == book.withdrawn(0) == frozenset()
    assert (book.near({"a"}, 0), book.joined_since(0), book.latest(), book.renewed()) == ((), (), 0, 0)
    assert list(tmp_path.iterdir()) == []


def test_what_is_proposed_among_some_is_looked_up(book: MatchBook) -> None:
    book.replace(MODEL, Findings([proposal("a", "b", 0.6), proposal("b", "c", 0.9), proposal("c", "d", 0.9)], []))
    assert book.proposed_among({"a", "b", "c"}) == {("a", "b"), ("b", "c")}
    assert book.proposed_among({"a", "c"}) == frozenset()


def test_what_is_near_some_keys_and_what_came_or_went_since_is_looked_up(book: MatchBook) -> None:
    book.replace(MODEL, Findings([proposal("a", "b", 0.6), proposal("b", "c", 0.9), proposal("x", "y", 0.7)], [AB]))
    assert [(one.a, one.b) for one in book.near({"b"}, 1)] == [("b", "c"), ("a", "b")]
    assert (len(book.near(set(), 0)), book.near({"d"}, 1), book.renewed()) == (3, (), 1)
    assert book.refresh(MODEL, frozenset({"a", "email:a"}), Findings([proposal("a", "c", 0.8)], [CD])) == 2
    assert [(one.a, one.b) for one in book.near(set(), 1)] == [("a", "c")]
    assert (book.withdrawn(1), book.withdrawn(2)) == ({("a", "b")}, frozenset())
    assert (book.joined_since(1), book.parted_since(1)) == ((CD,), {("email:a", "email:b")})
    assert (book.joined_since(2), book.parted_since(2), book.latest(), book.renewed()) == ((), frozenset(), 2, 1)
    book.forget(["a"])
    assert (book.withdrawn(0), book.renewed(), "a" in book.named()) == (frozenset(), 2, False)


def test_a_book_of_an_older_version_is_read_and_brought_up_to_date(book: MatchBook, tmp_path: Path) -> None:
    book.replace(MODEL, Findings([proposal("a", "b", 0.6)], [AB]))
    book.close()
    with closing(sqlite3.connect(tmp_path / "matching.db")) as older, older:
        older.executescript("DROP TABLE renewed; DROP TABLE withdrawn; DROP INDEX proposals_b")
    assert [(one.a, one.b) for one in book.near({"b"}, 1)] == [("a", "b")]
    assert (book.renewed(), book.withdrawn(0), book.matched()) == (0, frozenset(), (AB,))


def test_a_new_model_replaces_what_the_old_one_found(book: MatchBook) -> None:
    assert book.replace(MODEL, Findings([proposal("a", "b", 0.6), proposal("c", "d", 0.9)], [AB, CD])) == 1
    assert [one.score for one in book.proposals()] == [0.9, 0.6]
    new = replace(AB, model="v2")
    assert book.replace(replace(MODEL, version="v2"), Findings([proposal("e", "f", 0.7)], [new])) == 2
    assert book.matched() == (new,)
    assert [(one.a, one.model) for one in book.proposals()] == [("e", 2)]
    assert (found := book.model()) is not None
    assert (found.version, found.number) == ("v2", 2)


def test_runs_are_told_what_changed_since_they_looked(book: MatchBook) -> None:
    book.replace(MODEL, Findings([], [AB]))
    assert (book.change(), book.touched(0), book.touched(1)) == (1, {"email:a", "email:b"}, frozenset())
    book.replace(MODEL, Findings([], [AB]))
    assert book.change() == 1, "nothing has changed"
    book.replace(MODEL, Findings([], [CD]))
    assert book.touched(1) == {"email:a", "email:b", "email:c", "email:d"}


def test_only_the_keys_looked_at_are_refreshed(book: MatchBook) -> None:
    book.replace(MODEL, Findings([proposal("email:a", "x", 0.6), proposal("y", "z", 0.7)], [AB, CD]))
    book.refresh(MODEL, frozenset({"email:a"}), Findings([proposal("email:a", "w", 0.8)]))
    assert {(one.a, one.b) for one in book.proposals()} == {("email:a", "w"), ("y", "z")}
    assert book.matched() == (CD,)


def test_dropping_the_model_parts_all_it_joined(book: MatchBook) -> None:
    book.replace(MODEL, Findings([proposal("y", "z", 0.7)], [AB, CD]))
    assert book.drop() == 2
    assert (book.matched(), book.proposals()) == ((), ())
    assert book.touched(1) == {"email:a", "email:b", "email:c", "email:d"}


def test_what_is_erased_leaves_no_trace(book: MatchBook, tmp_path: Path) -> None:
    book.replace(MODEL, Findings([proposal("email:a", "z", 0.7)], [AB, CD]))
    book.replace(MODEL, Findings([proposal("email:a", "z", 0.7)], [CD]))
    book.forget(["email:a"])
    assert (book.matched(), book.proposals()) == ((CD,), ())
    book.close()
    assert not any(b"email:a" in path.read_bytes() for path in tmp_path.iterdir())


def test_a_pair_has_an_order() -> None:
    with pytest.raises(ValueError, match="smaller first"):
        Matched("b", "a", 0.9, "v")
