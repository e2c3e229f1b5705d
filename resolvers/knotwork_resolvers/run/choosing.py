"""Whether a run must look at everything, or at what was touched only."""

from __future__ import annotations

from collections.abc import Iterator

from knotwork_resolvers.run.naming import fingerprint
from knotwork_resolvers.run.situation import Home, Situation

MOST_TOUCHED = 0.0
"""Where more of the identifiers were touched, reading everything in one go is the shorter way."""

MOST_SINCE = 0.25
"""Where more of the events came since the last full run, a new generation is worth its while."""


def why_everything(home: Home, at: Situation) -> str:
    """In words why a run must resolve everything; empty where looking at what was touched gives the same."""
    return next(_reasons(home, at), "")


def _reasons(home: Home, at: Situation) -> Iterator[str]:
    state = at.state
    counts = run_counts(home, state.current)
    if not state.current:
        yield "nothing was resolved before"
    if at.until is not None or counts.get("until_moment"):
        yield "later events do not count" if at.until is not None else "the last run left later events out"
    if state.policy != fingerprint(at.policy):
        yield "the policy has changed"
    if state.current != state.last_run:
        yield "readers were sent back to an older run"
    if at.at < state.as_of:
        yield "the last run was for a later moment"
    if not state.base or home.generations.events(state.base) is None:
        yield "the files of the last full run are not there"
    if at.touched is None or len(at.touched) > MOST_TOUCHED * home.store.sizes()[0]:
        yield "much has changed"
    base = run_counts(home, state.base).get("events", 0)
    if home.facts.event_count() - base > MOST_SINCE * base:
        yield "much has come since the last full run"


def run_counts(home: Home, number: int) -> dict[str, int]:
    """The counts of a run, none where there is no such run."""
    return next((run.counts for run in home.store.runs() if run.number == number), {})
