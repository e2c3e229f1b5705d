"""Explanations of a made population: networkx, and resolution itself, are the oracles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import networkx as nx
import pytest

from knotwork_graph.model import Decision, DecisionKind, customer_number, to_micros
from knotwork_resolvers.explain.readings import read_by
from knotwork_resolvers.identity import Circumstances, partition
from knotwork_resolvers.identity.decided import index_of_keys

LARGEST = 25


@pytest.fixture(scope="module")
def largest(crowd) -> list[str]:
    """The ids of the customers with most identifiers."""
    customers, _ = crowd.customers(1000)
    return [one.id for one in sorted(customers, key=lambda one: -len(one.identifiers))[:LARGEST]]


def linked(crowd, customer: str) -> nx.Graph:
    """The customer's linking edges, straight from the store's own list."""
    members = {one.key for one in crowd.cluster(customer).identifiers if one.status == "linking"}
    found = nx.Graph()
    rule = crowd.settings.policy.rule
    moment = crowd.home.store.runs()[0].as_of
    for edge in crowd.cluster(customer).edges:
        ttls = [ttl for key in (edge.a, edge.b) if (ttl := rule(key.partition(":")[0]).ttl)]
        if (
            edge.kind == "linking"
            and {edge.a, edge.b} <= members
            and all(moment - edge.last_seen <= ttl for ttl in ttls)
        ):
            found.add_edge(edge.a, edge.b, count=edge.count)
    return found


def test_paths_bridges_and_cuts_of_the_largest_customers(crowd, largest):
    for customer in largest:
        graph = linked(crowd, customer)
        a, b = min(graph), max(graph)
        found = crowd.why(a, b)
        assert found.together
        assert (found.identifiers, found.links) == (len(graph), graph.number_of_edges())
        for path in found.paths:
            assert nx.is_simple_path(graph, list(path.identifiers))
            assert [link.count for link in path.links] == [
                graph.edges[step]["count"] for step in pairwise(path.identifiers)
            ]
        bridges = {frozenset(edge) for edge in nx.bridges(graph)}
        assert {frozenset(link) for link in found.cut_links} == {
            frozenset(step) for step in pairwise(found.paths[0].identifiers) if frozenset(step) in bridges
        }
        assert set(found.cut_identifiers) == {
            one for one in graph if one not in (a, b) and not nx.has_path(nx.restricted_view(graph, [one], []), a, b)
        }


def test_sample_events_are_events_that_bear_both_ends(crowd, largest):
    for customer in largest[:5]:
        events = {(one.source, one.message_id): one for one in crowd.journey(customer)}
        graph = linked(crowd, customer)
        links = [link for path in crowd.why(min(graph), max(graph)).paths for link in path.links]
        assert any(link.samples for link in links)
        for link in links:
            for one in link.samples:
                assert {link.a, link.b} <= set(events[one.source, one.message_id].identifiers)


def severed(crowd) -> Iterator[tuple[str, str]]:
    for row in crowd.home.store.severed_rows().to_pylist():
        yield row["a"], row["b"]


def test_every_severed_link_is_explained(crowd):
    pairs = list(severed(crowd))
    assert pairs
    for a, b in pairs:
        found = crowd.why_not(a, b)
        named = {frozenset(one.identifiers): one for one in found.between if one.kind == "severed"}
        assert named[frozenset((a, b))].collided
        assert [step.obstacle.kind for step in found.steps] == ["severed"]


def shared(crowd) -> Iterator[tuple[str, str]]:
    """For each shared identifier two customers that it was seen with, by a key of each."""
    store = crowd.home.store
    for row in store.member_rows().to_pylist():
        if row["status"] != "shared":
            continue
        key = f"{row['type']}:{row['value']}"
        ends = store.around_identifiers([store.standing(_parsed(key)).id], 100).ends.values()
        keys = {one.customer: one.key for one in ends if one.customer}
        if len(keys) > 1:
            yield keys[min(keys)], keys[max(keys)]


def _parsed(key):
    from knotwork_graph.model import Identifier

    return Identifier.parse(key)


def test_what_is_said_to_join_them_joins_them_when_everything_is_resolved_so(crowd):
    """Every advice with a value or a decision, carried out on the whole population."""
    carried_out = set[tuple[str, bool]]()
    for a, b in (*severed(crowd), *shared(crowd)):
        found = crowd.why_not(a, b)
        if found.together or len(found.steps) != 1:
            continue
        (step,) = found.steps
        for change in step.remedies:
            policy, decisions = crowd.settings.policy, ()
            if change.value:
                _, kind, _ = change.setting.split(".")
                rule = replace(policy.rule(kind), max_per_customer=int(change.value))
                policy = replace(policy, identifiers={**policy.identifiers, kind: rule})
            elif change.kind == "decision":
                decisions = (decision(step.obstacle, a, b, crowd),)
            else:
                continue
            assert joined(crowd, policy, decisions, a, b) == change.enough, (a, b, change.words)
            carried_out.add((change.kind.value, bool(change.enough)))
    assert {("decision", True), ("policy", True)} <= carried_out


def decision(obstacle, a, b, crowd) -> Decision:
    at = crowd.home.store.runs()[0].as_of
    if obstacle.kind == "shared":
        return Decision(DecisionKind.KEEP_LINKING, obstacle.identifiers[0], None, "lan", at)
    return Decision(DecisionKind.MUST_LINK, a, b, "lan", at)


def joined(crowd, policy, decisions, a, b) -> bool:
    home = crowd.home
    reading = read_by(policy, home, home.facts.segments())
    now = Circumstances(to_micros(home.store.runs()[0].as_of), decisions, reading.traits)
    label = partition(reading.graph, policy, now).label
    place = index_of_keys(reading.graph, [a, b])
    return bool(label[place[a]] == label[place[b]] != -1)


def test_two_customers_far_apart_are_told_how_far(crowd, largest):
    found = crowd.why_not(largest[0], largest[1])
    assert not found.together
    assert customer_number(found.a.customer) != customer_number(found.b.customer)
    assert found.steps or found.otherwise
