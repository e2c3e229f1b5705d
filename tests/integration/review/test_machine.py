"""The review machine: whatever is seen, decided, undone and recomputed, in any order, what a steward says holds."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp

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
from knotwork_graph.errors import ContradictionError, UsageError
from knotwork_graph.model import UNDO
from tests.integration.review.desk_world import KEYS, World, foretold, told

WHY = Because("x", "mai")
key = st.sampled_from(KEYS)
PAIRS = st.sampled_from(["must_link", "cannot_link"])
WORDS = st.sampled_from(["mark_shared", "keep_linking", "block"])


class Desk(RuleBasedStateMachine):
    """One workspace, used by a steward while events come and time passes."""

    url = "sqlite"

    @initialize()
    def begin(self) -> None:
        self.folder = Path(mkdtemp())
        self.world = World(self.folder / "w", self.url)
        for keys in (["user_id:a", "email:a"], ["user_id:b", "cookie:a"], ["email:b", "cookie:b"]):
            self.world.see(keys, 100)
        self.world.resolve()

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
            after = world.seen()
            assert foretold(effect) == told(before, after, world.revenue)
            if made.fresh:
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
            kw.review.undo(number, WHY, now=True)
            assert foretold(effect) == told(before, world.seen(), world.revenue)

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
                cut = kw.review.suggest_split(customer)
                done = kw.review.split(customer, (), WHY)
            except (UsageError, ContradictionError):
                return
            after = world.seen().owner
            a, b = ({after[key] for key in side} for side in cut.sides)
            assert not (a & b) - {""}, "the two sides share no customer"
            kw.review.undo(done.records[0].number, WHY, now=True)
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
            rows = [one for one in self.world.kw.audit.rows(last=10_000) if one.kind in ("decision", "undo")]
            assert [one.kind for one in rows] == ["undo" if one.kind == UNDO else "decision" for one in every]
            assert self.world.kw.audit.broken() is None
            self.world.close()
            shutil.rmtree(self.folder)


QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck))


def test_the_machine_on_sqlite() -> None:
    run_state_machine_as_test(Desk, settings=settings(QUIET, max_examples=6, stateful_step_count=12))


@pytest.mark.neo4j
def test_the_machine_on_a_real_neo4j(neo4j_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.neo4j_server.emptying import emptied
    from tests.neo4j_server.home import PASSWORD

    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", PASSWORD)

    class OnServer(Desk):
        url = neo4j_server

        @initialize()
        def begin(self) -> None:
            emptied(neo4j_server)
            super().begin()

    run_state_machine_as_test(OnServer, settings=settings(QUIET, max_examples=2, stateful_step_count=6))
