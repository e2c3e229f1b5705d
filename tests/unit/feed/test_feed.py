"""The feed alone gives back who is whose, through every kind of run, and reads the same in pieces of any size."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knotwork_graph.errors import UsageError
from knotwork_graph.model import RunState, customer_id
from knotwork_resolvers.feed import Feed
from tests.unit.identity.worlds import Dice, decisions_on, keys_of, links_of, policy_for
from tests.unit.run.ledger import Ledger, Step, history, spread

dice = st.builds(Dice, st.integers(2, 10), st.integers(0, 2**32))
slowly = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def ledger_of(dice: Dice, *, whole: bool = False) -> Iterator[Ledger]:
    folder = Path(mkdtemp())
    ledger = Ledger(folder, policy_for(dice), whole=whole)
    try:
        yield ledger
    finally:
        ledger.close()
        shutil.rmtree(folder)


def steps_of(dice: Dice, count: int) -> list[Step]:
    chance, keys = dice.roll("history"), keys_of(dice)
    steps = history(chance, list(links_of(dice).values()), keys, decisions_on(keys, chance), spread(chance, count))
    return [replace(step, erased=()) for step in steps]  # whoever followed before knows what an erasure names no more


def live(ledger: Ledger, steps: list[Step], chance: Random) -> Iterator[None]:
    """Walk through the steps; now and then readers are sent to an earlier run, or on again, and work goes on there."""
    store = ledger.home.store
    for step in steps:
        newest = store.state().current == store.state().last_run
        ledger.whole = not newest or chance.random() < 0.3
        ledger.take(step)
        yield
        while chance.random() < 0.3:
            store.publish(chance.choice([run.number for run in store.runs() if run.state is not RunState.HELD]))
            yield


def rebuilt(entries) -> dict[str, str]:
    """Who is whose, from nothing but entries; each must fit what those before it said."""
    holds: dict[str, str] = {}
    for entry in entries:
        retired = entry.kind == "retired"
        of, to = (entry.customer, "") if retired else (entry.other, entry.customer)
        for key in entry.identifiers:
            assert holds.pop(key, "") == of, entry
            if to:
                holds[key] = to
        lives = set(holds.values())
        if retired or entry.kind == "merged":
            assert of
        if entry.kind == "created":
            assert not of
            assert to in lives
    return holds


def held(store) -> dict[str, str]:
    rows = store.member_rows().to_pylist()
    return {f"{row['type']}:{row['value']}": customer_id(row["customer"]) for row in rows if row["customer"]}


@given(dice)
@slowly
def test_the_feed_gives_back_who_is_whose(dice):
    with ledger_of(dice) as ledger:
        told, cursor = [], None
        for _ in live(ledger, steps_of(dice, 7), dice.roll("pointer")):
            page = Feed(ledger.home.store).page(cursor)
            told += page
            cursor = page.cursor
            assert rebuilt(told) == held(ledger.home.store)
            assert not page.more
        assert tuple(told) == Feed(ledger.home.store).page().entries


@given(dice)
@slowly
def test_kinds_and_causes_are_those_that_runs_noted(dice):
    with ledger_of(dice) as ledger:
        for step in steps_of(dice, 7):
            ledger.take(step)
        store = ledger.home.store
        names = {0: ""} | {number: customer_id(number) for number in range(1, store.state().next_number)}
        kinds = ("", "created", "merged", "split", "moved", "retired")
        noted = [
            (
                row["run"],
                kinds[row["kind"]],
                names[row["customer"]],
                names[row["other"]],
                row["identifiers"],
                row["cause"],
            )
            for row in store.change_rows().to_pylist()
        ]
        told = [
            (one.run, one.kind, one.customer, one.other, len(one.identifiers), one.cause) for one in Feed(store).page()
        ]
        assert sorted(told) == sorted(noted)


@given(dice, st.integers(1, 5))
@slowly
def test_pieces_of_any_size_are_the_whole(dice, size):
    with ledger_of(dice) as ledger:
        for _ in live(ledger, steps_of(dice, 5), dice.roll("pointer")):
            pass
        whole = Feed(ledger.home.store).page()
        assert tuple(in_pieces(ledger, size)) == whole.entries
        for place, entry in enumerate(whole.entries):
            rest = Feed(ledger.home.store).page(entry.cursor)
            assert rest.entries == whole.entries[place + 1 :]
            assert rest.cursor == whole.cursor


def in_pieces(ledger: Ledger, size: int):
    feed, cursor, more = Feed(ledger.home.store), None, True
    while more:
        page = feed.page(cursor, size)
        assert len(page) <= size
        assert len(page) == size or not page.more
        yield from page
        cursor, more = page.cursor, page.more


@given(dice)
@slowly
def test_what_was_told_is_told_again_after_more_runs(dice):
    steps = steps_of(dice, 6)
    with ledger_of(dice) as ledger:
        walk = live(ledger, steps, dice.roll("pointer"))
        next(walk)
        early = Feed(ledger.home.store).page()
        for _ in walk:
            pass
        late = Feed(ledger.home.store).page()
        assert late.entries[: len(early)] == early.entries
        assert Feed(ledger.home.store).page(early.cursor).entries == late.entries[len(early) :]


@pytest.fixture
def ledger(tmp_path):
    """Three runs, and readers sent back to the first."""
    made = Ledger(tmp_path, policy_for(Dice(2, 1)), whole=True)
    yield made
    made.close()


def test_nothing_is_told_before_anything_was_published(ledger):
    page = Feed(ledger.home.store).page()
    assert not page.entries
    assert not page.more
    assert Feed(ledger.home.store).page(page.cursor) == page


@pytest.mark.parametrize("cursor", ["", "x", "é", "MQ", "MS4xLjEuMQ" * 9, "Mi4wLjAuMA"])
def test_a_cursor_that_is_none_is_told_so(ledger, cursor):
    with pytest.raises(UsageError, match="no cursor"):
        Feed(ledger.home.store).page(cursor)
