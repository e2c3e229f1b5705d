"""Since when an identifier leads to a known person: over all paths, the least of the latest first sighting."""

from __future__ import annotations

from datetime import timedelta

from knotwork_graph.model import EdgeView
from knotwork_graph.model.times import EPOCH
from knotwork_resolvers.journeys.stitching import ALWAYS, ANONYMOUS_TYPES, stitches

A, B, C, D, LAN = "cookie:a", "cookie:b", "device:c", "cookie:d", "email:lan"


def day(number):
    return EPOCH + timedelta(days=number)


def edge(a, b, first, kind="linking"):
    return EdgeView(*sorted((a, b)), 1, 0, day(first), day(first + 100), ("web",), kind)


def known_since(keys, edges):
    return {key: one.since for key, one in stitches(keys, edges).items()}


def test_the_way_to_a_known_one_is_told_from_each_key():
    found = stitches([A, B], [edge(A, B, 1), edge(B, LAN, 5), edge(A, C, 0)])
    assert {key: one.path for key, one in found.items()} == {
        LAN: (LAN,),
        B: (B, LAN),
        A: (A, B, LAN),
        C: (C, A, B, LAN),
    }


def test_a_known_type_is_known_always():
    assert known_since([LAN, "phone:1", "order_number:9"], []) == dict.fromkeys(
        [LAN, "phone:1", "order_number:9"], ALWAYS
    )


def test_an_anonymous_one_that_leads_nowhere_is_never_known():
    assert known_since([A, B], [edge(A, B, 1)]) == {}


def test_a_neighbour_is_known_from_their_first_meeting():
    assert known_since([A], [edge(A, LAN, 5)])[A] == day(5)


def test_along_a_path_the_latest_meeting_counts():
    links = [edge(A, B, 9), edge(B, C, 3), edge(C, LAN, 5)]
    assert known_since([A, B, C], links) == {LAN: ALWAYS, C: day(5), B: day(5), A: day(9)}


def test_of_two_paths_the_earlier_stitch_counts():
    links = [edge(A, LAN, 9), edge(A, B, 2), edge(B, C, 4), edge(C, "user_id:1", 3)]
    assert known_since([A], links)[A] == day(4)


def test_severed_edges_lead_nowhere():
    assert A not in known_since([A], [edge(A, LAN, 5, "severed")])


def test_a_ring_of_anonymous_ones_ends():
    links = [edge(A, B, 1), edge(B, D, 2), edge(D, A, 3), edge(D, LAN, 4)]
    assert known_since([A], links) == {LAN: ALWAYS, D: day(4), A: day(4), B: day(4)}


def test_browsers_and_machines_are_the_anonymous_ones():
    assert {"cookie", "device", "advertising_id"} <= ANONYMOUS_TYPES
    assert not {"email", "phone", "user_id", "loyalty_card"} & ANONYMOUS_TYPES
