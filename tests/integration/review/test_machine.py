"""The review machine: whatever is seen, decided, undone and recomputed, in any order, what a steward says holds."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from knotwork.service.review.values import Because
from knotwork_graph.desk import Case, CaseState
from knotwork_graph.errors import CaseTakenError, ContradictionError, SecondPersonError, UsageError
from knotwork_graph.model import UNDO
from tests.integration.review.desk_world import ALONE, CAREFUL, KEYS, Seen, World, foretold, told

WHY = Because("x", "mai")
LEASE = timedelta(minutes=31)
"""Longer than a claim holds."""

people = st.sampled_from(["mai", "linh", "hoa"])
key = st.sampled_from(KEYS)
PAIRS = st.sampled_from(["must_link", "cannot_link"])
WORDS = st.sampled_from(["mark_shared", "keep_linking", "block"])


class Desk(RuleBasedStateMachine):
    """One workspace, used by a steward while events come and time passes."""

    url = "sqlite"

    @initialize(careful=st.booleans())
    def begin(self, careful: bool) -> None:
        self.folder, self.later = Path(mkdtemp()), timedelta()
        self.patched = self.desk_clock()
        self.world = World(self.folder / "w", self.url, review=CAREFUL if careful else ALONE)
        for keys in (["user_id:a", "email:a"], ["user_id:b", "cookie:a"], ["email:b", "cookie:b"]):
            self.world.see(keys, 100)
        self.world.resolve()

    def desk_clock(self) -> pytest.MonkeyPatch:
        """Lets the desk live later than the machine it runs on."""
        machine = self

        class Shown(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a plain moment will do
                return datetime.now(tz) + machine.later

        patched = pytest.MonkeyPatch()
        patched.setattr("knotwork_graph.desk.desk.datetime", Shown)
        return patched

    @rule(
        keys=st.lists(key, min_size=1, max_size=3, unique=True),
        revenue=st.sampled_from([0, 0, 70]),
        consent=st.sampled_from([None, True, False]),
    )
    def an_event_comes(self, keys: list[str], revenue: int, consent: bool | None) -> None:
        self.world.see(keys, revenue, consent)

    @rule(days=st.sampled_from([1, 29, 31]))
    def time_passes(self, days: int) -> None:
        self.world.clock.days += days
        self.world.resolve()

    @rule(kind=PAIRS, a=key, b=key)
    def two_are_decided_on(self, kind: str, a: str, b: str) -> None:
        if a != b:
            self.decided(kind, a, b)

    @rule(kind=WORDS, a=key)
    def one_is_decided_on(self, kind: str, a: str) -> None:
        self.decided(kind, a, None)

    def decided(self, kind: str, a: str, b: str | None) -> None:
        """The preview is what comes of it; taking it back at once gives back all there was, and it is made again."""
        kw, world = self.world.kw, self.world
        world.resolve()
        with world.clock.moved():
            before, effect = world.seen(), kw.review.preview(kind, a, b)
            assert world.seen() == before, "a preview writes nothing"
            try:
                made = kw.review.decide(kind, a, b, WHY, now=True)
            except ContradictionError:
                assert effect.contradicts
                return
            assert not effect.contradicts
            if made.waiting:
                self.waits(made.waiting, before)
                return
            after = world.seen()
            assert foretold(effect) == told(before, after, world.revenue)
            if made.fresh and self.world.review == ALONE:
                kw.review.undo(made.record.number, WHY, now=True)
                assert world.seen().owner == before.owner
                assert world.seen().cut == before.cut
                kw.review.decide(kind, a, b, WHY, now=True)
                assert world.seen().owner == after.owner

    def standing(self) -> list[int]:
        return [one.number for one in self.world.kw.decisions()]

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def one_is_taken_back(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.standing()))
        world, kw = self.world, self.world.kw
        world.resolve()
        with world.clock.moved():
            before, effect = world.seen(), kw.review.preview_undo(number)
            made = kw.review.undo(number, WHY, now=True)
            if made.waiting:
                self.waits(made.waiting, before)
            else:
                assert foretold(effect) == told(before, world.seen(), world.revenue)

    def waits(self, number: int, before: Seen) -> None:
        """Nothing changes until a second person has looked, and whoever proposed is not the second."""
        assert self.world.seen() == before
        with pytest.raises(SecondPersonError):
            self.world.kw.review.approve(number, " MAI ")

    @precondition(lambda self: self.world.kw.review.waiting())
    @rule(data=st.data(), yes=st.booleans())
    def a_second_person_looks(self, data: st.DataObject, yes: bool) -> None:
        """At any of those that wait, whatever was decided, seen or recomputed since it was proposed."""
        world, review = self.world, self.world.kw.review
        world.resolve()
        one = data.draw(st.sampled_from(review.waiting()))
        second = next(name for name in ("mai", "linh") if name != one.by)
        with world.clock.moved():
            before, effect = world.seen(), review.proposal(one.number).effect
            if not yes:
                review.refuse(one.number, "no", second)
                assert world.seen() == before
            elif effect.contradicts:
                with pytest.raises(ContradictionError):
                    review.approve(one.number, second)
                review.refuse(one.number, "no more", second)
            else:
                review.approve(one.number, second)
                assert foretold(effect) == told(before, world.seen(), world.revenue)
        assert all(case.state is not CaseState.WAITING for case in map(review.case, one.cases))

    def open_cases(self) -> tuple[Case, ...]:
        return self.world.kw.review.queue(50).cases

    @precondition(lambda self: self.open_cases())
    @rule(data=st.data(), who=people)
    def a_case_is_claimed(self, data: st.DataObject, who: str) -> None:
        case = data.draw(st.sampled_from(self.open_cases()))
        if case.claimed_by in ("", who):
            assert self.world.kw.review.claim(case.number, who).claimed_by == who
        else:
            with pytest.raises(CaseTakenError) as refused:
                self.world.kw.review.claim(case.number, who)
            assert refused.value.holder == case.claimed_by

    @rule()
    def leases_run_out(self) -> None:
        self.later += LEASE
        assert not any(one.claimed_by for one in self.open_cases())

    @precondition(lambda self: self.open_cases())
    @rule(data=st.data(), who=people, answer=st.sampled_from(["accept", "reject", "leave"]))
    def a_case_is_answered(self, data: st.DataObject, who: str, answer: str) -> None:
        world, review = self.world, self.world.kw.review
        world.resolve()
        case = data.draw(st.sampled_from(self.open_cases() or (None,)))
        if case is None:  # the last one closed itself meanwhile
            return
        with world.clock.moved():
            before, card = world.seen(), review.card(case.number)
            effect = next(one.effect for one in card.choices if one.answer == answer)
            taken = case.claimed_by not in ("", who)
            refused = taken or (effect is not None and bool(effect.contradicts))
            try:
                done = review.answer(case.number, answer, Because("x", who), if_revision=card.revision)
            except (CaseTakenError, ContradictionError):
                assert refused
                assert world.seen() == before
                return
            assert not refused
            state = review.case(case.number).state
            if done.waiting:
                assert (state, world.seen()) == (CaseState.WAITING, before)
            else:
                assert state is (CaseState.DECIDED if done.records else CaseState.LEFT)
                expected = told(before, world.seen(), world.revenue)
                assert expected == (told(before, before, {}) if effect is None else foretold(effect))

    @rule(kind=st.sampled_from(["", "shared", "conflict"]), answer=st.sampled_from(["accept", "reject"]), who=people)
    def many_are_answered_at_once(self, kind: str, answer: str, who: str) -> None:
        world, review, why = self.world, self.world.kw.review, Because("x", who)
        world.resolve()
        with world.clock.moved():
            before = world.seen()
            plan = review.bulk(answer, why, kind=kind, dry_run=True)
            assert world.seen() == before, "a dry run writes nothing"
            done = review.bulk(answer, why, kind=kind)
            assert (done.cases, done.left_out) == (plan.cases, plan.left_out)
            if plan.second and plan.cases:
                assert done.done is not None
                assert done.done.waiting
                assert world.seen() == before
            elif plan.effect is not None:
                assert foretold(plan.effect) == told(before, world.seen(), world.revenue)

    @rule()
    def everything_is_recomputed(self) -> None:
        self.world.resolve()
        before = self.world.seen()
        self.world.resolve(full=True)
        assert self.world.seen() == before

    @precondition(lambda self: bool(set(self.world.seen().owner.values()) - {""}))
    @rule(data=st.data())
    def a_customer_is_split_and_put_together_again(self, data: st.DataObject) -> None:
        world, kw = self.world, self.world.kw
        world.resolve()
        before = world.seen()
        customer = data.draw(st.sampled_from(sorted(set(before.owner.values()) - {""})))
        with world.clock.moved():
            try:
                cut, effect = kw.review.suggest_split(customer), kw.review.preview_split(customer)
                done = kw.review.split(customer, (), WHY)
            except (UsageError, ContradictionError, CaseTakenError):
                return
            if done.waiting:
                self.waits(done.waiting, before)
                return
            seen = world.seen()
            assert foretold(effect) == told(before, seen, world.revenue)
            after = seen.owner
            a, b = ({after[key] for key in side} for side in cut.sides)
            assert not (a & b) - {""}, "the two sides share no customer"
            if not kw.review.undo(done.records[0].number, WHY, now=True).waiting:
                assert world.seen().owner == before.owner

    @invariant()
    def what_was_said_holds(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.resolve()
        owner = self.world.seen().owner
        for one in self.world.kw.decisions():
            pair = owner.get(one.a, ""), owner.get(one.b, "")
            if one.kind == "cannot_link":
                assert pair[0] != pair[1] or pair == ("", "")
            if one.kind == "must_link" and one.a in owner and one.b in owner:
                assert pair[0] == pair[1] != ""

    def teardown(self) -> None:
        if hasattr(self, "world"):
            every = self.world.kw.decisions(every=True)
            assert all(one.approved_by != one.by for one in every)
            rows = [one for one in self.world.kw.audit.rows(last=10_000) if one.kind in ("decision", "undo")]
            assert [one.kind for one in rows] == ["undo" if one.kind == UNDO else "decision" for one in every]
            assert self.world.kw.audit.broken() is None
            self.world.close()
            self.patched.undo()
            shutil.rmtree(self.folder)


QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck))


def test_the_machine_on_sqlite() -> None:
    run_state_machine_as_test(Desk, settings=settings(QUIET, max_examples=5, stateful_step_count=12))


@pytest.mark.neo4j
def test_the_machine_on_a_real_neo4j(neo4j_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.neo4j_server.emptying import emptied
    from tests.neo4j_server.home import PASSWORD

    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", PASSWORD)

    class OnServer(Desk):
        url = neo4j_server

        @initialize(careful=st.booleans())
        def begin(self, careful: bool) -> None:
            emptied(neo4j_server)
            super().begin(careful)

    run_state_machine_as_test(OnServer, settings=settings(QUIET, max_examples=3, stateful_step_count=8))
