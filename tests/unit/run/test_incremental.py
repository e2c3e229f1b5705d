"""Resolving what was touched finds what resolving everything finds, after every step of any history."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knotwork_graph.model import Recorded
from knotwork_graph.model.times import EPOCH
from tests.contract.graph.made import Seen
from tests.unit.identity.graphs import policy_of
from tests.unit.identity.worlds import Dice, decisions_on, keys_of, links_of, policy_for
from tests.unit.run.ledger import Ledger, Step, compared, history, spread

dice = st.builds(Dice, st.integers(2, 10), st.integers(0, 2**32))


@given(dice)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_touched_gives_what_everything_gives(dice):
    check(dice)


def check(dice: Dice, steps: int = 8) -> None:
    """One random history, walked both ways."""
    chance, keys = dice.roll("history"), keys_of(dice)
    folder = Path(mkdtemp())
    policy = policy_for(dice)
    ways = Ledger(folder / "some", policy, whole=False), Ledger(folder / "all", policy, whole=True)
    try:
        for step in history(
            chance, list(links_of(dice).values()), keys, decisions_on(keys, chance), spread(chance, steps)
        ):
            some, every = (compared(way.take(step)) for way in ways)
            assert ways[0].told() == ways[1].told(), step
            assert some == every, step
    finally:
        for way in ways:
            way.close()
        shutil.rmtree(folder)


def test_what_ceases_to_link_sets_its_neighbours_free(tmp_path):
    rules = {"user_id": {"max_per_customer": 1}, "device": {"shared_above": {"user_id": 2}}}
    policy = policy_of(rules, conflict="isolate")
    first = (Seen("user_id:1", "device:d", 5), Seen("user_id:2", "cookie:n", 3), Seen("cookie:n", "device:d"))
    crowd = (Seen("user_id:3", "device:d"), Seen("user_id:4", "device:d"))
    ways = Ledger(tmp_path / "some", policy, whole=False), Ledger(tmp_path / "all", policy, whole=True)
    for step in (Step(1, first), Step(2, crowd)):
        for way in ways:
            way.take(step)
    told = [way.told() for way in ways]
    for way in ways:
        way.close()
    owners = {value: customer for customer, kind, value, *_ in told[0]["members"] if (kind, value) != ("user_id", "1")}
    assert owners["n"] == owners["2"], "the cookie stood alone only while the device linked"
    assert told[0] == told[1]


def test_an_id_that_lives_on_elsewhere_is_not_taken_up_again(tmp_path):
    policy = policy_of({"cookie": {"ttl": 30}})
    a, b, c, d = (f"cookie:{name}" for name in "abcd")
    whole = (Seen(a, b), Seen(b, c), Seen(c, d))
    again = (Seen(a, b, first=35, last=35), Seen(c, d, first=35, last=35))
    apart = Recorded(1, "cannot_link", c, d, "mai", EPOCH)
    ways = Ledger(tmp_path / "some", policy, whole=False), Ledger(tmp_path / "all", policy, whole=True)
    for step in (Step(1, whole), Step(40, again), Step(41, records=(apart,))):
        for way in ways:
            way.take(step)
    told = [way.told() for way in ways]
    for way in ways:
        way.close()
    owners = {value: customer for customer, _, value, *_ in told[0]["members"]}
    assert owners["a"] == owners["b"] == 1
    assert len({owners["a"], owners["c"], owners["d"]}) == 3
    assert told[0] == told[1]


def test_more_of_the_same_evidence_turns_a_cut_round(tmp_path):
    policy = policy_of({"user_id": {"max_per_customer": 1}})
    first = (Seen("user_id:1", "cookie:c"), Seen("user_id:2", "cookie:c", 2))
    ways = Ledger(tmp_path / "some", policy, whole=False), Ledger(tmp_path / "all", policy, whole=True)
    for step in (Step(1, first), Step(1, (Seen("user_id:1", "cookie:c", 9),))):
        for way in ways:
            way.take(step)
    told = [way.told() for way in ways]
    for way in ways:
        way.close()
    owners = {(kind, value): customer for customer, kind, value, *_ in told[0]["members"]}
    assert owners["cookie", "c"] == owners["user_id", "1"] != owners["user_id", "2"]
    assert told[0] == told[1]
