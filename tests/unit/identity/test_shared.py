"""Which identifiers link nothing: shared by too many, expired, or by a steward's word."""

from __future__ import annotations

import numpy as np
import pytest

from knotwork_graph.model import DecisionKind, GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity import StatusCode
from tests.unit.identity.graphs import cannot, edge, found_in, graph_of, must, parts, policy_of, said, sets

TABLET = {"device": {"shared_above": {"user_id": 2}}}


def tablet(accounts: int, **more: int) -> GraphArrays:
    return graph_of([edge("device:t", f"user_id:{n}", **more) for n in range(accounts)])


def reasons(graph, found):
    told = zip(found.shared.identifiers.tolist(), found.shared.reasons, strict=True)
    return {graph.identifiers.key(index): why for index, why in told}


def test_just_as_many_neighbours_as_allowed_are_no_sharing():
    graph = tablet(2)
    assert parts(graph, found_in(graph, policy_of(TABLET))) == sets("device:t user_id:0 user_id:1")


def test_one_neighbour_more_makes_it_shared_and_it_belongs_to_nobody():
    graph = tablet(3)
    found = found_in(graph, policy_of(TABLET))
    assert parts(graph, found) == sets("user_id:0", "user_id:1", "user_id:2")
    assert reasons(graph, found) == {"device:t": "shared: seen with more than 2 different user_id"}
    assert found.status.tolist() == [StatusCode.SHARED, *[StatusCode.LINKING] * 3]


def test_what_a_shared_one_touched_stays_together_by_its_other_links():
    links = [edge("device:t", f"user_id:{n}") for n in range(3)]
    graph = graph_of([*links, edge("user_id:0", "cookie:c"), edge("cookie:c", "device:t")])
    assert frozenset(["user_id:0", "cookie:c"]) in parts(graph, found_in(graph, policy_of(TABLET)))


def test_neighbours_of_other_types_do_not_count():
    graph = graph_of([edge("device:t", f"email:{n}") for n in range(9)])
    assert found_in(graph, policy_of(TABLET)).parts == 1


def test_a_guard_on_a_type_that_was_never_seen_does_nothing():
    graph = graph_of([edge("device:t", "cookie:c")])
    assert found_in(graph, policy_of({"device": {"shared_above": {"fax": 1}}})).parts == 1


def test_expired_neighbours_do_not_count():
    fresh = [edge("device:t", f"user_id:{n}", first=90) for n in range(2)]
    graph = graph_of([*fresh, edge("device:t", "user_id:old", first=1)])
    found = found_in(graph, policy_of({"device": TABLET["device"] | {"ttl": 30}}), day=100)
    assert parts(graph, found) == sets("device:t user_id:0 user_id:1", "user_id:old")


def test_the_values_of_a_trait_are_counted():
    graph = graph_of([edge("email:family", "cookie:c")])
    policy = policy_of({"email": {"shared_above": {"trait:family_name": 2}}})
    assert found_in(graph, policy, family_name=np.array([9, 2])).parts == 1
    found = found_in(graph, policy, family_name=np.array([0, 3]))
    assert reasons(graph, found) == {"email:family": "shared: seen with more than 2 different values of family_name"}


def test_a_trait_that_no_event_bears_shares_nothing():
    graph = graph_of([edge("email:family", "cookie:c")])
    assert found_in(graph, policy_of({"email": {"shared_above": {"trait:family_name": 1}}})).parts == 1


def test_of_two_guards_the_first_by_name_gives_the_reason():
    graph = graph_of([edge("device:t", f"{kind}:{n}") for kind in ("user_id", "email") for n in range(3)])
    found = found_in(graph, policy_of({"device": {"shared_above": {"user_id": 1, "email": 1}}}))
    assert "different email" in reasons(graph, found)["device:t"]


def test_sharing_is_told_of_all_edges_at_once():
    """Two hubs that see each other: neither is less shared because the other one is."""
    links = [edge(f"device:{d}", f"user_id:{n}") for d in (1, 2) for n in range(3)]
    graph = graph_of(links)
    assert set(reasons(graph, found_in(graph, policy_of(TABLET)))) == {"device:1", "device:2"}


def expiring(*ttls: int, day: int) -> bool:
    """Whether a link last seen on day 10 still links on ``day``, between types with these ttls."""
    rules = {name: {"ttl": ttl} for name, ttl in zip(("cookie", "email"), ttls, strict=False)}
    graph = graph_of([edge("cookie:c", "email:e", first=1, last=10)])
    return found_in(graph, policy_of(rules), day=day).parts == 1


@pytest.mark.parametrize(("day", "links"), [(10, True), (39, True), (40, True), (41, False)])
def test_a_link_expires_when_more_than_its_ttl_has_gone_by(day, links):
    assert expiring(30, day=day) is links


def test_the_shorter_ttl_of_both_types_counts():
    assert expiring(30, 5, day=15)
    assert not expiring(30, 5, day=16)


def test_without_a_ttl_a_link_never_expires():
    assert expiring(day=100_000)


def test_an_expired_identifier_is_still_a_customer_of_its_own():
    graph = graph_of([edge("cookie:c", "email:e")])
    assert parts(graph, found_in(graph, policy_of({"cookie": {"ttl": 1}}), day=9)) == sets("cookie:c", "email:e")


def test_a_steward_keeps_a_shared_identifier_linking():
    graph = tablet(3)
    found = found_in(graph, policy_of(TABLET), said(DecisionKind.KEEP_LINKING, "device:t"))
    assert found.parts == 1
    assert reasons(graph, found) == {}


def test_a_steward_marks_an_identifier_as_shared():
    graph = tablet(1)
    found = found_in(graph, Policy(), said(DecisionKind.MARK_SHARED, "device:t"))
    assert parts(graph, found) == sets("user_id:0")
    assert reasons(graph, found) == {"device:t": "shared: a steward said so"}


def test_a_steward_blocks_an_identifier():
    graph = tablet(1)
    found = found_in(graph, Policy(), said(DecisionKind.BLOCK, "device:t"))
    assert parts(graph, found) == sets("user_id:0")
    assert found.status.tolist() == [StatusCode.BLOCKED, StatusCode.LINKING]


def test_a_must_link_brings_even_a_blocked_identifier_to_its_customer():
    graph = tablet(1)
    words = [said(DecisionKind.BLOCK, "device:t"), must("device:t", "user_id:0")]
    assert parts(graph, found_in(graph, Policy(), *words)) == sets("device:t user_id:0")


def test_decisions_on_unknown_identifiers_are_told_and_do_nothing():
    graph = tablet(1)
    words = [must("device:t", "email:gone"), cannot("fax:1", "device:t"), said(DecisionKind.BLOCK, "email:never")]
    found = found_in(graph, Policy(), *words)
    assert found.parts == 1
    assert found.unknown_decisions == ("email:gone", "email:never", "fax:1")


def test_decisions_find_equal_values_of_different_types_apart():
    graph = graph_of([edge("device:1", "cookie:1")])
    found = found_in(graph, Policy(), said(DecisionKind.BLOCK, "cookie:1"))
    assert parts(graph, found) == sets("device:1")
