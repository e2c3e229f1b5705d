"""What became of customers, against counting by hand over sets."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from knotwork_graph.model import GraphArrays, IdentifierArrays, customer_id, empty_edges
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.explain.comparing import compare
from knotwork_resolvers.explain.effects import MOST_EFFECTS, World, largest_effects
from knotwork_resolvers.explain.simulation import EffectKind

owners = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


def fates(rows: list[tuple[int, int]]) -> dict[str, int]:
    """The same by sets, one customer after the other."""
    heirs, sources = defaultdict(set), defaultdict(set)
    for before, after in rows:
        heirs[before].add(after)
        sources[after].add(before)
    found = dict.fromkeys(("unchanged", "merged", "split", "both", "adjusted", "dissolved", "appeared"), 0)
    for customer in heirs.keys() - {0}:
        living = heirs[customer] - {0}
        split, merged = len(living) > 1, any(len(sources[heir] - {0}) > 1 for heir in living)
        touched = 0 in heirs[customer] or any(0 in sources[heir] for heir in living)
        names = {(True, True): "both", (True, False): "split", (False, True): "merged"}
        found[names.get((split, merged), "adjusted" if touched else "unchanged") if living else "dissolved"] += 1
    found["appeared"] = sum(sources[customer] == {0} for customer in sources.keys() - {0})
    return found


def arrays(rows):
    return (np.array([row[side] for row in rows], np.int64) for side in (0, 1))


@given(owners)
def test_every_customer_has_one_fate_and_it_is_the_one_that_sets_tell(rows):
    found = compare(*arrays(rows))
    assert found.fate == fates(rows)
    assert sum(found.fate.values()) - found.fate["appeared"] == len({before for before, _ in rows} - {0})


@given(owners)
def test_groups_are_the_components_of_who_became_whom(rows):
    found = compare(*arrays(rows))
    oracle = nx.Graph((("now", a), ("then", b)) for a, b in rows if a and b)
    oracle.add_nodes_from(("now", a) for a, _ in rows if a)
    oracle.add_nodes_from(("then", b) for _, b in rows if b)
    assert len(found.changed) == nx.number_connected_components(oracle)
    assert found.changed.sum() == sum(before != after for before, after in rows)


def world(types: str, customers: list[int]) -> World:
    """Identifiers ``u:0``, ``t:1`` and so on, of the given types and customers."""
    names = ("t", "u")
    identifiers = IdentifierArrays(
        ids=np.arange(1, len(types) + 1),
        types=np.array([names.index(one) for one in types], np.int32),
        values=pa.array([str(place) for place in range(len(types))], pa.large_string()),
        usable=np.ones(len(types), np.bool_),
        type_names=names,
    )
    policy = Policy(identifiers={"u": IdentifierRule("u", priority=1)})
    return World(GraphArrays(identifiers, empty_edges()), policy, np.arange(len(types)), np.array(customers, np.int64))


def effects(types, before, after):
    first, second = world(types, before), world(types, after)
    return largest_effects(compare(first.customer, second.customer), first, second)


def test_an_effect_names_its_customers_by_id_and_strongest_identifier():
    merged, released = effects("tuuttt", [1, 1, 2, 2, 3, 3], [1, 1, 1, 1, 3, 0])
    assert (merged.kind, merged.identifiers, merged.customers_before, merged.customers_after) == ("merged", 2, 2, 1)
    assert [(one.id, one.key, one.identifiers) for one in merged.before] == [
        (customer_id(1), "u:1", 2),
        (customer_id(2), "u:2", 2),
    ]
    assert [(one.id, one.key, one.identifiers) for one in merged.after] == [(customer_id(1), "u:1", 4)]
    assert merged.examples == ("u:2", "t:3")
    assert (released.kind, released.examples) == (EffectKind.ADJUSTED, ("t:5",))


def test_a_new_id_is_marked_new():
    (split,) = effects("uttt", [1, 1, 1, 1], [1, 1, 9, 9])
    assert split.kind is EffectKind.SPLIT
    assert [(one.id, one.new) for one in split.after] == [(customer_id(1), False), (customer_id(9), True)]


def test_no_more_effects_than_twenty_the_largest_first():
    before = [number for number in range(1, 31) for _ in range(number)]
    after = [0 if number % 2 else number for number in before]
    found = effects("t" * len(before), before, after)
    assert [one.identifiers for one in found] == list(range(29, 0, -2))
    before = list(range(1, 60))
    assert len(effects("t" * 59, before, [0] * 59)) == MOST_EFFECTS


def test_where_nothing_differs_there_is_no_effect():
    assert effects("tu", [1, 1], [1, 1]) == ()
    assert effects("", [], []) == ()
