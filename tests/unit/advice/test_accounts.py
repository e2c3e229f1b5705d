"""Which types that nobody named look like accounts, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.advice import accountlike, advise
from knotwork_resolvers.advice.measure import touching, usable_of
from knotwork_resolvers.run.figures import unnamed_types
from tests.unit.advice.worlds import NOW, couples, graph_of, policy_of, shared_by, till

POLICY = policy_of(user_id=1, device=None)


def test_a_type_that_people_have_one_of_and_that_a_machine_saw_many_of():
    (found,) = accountlike(graph_of(*till("member", 30)), POLICY)
    assert (found.type, found.seen, found.single, found.tying) == ("member", 30, 30, 1)


def test_what_ties_nobody_or_is_named_is_not_told():
    assert not list(accountlike(graph_of(*couples("member", 30)), POLICY))
    assert not list(accountlike(graph_of(*till("member", 30)), policy_of(user_id=1, device=None, member=None)))


def test_too_few_people_tell_nothing():
    assert not list(accountlike(graph_of(*till("member", 19)), POLICY))


def test_what_people_have_several_of_is_no_account():
    orders = [(f"order:{person}-{number}", f"user_id:u{person:04}") for person in range(30) for number in range(3)]
    assert not list(accountlike(graph_of(*orders, *till("order", 5)), POLICY))


def test_a_graph_without_types_is_well():
    assert not list(accountlike(graph_of(), POLICY))


def test_a_run_warns_of_it_with_the_remedy():
    (said,) = unnamed_types(graph_of(*till("member", 30)), POLICY)
    assert said.startswith("identifier type member is not in the policy and looks like an account: 30 of the 30 ")
    assert "write [identifiers.member] with max_per_customer = 1" in said
    (plain,) = unnamed_types(graph_of(*couples("member", 30)), POLICY)
    assert plain == "identifier type member is not in the policy; it links with the defaults"


def test_a_till_on_its_own_is_no_customer_with_many_accounts():
    guarded = replace(POLICY, default=IdentifierRule("default", shared_above={"device": 1}))
    (advice,) = advise(graph_of(*till("member", 40)), guarded, NOW, ["member"])
    assert (advice.per_customer.counted, advice.per_customer.largest) == (40, 1)
    assert (advice.suggested.max_per_customer, dict(advice.suggested.shared_above)) == (1, {})
    assert advice.largest_suggested < advice.largest_now


def test_where_machines_are_all_there_is_they_count():
    graph = graph_of(*(("device:d", f"cookie:{number}") for number in range(4)), *shared_by("user_id:x", 0))
    names = graph.identifiers.type_names
    found = touching(graph, policy_of(), NOW, names.index("cookie"))
    kept = usable_of(graph, names.index("cookie"))
    assert (found.per_customer(kept).tolist(), np.count_nonzero(found.person)) == ([4], 0)
