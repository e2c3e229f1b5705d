"""What an edge does today, told by the policy and the moment of the run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from knotwork.service.edges import edges_told
from knotwork_graph.model import EdgeView, IdentifierView, to_micros
from knotwork_graph.policy import IdentifierRule, Policy

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
HELD = (IdentifierView("email", "a@example.com"), IdentifierView("cookie", "c"))
POLICY = Policy(identifiers={"cookie": IdentifierRule("cookie", ttl=timedelta(days=30))})


def kind(a: str, b: str, *, days: int, given: str = "linking") -> str:
    edge = EdgeView(a, b, count=1, vouched=0, first_seen=SEEN, last_seen=SEEN, kind=given)
    (told,) = edges_told([edge], HELD, POLICY, to_micros(SEEN + timedelta(days=days)))
    return told.kind


def test_an_edge_inside_the_customer_links_until_its_shorter_ttl_has_passed():
    assert kind("cookie:c", "email:a@example.com", days=30) == "linking"
    assert kind("cookie:c", "email:a@example.com", days=31) == "expired"


def test_an_edge_to_an_identifier_that_is_nobodys_links_nothing():
    assert kind("device:kiosk", "email:a@example.com", days=1) == "idle"


def test_a_severed_edge_stays_severed():
    assert kind("cookie:c", "device:kiosk", days=400, given="severed") == "severed"
