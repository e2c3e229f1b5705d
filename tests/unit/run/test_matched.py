"""Joined pairs in runs: what was touched gives what everything gives, and a model taken back leaves no trace."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from hypothesis import HealthCheck, given, settings

from knotwork_graph.proposals import Findings, KeptModel, MatchBook, Matched
from knotwork_resolvers.run.guessed import COUNT, change_in, ids_of, keys_since
from knotwork_resolvers.run.situation import Situation
from tests.contract.graph.made import Seen
from tests.unit.identity.graphs import policy_of
from tests.unit.identity.worlds import decisions_on, keys_of, links_of, policy_for
from tests.unit.run.ledger import Ledger, Step, compared, history, spread
from tests.unit.run.test_incremental import dice

MODEL = KeptModel("v1", datetime(2026, 7, 1, tzinfo=UTC), 1, 10, "{}", "{}")
SIDES = (Seen("user_id:1", "email:a"), Seen("phone:2", "email:b"))
PAIR = Matched("email:a", "email:b", 0.97, "v1")


@dataclass(slots=True)
class Matching(Ledger):
    """A ledger with a match book."""

    def __post_init__(self) -> None:
        Ledger.__post_init__(self)
        self.home = replace(self.home, matches=MatchBook(self.folder / "matching.db"))

    def join(self, *pairs: Matched) -> None:
        """Let these pairs be all that are joined."""
        assert self.home.matches is not None
        self.home.matches.replace(MODEL, Findings(matched=pairs))

    def _situation(self, day: int) -> Situation:
        at = Ledger._situation(self, day)
        state = at.state
        counts = self.home.store.runs()[0].counts if state.current else {}
        found = at.touched
        if found is not None:
            found = replace(found, matching=ids_of(self.home.store, keys_since(self.home, counts)))
        return replace(at, touched=found, matched=change_in(self.home))


def guesses(chance: Random, keys: list[str]) -> tuple[Matched, ...]:
    """Some pairs, the same ones again and again, so that they come and go."""
    pairs = {tuple(sorted(chance.sample(keys, 2))) for _ in range(3)}
    return tuple(Matched(a, b, chance.choice((0.95, 0.99)), "v1") for a, b in sorted(pairs))


@given(dice)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_touched_gives_what_everything_gives_with_joined_pairs(dice):
    chance, keys = dice.roll("matched history"), keys_of(dice)
    folder = Path(mkdtemp())
    (folder / "some").mkdir()
    (folder / "all").mkdir()
    policy = policy_for(dice)
    ways = Matching(folder / "some", policy, whole=False), Matching(folder / "all", policy, whole=True)
    links, said = list(links_of(dice).values()), decisions_on(keys, chance)
    try:
        for step in history(chance, links, keys, said, spread(chance, 6)):
            if chance.random() < 0.6:
                found = guesses(chance, keys)
                for way in ways:
                    way.join(*found)
            some, every = (compared(way.take(step)) for way in ways)
            assert ways[0].told() == ways[1].told(), step
            assert some == every, step
    finally:
        for way in ways:
            way.close()
        shutil.rmtree(folder)


def members(ledger: Ledger) -> dict[str, str]:
    """Whose each identifier is, by its key."""
    rows = ledger.home.store.member_rows().to_pylist()
    return {f"{row['type']}:{row['value']}": row["customer"] for row in rows}


def test_a_model_comes_and_goes_and_gives_the_earlier_customers_back(tmp_path):
    ledger = Matching(tmp_path, policy_of({"user_id": {"max_per_customer": 1}}), whole=False)
    ledger.take(Step(1, SIDES))
    before = members(ledger)
    assert before["email:a"] != before["email:b"]
    ledger.join(PAIR)
    ledger.take(Step(2))
    joined = members(ledger)
    assert len(set(joined.values())) == 1
    ledger.join()
    ledger.take(Step(3))
    assert members(ledger) == before
    causes = [row["cause"] for row in ledger.home.store.change_rows().to_pylist() if row["run"] > 1]
    ledger.close()
    assert set(causes) == {"matching"}


def test_a_run_obeys_each_change_of_the_book_once(tmp_path):
    ledger = Matching(tmp_path, policy_of(), whole=False)
    ledger.take(Step(1, SIDES))
    ledger.join(PAIR)
    ledger.take(Step(2))
    runs = ledger.home.store.runs()
    assert runs[0].counts[COUNT] == 1
    assert len(ledger._situation(3).touched or ()) == 0
    ledger.close()
