"""Whether a run must look at everything, or at what was touched only."""

from __future__ import annotations

from collections.abc import Iterator

from knotwork_graph.model import RunState
from knotwork_resolvers.home import Home
from knotwork_resolvers.run.guessed import speaks_of_strays
from knotwork_resolvers.run.naming import fingerprint
from knotwork_resolvers.run.situation import Situation
from knotwork_resolvers.run.touched import unseen

MOST_TOUCHED = 0.1
"""Where more of the identifiers were touched, reading everything in one go is the shorter way."""

MOST_SINCE = 0.25
"""Where more of the events came since the last full run, a new generation is worth its while."""


def why_everything(home: Home, at: Situation) -> str:
    """In words why a run must, or had better, resolve everything; empty where what was touched will do."""
    if at.erased:
        return "events were erased"
    return must_be_everything(home, at) or next(_better(home, at), "")


def must_be_everything(home: Home, at: Situation) -> str:
    """In words why looking at what was touched would not give the same; empty where it does."""
    return next(_reasons(home, at), "")


def _reasons(home: Home, at: Situation) -> Iterator[str]:
    state = at.state
    if not state.current:
        yield "nothing was resolved before"
    if at.until is not None:
        yield "later events do not count"
    if at.counts.get("until_moment"):
        yield "the last run left later events out"
    if state.policy != fingerprint(at.policy):
        yield "the policy has changed"
    if state.current != state.last_run and _others_since(home, state.current):
        yield "readers were sent back to an older run"
    if at.at < state.as_of:
        yield "the last run was for a later moment"
    if home.generations.events(state.base) is None:
        yield "the files of the last full run are not there"
    if at.touched is None:
        yield "everything was touched"
    if speaks_of_strays(unseen(at.records, at.counts.get("decisions", 0))):
        yield "a decision says whose an event is"


def _others_since(home: Home, current: int) -> bool:
    """Whether a later run than the current one has left rows; one that was held has left none."""
    return any(run.number > current and run.state is not RunState.HELD for run in home.store.runs())


def _better(home: Home, at: Situation) -> Iterator[str]:
    if at.touched is not None and len(at.touched) > MOST_TOUCHED * home.store.sizes()[0]:
        yield "much has changed"
    base = run_counts(home, at.state.base).get("events", 0)
    if home.facts.event_count() - base > MOST_SINCE * base:
        yield "much has come since the last full run"


def run_counts(home: Home, number: int) -> dict[str, int]:
    """The counts of a run, none where there is no such run."""
    found = home.store.run(number) if number else None
    return {} if found is None else found.counts
