"""Decisions that no partition could obey together are refused; all others stand beside each other."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_graph.model import Decision, DecisionKind
from knotwork_resolvers.review import Book

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
MUST, CANNOT = DecisionKind.MUST_LINK, DecisionKind.CANNOT_LINK
SHARED, KEEP, BLOCK = DecisionKind.MARK_SHARED, DecisionKind.KEEP_LINKING, DecisionKind.BLOCK


def said(number: int, kind: DecisionKind, a: str, b: str | None = None, by: str = "mai") -> Decision:
    return Decision(kind, f"t:{a}", None if b is None else f"t:{b}", by, AT, "", number)


def chain(letters: str, start: int = 1) -> list[Decision]:
    return [said(n, MUST, a, b) for n, (a, b) in enumerate(pairwise(letters), start)]


def refused(book: Book, new: Decision) -> tuple[int, list[int]] | None:
    found = book.objection(new)
    return None if found is None else (found.first.number, [one.number for one in found.path])


@pytest.mark.parametrize(("first", "second"), [(MUST, CANNOT), (CANNOT, MUST)])
@pytest.mark.parametrize("ends", ["ab", "ba"])
def test_a_pair_is_not_both_one_and_two(first, second, ends):
    book = Book([said(4, first, "a", "b", "linh")])
    assert refused(book, said(5, second, *ends)) == (4, [])
    words = book.objection(said(5, second, *ends)).words
    assert words == f"it contradicts decision 4 (a {first.replace('_', '-')} by linh, 2026-03-01 09:30 UTC)"


def test_no_cannot_link_across_a_path_of_must_links():
    book = Book(chain("abcd"))
    assert refused(book, said(9, CANNOT, "a", "d")) == (1, [2, 3])
    assert refused(book, said(9, CANNOT, "d", "b")) == (2, [3])
    assert refused(book, said(9, CANNOT, "a", "e")) is None
    assert "together with the must-links 2, 3" in book.objection(said(9, CANNOT, "a", "d")).words


def test_no_must_link_that_joins_the_ends_of_a_cannot_link():
    book = Book([*chain("ab"), *chain("cd", 2), said(3, CANNOT, "d", "a")])
    assert refused(book, said(9, MUST, "b", "c")) == (3, [1, 2])
    assert refused(book, said(9, MUST, "b", "e")) is None
    book.remove(said(2, MUST, "c", "d"))
    assert refused(book, said(9, MUST, "b", "c")) is None


def test_a_direct_contradiction_is_named_before_one_across_a_path():
    book = Book([said(1, CANNOT, "a", "x"), *chain("bx", 2), said(3, CANNOT, "a", "b")])
    assert refused(book, said(9, MUST, "a", "b")) == (3, [])


@pytest.mark.parametrize("first", [SHARED, KEEP, BLOCK])
@pytest.mark.parametrize("second", [SHARED, KEEP, BLOCK])
def test_one_word_on_one_identifier(first, second):
    book = Book([said(1, first, "a")])
    new = said(2, second, "a")
    assert refused(book, new) == (None if first is second else (1, []))
    assert (book.same(new) is not None) == (first is second)
    assert refused(book, said(2, second, "b")) is None


def test_the_same_said_twice_is_the_first_whichever_way_round():
    book = Book([said(1, MUST, "a", "b"), said(2, CANNOT, "c", "d")])
    assert book.same(said(3, MUST, "b", "a")).number == 1
    assert book.same(said(3, CANNOT, "d", "c")).number == 2
    assert book.same(said(3, MUST, "a", "c")) is None


def test_a_word_and_a_link_stand_beside_each_other():
    book = Book([said(1, MUST, "a", "b")])
    assert all(refused(book, said(2, kind, "a")) is None for kind in (SHARED, KEEP, BLOCK))


PAIRS = st.lists(
    st.tuples(st.sampled_from([MUST, CANNOT]), st.integers(0, 6), st.integers(0, 6)).filter(
        lambda one: one[1] != one[2]
    ),
    max_size=24,
)


def possible(links: list[Decision]) -> bool:
    """Whether a partition obeys all of these, by networkx."""
    joined = nx.Graph((one.a, one.b) for one in links if one.kind is MUST)
    joined.add_nodes_from(end for one in links for end in (one.a, one.b))
    return not any(nx.has_path(joined, one.a, one.b) for one in links if one.kind is CANNOT)


@given(tried=PAIRS, taken_out=st.integers(0, 5))
def test_exactly_what_no_partition_could_obey_is_refused(tried, taken_out):
    book, standing = Book(), []
    for number, (kind, a, b) in enumerate(tried, 1):
        new = said(number, kind, str(a), str(b))
        assert (book.objection(new) is None) == possible([*standing, new])
        if possible([*standing, new]) and book.same(new) is None:
            book.add(new)
            standing.append(new)
        if taken_out and number % 6 == taken_out and standing:
            book.remove(standing.pop(number % len(standing)))
