"""The preview: the incremental run that would obey, made and thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model import UNDO, Decision, Identifier, Recorded, customer_id, to_micros, told
from knotwork_graph.policy import Policy
from knotwork_graph.since import arrow_schema
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.review.effects.after import StoreAfter
from knotwork_resolvers.review.effects.consent import stricter
from knotwork_resolvers.review.effects.consequences import MOST, handover, segments_moved
from knotwork_resolvers.review.effects.effect import Effect, Handed, Led
from knotwork_resolvers.review.effects.moved_events import MovedEvents, moved_events
from knotwork_resolvers.review.effects.world import home_after
from knotwork_resolvers.run.catch_up import Fresh
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.touched import Touched
from knotwork_resolvers.run.touched_only import resolve_touched

if TYPE_CHECKING:
    from knotwork_resolvers.segments import Definitions

NONE = np.empty(0, np.int64)
UNTOLD = "which segments {count:,} customers would enter or leave was not worked out: they are more than {most:,}"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is to be tried: decisions that are made, and numbers of decisions that are taken back."""

    made: tuple[Decision, ...] = ()
    undone: tuple[int, ...] = ()


def preview(
    home: Home,
    policy: Policy,
    proposed: Proposed,
    moment: datetime | None = None,
    definitions: Definitions | None = None,
    *,
    weighed_only: bool = False,
) -> Effect:
    """What the next run would make of ``proposed``, if nothing else came in between; nothing is written.

    The clusters that the decisions reach are resolved as that run would, so the two are equal. ``definitions`` are the
    segments there are. With ``weighed_only`` neither they nor the revenue are told: no risk hangs on them. O(these
    clusters and their events).
    """
    now = moment or datetime.now(UTC)
    outcome = tried(home, policy, proposed, now)
    if outcome is None:
        return Effect()
    after = StoreAfter(home.store, outcome, home.store.state().current)
    effect, moved = _effect(home, policy, outcome, after, counted_only=weighed_only)
    hands = handover(outcome.previous.customer.tolist(), outcome.found.customer.tolist(), moved.owners)
    if not hands.everybody:
        return effect
    effect = replace(effect, stricter=stricter(home, after, hands))
    if weighed_only or definitions is None or not definitions.segments:
        return effect
    if len(hands.everybody) > MOST:
        return replace(effect, untold=UNTOLD.format(count=len(hands.everybody), most=MOST))
    then = home_after(home, after, moved.rows if moved.rows is not None else arrow_schema().empty_table())
    entered, left = segments_moved(home, then, policy, hands, definitions, to_micros(now))
    return replace(effect, entered=entered, left=left)


def tried(home: Home, policy: Policy, proposed: Proposed, moment: datetime) -> Outcome | None:
    """What resolving would find; None where no event has shown what it is about, or nothing was resolved yet."""
    state = home.store.state()
    records = _records(home, proposed, moment)
    ids = _ids(home, proposed, records)
    if not len(ids) or not state.current:
        return None
    touched = Touched(NONE, NONE, ids)
    return resolve_touched(home, Situation(policy, moment, None, (), state, records, touched, Fresh(0), {}))


def _records(home: Home, proposed: Proposed, moment: datetime) -> tuple[Recorded, ...]:
    records = list(home.store.decisions())
    for one in proposed.made:
        number = len(records) + 1
        records.append(Recorded(number, one.kind, one.a, one.b or "", one.by, moment))
    for undoes in proposed.undone:
        records.append(Recorded(len(records) + 1, UNDO, "", "", "preview", moment, undoes=undoes))
    return told(records)


def _ids(home: Home, proposed: Proposed, records: Sequence[Recorded]) -> Ints:
    undone = [records[number - 1] for number in proposed.undone]
    keys = {key for one in proposed.made for key in one.about} | {
        key for one in undone for key in (one.a, one.b) if key
    }
    found = home.store.ids_of([Identifier.parse(key) for key in sorted(keys)])
    return np.array(sorted(found.values()), np.int64)


def _effect(
    home: Home, policy: Policy, outcome: Outcome, after: StoreAfter, *, counted_only: bool
) -> tuple[Effect, MovedEvents]:
    before, now = outcome.previous.customer, outcome.found.customer
    differs = before != now
    touched = np.unique(np.concatenate([before[differs], now[differs]]))
    living, lived = (np.unique(one[one != NOBODY]) for one in (now, before))
    new_cut, old_cut = (
        set(zip(*(end.tolist() for end in ends), strict=True)) for ends in (after.cut(), after.cut_now())
    )
    changed = _changed(outcome, after, differs, new_cut ^ old_cut)
    moved = moved_events(home, policy, after, changed, counted_only=counted_only)
    effect = Effect(
        created=_ids_of(np.setdiff1d(living, lived)),
        kept=_ids_of(np.intersect1d(np.intersect1d(living, lived), touched)),
        retired=_ids_of(np.setdiff1d(lived, living)),
        redirected=tuple(
            Led(customer_id(one.customer), tuple(map(_named, one.heirs)))
            for one in sorted(outcome.found.redirects, key=lambda one: one.customer)
        ),
        handed=tuple(_handed(outcome, np.flatnonzero(differs))),
        severed=len(new_cut - old_cut),
        healed=len(old_cut - new_cut),
        events=moved.events,
        orders=moved.orders,
        revenue=moved.revenue,
    )
    return effect, moved


def _changed(
    outcome: Outcome,
    after: StoreAfter,
    differs: np.ndarray[tuple[int], np.dtype[np.bool_]],
    cut: Iterable[tuple[int, int]],
) -> Ints:
    """The ids that readers would see with another customer, status or cut edge."""
    other = differs | (after.status_now != outcome.found.partition.status)
    return np.union1d(after.ids[other], np.array(sorted({end for pair in cut for end in pair}), np.int64))


def _handed(outcome: Outcome, rows: Ints) -> Iterable[Handed]:
    """By (before, after), the keys sorted."""
    groups: dict[tuple[int, int], list[str]] = {}
    for row in rows.tolist():
        pair = int(outcome.previous.customer[row]), int(outcome.found.customer[row])
        groups.setdefault(pair, []).append(outcome.graph.identifiers.key(row))
    for before, now in sorted(groups):
        yield Handed(_named(before), _named(now), tuple(sorted(groups[before, now])))


def _ids_of(numbers: Ints) -> tuple[str, ...]:
    return tuple(customer_id(one) for one in numbers.tolist())


def _named(number: int) -> str:
    return customer_id(number) if number else ""
