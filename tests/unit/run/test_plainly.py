"""New identifiers that join a customer, and customers that become one: taken as plain, it is what the walk finds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from knotwork_graph.model import Recorded, Run, RunState
from knotwork_graph.model.times import EPOCH
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity.plainly import Joining, joins_plainly
from knotwork_resolvers.run import touched_only
from knotwork_resolvers.run.figures import figures_after
from knotwork_resolvers.run.plainly import joined_plainly
from knotwork_resolvers.run.situation import Outcome, Situation
from tests.contract.graph.made import Named, Seen
from tests.unit.identity.graphs import policy_of
from tests.unit.run.ledger import Ledger, Step

KNOWN = [f"{kind}:{number}" for kind in ("user_id", "email", "cookie") for number in range(5)]
NEW = ["cookie:new", "email:new", "user_id:new"]
RULES = {
    "user_id": {"max_per_customer": 1, "priority": 1},
    "email": {"max_per_customer": 2, "shared_above": {"user_id": 1, "trait:family_name": 1}},
    "cookie": {"shared_above": {"email": 1}},
}
LOOSE = {
    "user_id": {"max_per_customer": 2, "priority": 1},
    "email": {"max_per_customer": 3, "priority": 2},
    "cookie": {"priority": 2, "shared_above": {"user_id": 2}},
}


@pytest.fixture
def opened(tmp_path):
    made = []

    def opened(policy: Policy) -> Ledger:
        made.append(Ledger(tmp_path / str(len(made)), policy, whole=False))
        return made[-1]

    yield opened
    for one in made:
        one.close()


def after(ledger: Ledger, step: Step) -> Situation:
    """What a run starts from once a step has happened."""
    ledger._project(step)
    return ledger._situation(step.day)


def walked(ledger: Ledger, at: Situation, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """What is found where nothing is taken as plain."""
    with monkeypatch.context() as patch:
        patch.setattr(touched_only, "joined_plainly", lambda *_: None)
        return touched_only.resolve_touched(ledger.home, at)


def plainly(ledger: Ledger, at: Situation) -> Outcome | None:
    """What is taken as plain."""
    return joined_plainly(ledger.home, at, ledger.home.store.together_with(at.touched.ids))


def kept(ledger: Ledger, at: Situation, outcome: Outcome) -> dict[str, object]:
    """All that a run would keep of an outcome."""
    run = Run(at.state.last_run + 1, RunState.STAGED, at.moment, at.moment, None, {}, "incremental", at.state.base)
    staged = ledger._staged(run, at, outcome)
    tables = {name: getattr(staged, name).to_pylist() for name in ("members", "severed", "changes")}
    singles = {name: getattr(staged, name) for name in ("next_number", "redirects", "revived")}
    return tables | singles | {"figures": figures_after(at, ledger.home, outcome)}


def first_step(chance: Random) -> Step:
    """Some identifiers that were seen together, some names on them, now and then a word that keeps two apart."""
    pairs = {tuple(sorted(chance.sample(KNOWN, 2))) for _ in range(chance.randint(1, 6))}
    traits = tuple((f"email:{chance.randrange(5)}", "family_name", value) for value in range(chance.randrange(3)))
    apart = Recorded(1, "cannot_link", *sorted(chance.sample(KNOWN, 2)), "mai", EPOCH)
    ends = {key for pair in pairs for key in pair}
    named = tuple({key: Named(key) for key, _, _ in traits if key not in ends}.values())
    return Step(1, tuple(Seen(*pair) for pair in sorted(pairs)), named, traits, (apart,) * (chance.random() < 0.2))


def next_step(chance: Random, seen: list[str]) -> Step:
    """One event that bears up to two new identifiers and up to three others, of those ``seen`` more often than not."""
    others = chance.sample(seen if chance.random() < 0.7 else KNOWN, min(len(seen), chance.choice((1, 1, 2, 2, 3))))
    borne = chance.sample(NEW, chance.choice((0, 0, 1, 1, 2))) + others
    names = tuple((key, "family_name", 7) for key in borne if key.startswith("email") and chance.random() < 0.5)
    alone = (Named(borne[0]),) if len(borne) == 1 else ()
    return Step(2, tuple(Seen(*sorted(pair)) for pair in combinations(borne, 2)), alone, names)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_plain_is_what_the_walk_and_the_whole_function_find(opened, monkeypatch, seed):
    chance, plain, together = Random(seed), 0, 0  # noqa: S311 - no secret hangs on these
    for _ in range(30):
        rules, conflict = chance.choice((RULES, LOOSE)), chance.choice(("strongest", "isolate"))
        ledger = opened(policy_of(rules, conflict=conflict, max_cluster_size=6))
        before = [first_step(chance), replace(first_step(chance), day=2, records=())][: chance.choice((1, 2))]
        for step in before:
            ledger.take(step)
        seen = sorted({end for step in before for pair in step.seen for end in (pair.a, pair.b)})
        at = after(ledger, replace(next_step(chance, seen), day=4))
        found = plainly(ledger, at)
        if found is not None:
            plain += 1
            together += bool(found.found.redirects)
            assert kept(ledger, at, found) == kept(ledger, at, walked(ledger, at, monkeypatch))
    assert 0 < plain < 30, "some joins are plain, and others are not"
    assert together, "customers became one"


NEAR = {
    "a limit": ((Seen("cookie:1", "user_id:1"),), (Seen("cookie:1", "user_id:new"),)),
    "a limit on size": (
        tuple(Seen(f"cookie:{one}", f"cookie:{one + 1}") for one in range(5)),
        (Seen("cookie:1", "cookie:new"),),
    ),
    "a guard": ((Seen("cookie:1", "email:1"),), (Seen("cookie:1", "email:new"),)),
    "a guard of the new one": (
        (Seen("email:1", "user_id:1"), Seen("email:2", "user_id:1")),
        (Seen("cookie:new", "email:1"), Seen("cookie:new", "email:2")),
    ),
    "two customers that may not be one": (
        (Seen("cookie:1", "user_id:1"), Seen("cookie:3", "user_id:2")),
        (Seen("cookie:1", "cookie:3"),),
    ),
    "two customers that nothing ties": (
        (Seen("cookie:1", "cookie:2"), Seen("cookie:3", "cookie:4")),
        (Seen("cookie:1", "cookie:new"), Seen("cookie:3", "email:new")),
    ),
    "a severed edge": (
        (Seen("cookie:1", "user_id:1", 3), Seen("cookie:1", "user_id:2")),
        (Seen("cookie:1", "cookie:new"),),
    ),
}


@pytest.mark.parametrize("near", NEAR)
def test_where_a_rule_may_have_a_say_nothing_is_plain(opened, near):
    before, now = NEAR[near]
    ledger = opened(policy_of(RULES, max_cluster_size=6))
    ledger.take(Step(1, before))
    assert plainly(ledger, after(ledger, Step(2, now))) is None


def test_where_a_steward_has_spoken_nothing_is_plain(opened):
    ledger = opened(policy_of(RULES))
    apart = Recorded(1, "cannot_link", "cookie:1", "cookie:9", "mai", EPOCH)
    ledger.take(Step(1, (Seen("cookie:1", "cookie:2"),), records=(apart,)))
    assert plainly(ledger, after(ledger, Step(2, (Seen("cookie:2", "cookie:new"),)))) is None


def test_where_links_expire_nothing_is_plain(opened):
    ledger = opened(policy_of({"cookie": {"ttl": 30}}))
    ledger.take(Step(1, (Seen("cookie:1", "cookie:2"),)))
    assert plainly(ledger, after(ledger, Step(2, (Seen("cookie:2", "cookie:new", 1, 0, 2, 2),)))) is None


def test_one_that_is_tied_to_nobody_is_a_customer_of_its_own(opened):
    ledger = opened(policy_of(RULES))
    ledger.take(Step(1, (Seen("cookie:1", "cookie:2"),)))
    alone = Step(2, (Seen("cookie:2", "cookie:new"),), (Named("cookie:alone"),))
    assert plainly(ledger, after(ledger, alone)) is None


ALIKE = {
    "who has held them longer": (("cookie:3", "cookie:4"), ("cookie:1", "cookie:2")),
    "who is older": (("cookie:1", "cookie:2"), ("cookie:3", "cookie:4")),
}


@pytest.mark.parametrize("first", ALIKE)
def test_of_two_who_bring_alike_the_one_that_was_there_before_keeps_its_id(opened, monkeypatch, first):
    ledger = opened(policy_of(RULES))
    for day, pair in enumerate(ALIKE[first], start=1):
        ledger.take(Step(day, (Seen(*pair),)))
    at = after(ledger, Step(4, (Seen("cookie:1", "cookie:3"),)))
    found = plainly(ledger, at)
    assert found is not None
    assert len(found.found.redirects) == 1
    assert kept(ledger, at, found) == kept(ledger, at, walked(ledger, at, monkeypatch))


def test_one_that_is_tied_to_somebody_else_as_well_is_not_plain():
    kinds = dict.fromkeys(range(1, 5), "cookie")
    tied = Joining(kinds, held={1: 7, 2: 7}, new=[3], touched=[2, 3], pairs=[(1, 2), (2, 3)], traits={})
    assert joins_plainly(tied, Policy())
    assert not joins_plainly(replace(tied, pairs=[*tied.pairs, (3, 4)]), Policy())
