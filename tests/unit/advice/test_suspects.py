"""Values that are suspected, and those that are not though they look like it."""

from __future__ import annotations

import numpy as np
import pytest

from knotwork_resolvers.advice.suspects import SHOWN, suspects
from tests.unit.advice.worlds import graph_of


def suspected(kind, **customers):
    return suspected_values(kind, customers)


def suspected_values(kind, customers):
    """What is found among values of ``kind`` that touch so many customers each; eleven ordinary values beside them."""
    ordinary = {f"ordinary-{letter}-{letter}": 1 for letter in "bcdghijklmo"}
    counts = customers | ordinary
    graph = graph_of(*((f"{kind}:{value}", "user_id:u") for value in counts))
    own = graph.identifiers.types == graph.identifiers.type_names.index(kind)
    touched = np.array([counts.get(value, 0) for value in graph.identifiers.values.to_pylist()], np.int64)
    return suspects(graph, own, touched)


@pytest.mark.parametrize(
    "value", ["test@example.com", "qa.test01@shop.example", "khongco@example.com", "n/a", "0999999999", "+84123456789"]
)
def test_a_placeholder_that_many_share_is_to_be_blocked(value):
    (found,) = suspected_values("email", {value: 50}).shown
    assert (found.value, found.customers, found.block) == (value, 50, True)


@pytest.mark.parametrize("value", ["contest@example.com", "na.chen@example.com", "demoss.lan@example.com", "lan@a.com"])
def test_an_ordinary_value_is_not_suspected_for_a_part_of_it(value):
    assert suspected_values("email", {value: 2}).shown == ()


def test_a_look_alone_is_no_reason_to_block():
    (found,) = suspected_values("phone", {"+84909999999": 2}).shown
    assert not found.block


def test_many_customers_alone_are_no_reason_to_block():
    (found,) = suspected(kind="device", kiosk=60).shown
    assert (found.reason, found.block) == ("touches far more customers than other values do", False)


def test_what_touches_one_customer_glues_nobody():
    assert not suspected_values("email", {"test@example.com": 1}).suspected.any()


def test_a_role_mailbox_is_named_as_one():
    (found,) = suspected_values("email", {"office@acme.example": 3}).shown
    assert found.reason == "a mailbox of an office rather than a person"


def test_the_worst_come_first_and_the_rest_is_counted():
    found = suspected_values(
        "device", {f"kiosk{n:02}": 100 + n for n in range(SHOWN + 5)} | dict.fromkeys("pqrstuvwxyzabcdefghijklmno", 1)
    )
    assert [one.customers for one in found.shown[:2]] == [124, 123]
    assert (len(found.shown), int(found.suspected.sum())) == (SHOWN, SHOWN + 5)


def test_no_values_no_suspects():
    graph = graph_of(("device:a", "user_id:u"))
    none = np.zeros(2, np.int64)
    assert suspects(graph, none > 0, none).shown == ()
