"""Bringing what came since the last full run up to the run that readers see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from knotwork_graph.facts import Segment
from knotwork_graph.policy import Policy
from knotwork_graph.ports import StoreState
from knotwork_graph.since import COLUMNS, Follows, SinceFile, arrow_schema
from knotwork_resolvers.generation.scene import Scene
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import NOBODY, Ints
from knotwork_resolvers.identity.sets import among, union
from knotwork_resolvers.opened.base import whole
from knotwork_resolvers.ownership import Owned, Reason

FACTS = tuple(name for name in COLUMNS if name not in {"customer", "reason", "bears"})


@dataclass(frozen=True, slots=True)
class Later:
    """All events above the id ``after`` and up to ``upto``: rows as a generation has them, nobody's as yet, by id."""

    rows: pa.Table
    after: int
    upto: int


def follow(home: Home, policy: Policy, later: Later | None = None) -> None:
    """Nothing comes back; what came since the last full run is told as the run says that readers see.

    Whose an event is can have changed where it bears an identifier that changed hands or standing, or came since; and
    where such an event says who was identified in a session. Only these are looked at. Where it follows already, this
    costs two look-ups. ``later`` saves reading the events that came last, where the caller has them at hand. Safe to
    call from several processes.
    """
    state = home.store.state()
    if not state.base or home.generations.events(state.base) is None:
        return
    with home.opened.turn:
        known = home.opened.since(state.base).follows()
        if later is None or later.after != known.upto:
            later = _later(home, known)
        if known != Follows(state.current, later.upto):
            _follow(home, policy, state, known, later)


def later_of(facts: pa.Table, events: Ints, ids: Ints, *, after: int) -> Later:
    """The events ``facts`` (by id, all there are above ``after``) with their sightings: ``events`` bear ``ids``."""
    schema = pa.schema([arrow_schema().field(name) for name in FACTS])
    rows = _with_bears(facts.select(list(FACTS)).cast(schema), events, ids)
    return Later(rows, after, int(whole(facts, "event_id").max(initial=after)))


def _follow(home: Home, policy: Policy, state: StoreState, known: Follows, later: Later) -> None:
    since = home.opened.since(state.base)
    with since.writing():
        if known != (now := since.follows()):  # another process has been here meanwhile
            known, later = now, _later(home, now)
        since.remember(_bears(later.rows))
        first = min(known.run, state.current)
        changed = np.empty(0, np.int64) if known.run == state.current else home.store.changed_since(first)
        scene = Scene(home.opened.base(state.base), since, home.store, policy, state.current)
        plain = None if len(changed) else scene.plainly_owned(later.rows)
        if plain is not None:
            since.touch(plain.customer.tolist(), ())
            since.put(_owned_by(later.rows, plain))
        else:
            since.touch(scene.holders(later.rows).tolist(), ())  # what an event says of an identifier is said of them
            since.put(later.rows)
            _tell_anew(scene, since, changed, whole(later.rows, "event_id"))
        since.follow(Follows(state.current, later.upto))


def _tell_anew(scene: Scene, since: SinceFile, changed: Ints, later: Ints) -> None:
    rows, refs, owned = scene.reowned(changed, later)
    since.touch(union(owned.customer, whole(rows, "customer")).tolist(), owned.event.tolist())
    other = (owned.customer != whole(rows, "customer")) | (owned.reason != whole(rows, "reason"))
    since.drop(owned.event[~other & (refs >= 0)].tolist())
    moved = scene.full(refs[other])
    order = np.searchsorted(owned.event, whole(moved, "event_id"))
    since.put(_owned_by(moved, Owned(owned.event[order], owned.customer[order], owned.reason[order])))


def _owned_by(rows: pa.Table, owned: Owned) -> pa.Table:
    """``rows`` with their owners, in the same order."""
    for name, values in (("customer", owned.customer), ("reason", owned.reason)):
        field = rows.schema.field(name)
        rows = rows.set_column(rows.schema.get_field_index(name), field, pa.array(values, field.type))
    return rows


def _later(home: Home, known: Follows) -> Later:
    """The events after ``known`` that the graph holds."""
    projected = home.store.projected()
    segments, single = home.facts.snapshot(after=known.upto)
    packed = [one for one in segments if one.last_event > known.upto and projected.holds(one.number, one.last_event)]
    single = single.filter(pa.array(whole(single, "event_id") <= projected.upto))
    pieces = [_read(packed, known.upto), single.select(list(FACTS))]
    facts = pa.concat_tables(
        [piece.cast(pa.schema([arrow_schema().field(name) for name in FACTS])) for piece in pieces]
    )
    events, ids = home.sightings.read(packed)
    last = max([known.upto, *(segment.last_event for segment in packed)])
    recent = home.sightings.recent(last, projected.upto) if len(single) else (events[:0], ids[:0])
    borne = np.concatenate([events, recent[0]]), np.concatenate([ids, recent[1]])
    return later_of(facts, *borne, after=known.upto)


def _read(segments: Sequence[Segment], after: int) -> pa.Table:
    """The events of ``segments`` above ``after``, by id."""
    if not segments:
        return arrow_schema().empty_table().select(list(FACTS))
    paths = [str(segment.path) for segment in segments]
    return pq.read_table(paths, columns=list(FACTS), filters=[("event_id", ">", after)]).sort_by("event_id")


def _with_bears(facts: pa.Table, events: Ints, ids: Ints) -> pa.Table:
    """``facts`` (by event id) as rows of nobody, with the identifiers that each bears."""
    own = whole(facts, "event_id")
    here = among(events, own)
    offsets = np.r_[np.searchsorted(events[here], own), np.count_nonzero(here)].astype(np.int32)
    columns = {name: facts[name] for name in FACTS} | {
        "customer": pa.array(np.full(len(own), NOBODY)),
        "reason": pa.array(np.full(len(own), Reason.UNUSABLE), pa.int8()),
        "bears": pa.ListArray.from_arrays(pa.array(offsets), pa.array(ids[here])),
    }
    return pa.table([columns[name] for name in COLUMNS], schema=arrow_schema())


def _bears(rows: pa.Table) -> list[tuple[int, int, int]]:
    moments, events, bears = whole(rows, "timestamp"), whole(rows, "event_id"), rows["bears"].to_pylist()
    told = zip(moments.tolist(), events.tolist(), bears, strict=True)
    return [(one, moment, event) for moment, event, ids in told for one in ids]
