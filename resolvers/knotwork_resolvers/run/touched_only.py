"""An incremental run: the clusters that a change reaches are resolved, and the difference is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from knotwork_graph.model import Run, RunState
from knotwork_graph.ports import Memberships, StagedRun
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import Circumstances, Previous, resolve
from knotwork_resolvers.identity.decided import near
from knotwork_resolvers.identity.sets import among, without
from knotwork_resolvers.run.before import open_rows, previous_of
from knotwork_resolvers.run.causes import causes_of
from knotwork_resolvers.run.guessed import COUNT
from knotwork_resolvers.run.plainly import joined_plainly
from knotwork_resolvers.run.reach import reach
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.staging import staged_run


def resolve_touched(home: Home, at: Situation) -> Outcome:
    """The customers of the clusters that were reached, as a full run would find them."""
    if at.touched is None:
        raise ValueError("everything was touched: that is for a full run")
    inside = home.store.together_with(at.touched.ids)
    plain = joined_plainly(home, at, inside)
    if plain is not None:
        return plain
    now = Circumstances(at.at, at.decisions)
    part = reach(home.store, at.policy, now, at.touched, at.state, inside, book=home.matches)
    previous = _previous(home, at, part.memberships, part.graph.identifiers.ids)
    here = replace(now, matches=part.matches, decisions=near(part.graph.identifiers, now.decisions))
    found = resolve(part.graph, at.policy, here, previous, part.judged)
    cut = len(home.store.severed_of(part.graph.identifiers.ids))
    return Outcome(part.graph, found, previous, part.memberships, cut)


def keep_touched(home: Home, at: Situation, outcome: Outcome, counts: dict[str, int]) -> Run | None:
    """Keep and publish the difference; None, and no run, where there is none."""
    number, now = at.state.last_run + 1, datetime.now(UTC)
    said = counts | {"events": home.facts.event_count(at.fresh.upto), "decisions": len(at.records), COUNT: at.matched}
    run = Run(number, RunState.STAGED, at.moment, now, None, said, "incremental", at.state.base)
    causes = causes_of(outcome.graph, outcome.found, outcome.previous, at.touched, new_policy=False)
    ids = outcome.graph.identifiers.ids
    held = open_rows(outcome.memberships, ids)
    calm = not outcome.cut and not len(outcome.found.partition.severed.edges)
    staged = staged_run(run, outcome, held, policy=at.state.policy, causes=causes)
    staged = replace(staged, scope=ids[:0] if calm else ids)
    known = counts.get("decisions", 0) == len(at.records) and counts.get(COUNT, 0) == at.matched
    if not _changes_anything(home, staged, known=known):
        home.store.settle()
        return None
    home.store.stage_and_publish(staged)
    return run


def _changes_anything(home: Home, staged: StagedRun, *, known: bool) -> bool:
    """Whether readers would see another thing than they do; decisions and joined pairs not ``known`` are one."""
    if not known or len(staged.members) or staged.redirects or len(staged.changes):
        return True
    if staged.scope is None or not len(staged.scope):
        return False
    kept = home.store.severed_of(staged.scope)
    names = ["a", "b", "rule", "detail"]
    return bool(
        kept.select(names).to_pylist() != staged.severed.sort_by([("a", "ascending"), ("b", "ascending")]).to_pylist()
    )


def _previous(
    home: Home, at: Situation, rows: Memberships, ids: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Previous:
    """Who they were before. Ids of customers that live on elsewhere cannot be taken up again."""
    previous = previous_of(rows, at.state, ids)
    elsewhere = without(previous.past_customer, previous.customer)
    if not len(elsewhere):
        return previous
    free = ~among(previous.past_customer, home.store.living(elsewhere))
    until = None if previous.past_until is None else previous.past_until[free]
    return replace(
        previous,
        past_identifier=previous.past_identifier[free],
        past_customer=previous.past_customer[free],
        past_until=until,
    )
