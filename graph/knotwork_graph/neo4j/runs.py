"""Runs as queries tell of them, and the pointer with its run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from knotwork_graph.model import Run, RunState, to_micros
from knotwork_graph.ports import StoreState


def columns(run: str) -> str:
    """What is told of a run, which a query calls ``run``, as a list."""
    names = ("number", "state", "as_of", "started", "finished", "counts", "how", "base")
    return f"[{', '.join(f'{run}.{name}' for name in names)}]"


def run_of(number: int, state: str, as_of: Any, started: Any, finished: Any, counts: str, how: Any, base: int) -> Run:
    """A run, from what ``columns`` tells of it."""
    return Run(
        number=number,
        state=RunState(state),
        as_of=as_of.to_native(),
        started=started.to_native(),
        finished=None if finished is None else finished.to_native(),
        counts=json.loads(counts),
        how=how,
        base=base,
    )


def state_of(meta: Mapping[str, Any], run: Run | None) -> StoreState:
    """The same from the single values and the run that readers see."""
    single = meta["current"], meta["last_run"], meta["next_number"], meta["policy"]
    return StoreState(*single, *((0, 0) if run is None else (to_micros(run.as_of), run.base)))
