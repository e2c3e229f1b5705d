"""Properties 7 and 8: what customers' ids go through in random histories."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from knotwork_graph.model import Decision, DecisionKind
from tests.unit.identity.history import History
from tests.unit.identity.worlds import KEYS, Dice, decisions_on, dice, links_of, policy_for

SOME = settings(max_examples=60, deadline=None)
FEW = list(KEYS[::2])


class Times:
    """A history, and the chances of what comes next."""

    def __init__(self, dice: Dice, runs: int) -> None:
        self.dice, self.turn = dice, 0
        self.history = History(policy_for(dice))
        for _ in range(runs):
            self.step(*self.words())

    def state(self) -> dict[str, Any]:
        """A whole graph as a run finds it: edges, identifiers on their own, and those that are blocked."""
        self.turn += 1
        chance = self.dice.roll(f"state {self.turn}")
        blocked = chance.sample(KEYS, chance.choice((0, 0, 1, 2)))
        edges = links_of(replace(self.dice, seed=chance.randrange(2**32))).values()
        kept = [one for one in edges if not {one.a, one.b} & set(blocked)]
        return {"edges": kept, "alone": [key for key in FEW if key not in blocked], "blocked": blocked}

    def words(self) -> tuple[Decision, ...]:
        """What stewards say in a run."""
        self.turn += 1
        return decisions_on(FEW, self.dice.roll(f"words {self.turn}"))

    def step(self, *said: Decision) -> dict[str, int]:
        """One more run on another graph."""
        return self.history.step(**self.state(), decisions=said)


times = st.builds(Times, dice, st.integers(1, 4))


@given(times)
@SOME
def test_7_a_decision_and_its_undo_give_back_the_very_partition_ids_included(times):
    history, state, said = times.history, times.state(), times.words()
    before = history.step(**state)
    during = history.step(**state, decisions=said)
    event("it mattered" if during != before else "it changed nothing")
    assert history.step(**state) == before


@given(times)
@SOME
def test_7_the_last_of_several_decisions_undone_gives_back_what_the_others_said(times):
    history, state, said = times.history, times.state(), times.words()
    before = history.step(**state, decisions=said[:-1])
    history.step(**state, decisions=said)
    assert history.step(**state, decisions=said[:-1]) == before


@given(times)
@SOME
def test_8_customers_that_nothing_touched_keep_their_ids(times):
    before = times.history.ids()
    times.step(*times.words())
    after = times.history.ids()
    same = before.keys() & after.keys()
    event("some stayed" if same else "none stayed")
    assert {keys: before[keys] for keys in same} == {keys: after[keys] for keys in same}


@given(times)
@SOME
def test_8_an_id_never_names_two_customers(times):
    resolution = times.history.last
    label, customer = resolution.partition.label, resolution.customer
    pairs = set(zip(label[label >= 0].tolist(), customer[label >= 0].tolist(), strict=True))
    assert len(pairs) == len({part for part, _ in pairs}) == len({number for _, number in pairs})
    assert max(customer.tolist(), default=0) < times.history.next_number


@given(times)
@SOME
def test_8_an_id_is_taken_up_only_by_those_that_held_it(times):
    history = times.history
    held = {(row.key, row.customer) for row in history.rows}
    issued, before = history.next_number, set(history.now().values())
    times.step(*times.words())
    for keys, number in history.ids().items():
        overlap = sum((key, number) in held for key in keys)
        if number < issued:
            assert overlap > 0
        if number < issued and number not in before:
            assert 2 * overlap > len(keys)


@given(times)
@SOME
def test_8_every_id_ever_issued_leads_to_customers_that_live(times):
    history = times.history
    now, living = history.now(), set(history.now().values())
    for number in range(1, history.next_number):
        assert history.leads_to(number) <= living
    ended = [row for row in history.rows if row.until == history.run and row.customer not in living]
    for number in {row.customer for row in ended}:
        heirs = {now[row.key] for row in ended if row.customer == number and row.key in now}
        assert history.leads_to(number) == heirs


@given(times)
@SOME
def test_the_same_run_again_changes_nothing(times):
    history, state = times.history, times.state()
    first, issued = history.step(**state), history.next_number
    assert history.step(**state) == first
    assert (history.changes, history.next_number) == ([], issued)


def test_the_histories_hold_every_kind_of_word():
    """Without this the properties above could become empty."""
    said = [one.kind for seed in range(60) for one in Times(Dice(6, seed), 0).words()]
    assert set(said) == set(DecisionKind)
