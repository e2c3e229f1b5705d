"""What one identifier was seen with, where no second one is asked about."""

from __future__ import annotations

from knotwork_resolvers.explain.neighbours import neighbours
from knotwork_resolvers.explain.wording import neighbours_text


def told(store, ground, key):
    return neighbours(store, ground, store.side(key).standing)


def test_the_links_of_most_evidence_come_first_and_begin_with_what_was_asked(small, ground):
    found = told(small("a-b:1 a-c:5 d-a:3 b-c:9", {1: "abcd"}), ground, "t:a")
    assert [(link.a, link.b, link.count) for link in found.links] == [
        ("t:a", "t:c", 5),
        ("t:a", "t:d", 3),
        ("t:a", "t:b", 1),
    ]
    assert found.left_out == ()


def test_of_a_hub_eight_links_are_told_and_the_others_are_counted(small, ground):
    store = small("", {1: "abcdefghijkl"})
    for count, end in enumerate("bcdefghijkl", 1):
        store.tie("t:a", f"t:{end}", count)
    found = told(store, ground, "t:a")
    assert [link.count for link in found.links] == [11, 10, 9, 8, 7, 6, 5, 4]
    assert found.left_out == ("3 links of less evidence",)
    assert "Left out: 3 links of less evidence." in neighbours_text(found)


def test_what_always_came_alone_was_seen_with_nothing(small, ground):
    found = told(small("b-c:1", {1: "abc"}), ground, "t:a")
    assert (found.links, neighbours_text(found)) == ((), "  nothing: it always came alone")
