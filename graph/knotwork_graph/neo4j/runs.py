"""Runs as queries tell of them, and the pointer with its run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from knotwork_graph.model import Run, RunState, from_micros, to_micros
from knotwork_graph.neo4j.words import MICROS
from knotwork_graph.ports import StoreState

MOMENTS = ("as_of", "started", "finished")
"""What a run keeps as the server's own times. They are told in microseconds: the driver takes 0.2 ms to make a time."""


def columns(run: str) -> str:
    """What is told of a run, which a query calls ``run``, as a list."""
    names = ("number", "state", "as_of", "started", "finished", "counts", "how", "base")
    told = (MICROS.format(at=f"{run}.{name}") if name in MOMENTS else f"{run}.{name}" for name in names)
    return f"[{', '.join(told)}]"


def run_of(
    number: int, state: str, as_of: int, started: int, finished: int | None, counts: str, how: Any, base: int
) -> Run:
    """A run, from what ``columns`` tells of it."""
    return Run(
        number=number,
        state=RunState(state),
        as_of=from_micros(as_of),
        started=from_micros(started),
        finished=None if finished is None else from_micros(finished),
        counts=json.loads(counts),
        how=how,
        base=base,
    )


def state_of(meta: Mapping[str, Any], run: Run | None) -> StoreState:
    """The same from the single values and the run that readers see."""
    single = meta["current"], meta["last_run"], meta["next_number"], meta["policy"]
    return StoreState(*single, *((0, 0) if run is None else (to_micros(run.as_of), run.base)))
