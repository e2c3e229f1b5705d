"""What is remembered of a run's words on identifiers, when it follows another run, and when it is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from knotwork_graph.model import Run, RunState
from knotwork_graph.neo4j.joint import Joint
from knotwork_graph.neo4j.standing import MOST, Remembered, Says
from knotwork_graph.ports import StagedRun

TYPES = ("email", "cookie")


def ids(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


def known() -> Remembered:
    """In run 4: two of customer 9, one cut, one that nothing was said of yet."""
    found = Remembered()
    says = [(1, Says("email", 9, 0)), (2, Says("cookie", 9, 0, cut=True)), (3, Says("cookie"))]
    found.add(4, TYPES, says)
    return found


def staged(number: int, scope: Any, members: list[tuple[int, int, int]], cut: list[tuple[int, int]]) -> StagedRun:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    run = Run(number, RunState.STAGED, now, now, None, {}, "incremental", 1)
    names = ("identifier", "customer", "status")
    rows = pa.table({name: [row[place] for row in members] for place, name in enumerate(names)})
    severed = pa.table({"a": [a for a, _ in cut], "b": [b for _, b in cut]})
    return StagedRun(run, "", 10, rows, severed, (), (), None, scope)


def told(found: Remembered, run: int, *numbers: int) -> list[tuple[str, int, int, bool]] | None:
    stood = found.of(ids(*numbers), run)
    if stood is None:
        return None
    kinds = [stood.type_names[code] for code in stood.types.tolist()]
    return list(zip(kinds, stood.customer.tolist(), stood.status.tolist(), stood.cut.tolist(), strict=True))


def test_what_a_run_says_is_told_of_that_run_alone_and_only_where_all_are_known():
    found = known()
    assert told(found, 4, 1, 2, 3) == [("email", 9, 0, False), ("cookie", 9, 0, True), ("cookie", 0, 1, False)]
    assert told(found, 5, 1) is None
    assert told(found, 4, 1, 7) is None


def test_the_next_run_says_the_same_but_for_whom_it_moved_and_what_it_cut():
    found = known()
    found.follow(staged(5, ids(1, 2, 3), [(3, 9, 0)], [(1, 8)]))
    assert told(found, 5, 1, 2, 3) == [("email", 9, 0, True), ("cookie", 9, 0, False), ("cookie", 9, 0, False)]


def test_beyond_the_scope_of_a_run_nothing_changes_but_who_was_cut_off_is_not_known():
    found = known()
    found.follow(staged(5, ids(3), [(3, 9, 0)], [(1, 3)]))
    assert told(found, 5, 1, 3) == [("email", 9, 0, True), ("cookie", 9, 0, True)]
    assert told(found, 5, 2) is None


@pytest.mark.parametrize(("number", "scope"), [(6, ids(1)), (5, None)], ids=["a run between", "a full run"])
def test_a_run_that_does_not_follow_makes_all_of_it_unknown(number, scope):
    found = known()
    found.follow(staged(number, scope, [], []))
    assert told(found, number, 1) is None


def test_it_begins_anew_before_it_holds_too_much():
    found = Remembered()
    found.add(4, TYPES, ((number, Says("email", 9, 0)) for number in range(MOST + 1)))
    found.add(4, TYPES, [(MOST + 5, Says("email", 9, 0))])
    assert told(found, 4, 1) is None
    assert told(found, 4, MOST + 5) is not None


class Opened:
    """A transaction that does nothing, and may refuse to be committed."""

    runner: Any = None

    def __init__(self, *, fails: bool) -> None:
        self._fails = fails

    def commit(self) -> None:
        if self._fails:
            raise OSError

    def close(self) -> None:
        """Nothing to give back."""


@pytest.mark.parametrize("fails", [False, True])
def test_what_was_not_committed_is_not_remembered(fails):
    found = known()
    joint = Joint(lambda: Opened(fails=fails), found)
    joint.write(lambda _: found.follow(staged(5, ids(1), [], [])))
    try:
        joint.commit()
    except OSError:
        joint.close()
    assert (told(found, 5, 1) is None) == fails
