"""Bringing what came since the last full run up to the run that readers see."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from knotwork_graph.facts import micros_of
from knotwork_graph.policy import Policy
from knotwork_graph.ports import StoreState
from knotwork_graph.since import Follows, SinceFile, referred
from knotwork_resolvers.generation.later import Later, read_later
from knotwork_resolvers.generation.scene import Scene
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.identity.sets import among, union
from knotwork_resolvers.opened.base import whole
from knotwork_resolvers.ownership import Owned


def follow(
    home: Home, policy: Policy, later: Later | None = None, state: StoreState | None = None, *, most: int = 0
) -> None:
    """Nothing comes back; what came since the last full run is told as the run says that readers see.

    Whose an event is can have changed where it bears an identifier that changed hands or standing, or came since; and
    where such an event says who was identified in a session. Only these are looked at. Where it follows already, this
    costs two look-ups. ``later`` saves reading the events that came last, and ``state`` asking what readers see, where
    the caller has them at hand. With ``most``, so many of ``later`` and those before it may wait for whoever reads.
    Safe to call from several processes.
    """
    state = state or home.store.state()
    if not state.base or home.generations.events(state.base) is None:
        return
    with home.opened.turn:
        known = home.opened.since(state.base).follows()
        if most and later is not None and later.upto - known.upto <= most:
            return
        if later is None or later.after != known.upto:
            later = read_later(home, known)
        if known != Follows(state.current, later.upto):
            _follow(home, policy, state, known, later)


def _follow(home: Home, policy: Policy, state: StoreState, known: Follows, later: Later) -> None:
    since = home.opened.since(state.base)
    with since.writing():
        if known != (now := since.follows()):  # another process has been here meanwhile
            known, later = now, read_later(home, now)
        since.remember(_bears(later))
        first = min(known.run, state.current)
        changed = np.empty(0, np.int64) if known.run == state.current else home.store.changed_since(first)
        scene = Scene(home.opened.base(state.base), since, home.store, policy, state.current, later)
        since.touch(scene.holders().tolist(), ())  # what an event says of an identifier is said of them
        plain = scene.plainly_owned(changed)
        if plain is not None:
            since.touch(plain.customer.tolist(), ())
            since.keep(later.owned_by(plain))
        else:
            _tell_anew(scene, since, changed, later)
        since.follow(Follows(state.current, later.upto))


def _tell_anew(scene: Scene, since: SinceFile, changed: Ints, later: Later) -> None:
    rows, refs, owned = scene.reowned(changed)
    since.touch(union(owned.customer, whole(rows, "customer")).tolist(), owned.event.tolist())
    new = among(owned.event, later.events)
    since.keep(later.owned_by(Owned(owned.event[new], owned.customer[new], owned.reason[new])))
    other = (owned.customer != whole(rows, "customer")) | (owned.reason != whole(rows, "reason"))
    other &= ~new
    since.drop(owned.event[~other & (refs >= 0)].tolist())
    told = owned.customer.tolist(), owned.reason.tolist()
    since.own((told[0][row], told[1][row], -int(refs[row])) for row in np.flatnonzero(other & (refs < 0)))
    early = np.flatnonzero(other & (refs >= 0))
    moved = zip(early.tolist(), rows.take(pa.array(early)).to_pylist(), strict=True)
    since.keep(referred(event, told[0][row], told[1][row], int(refs[row])) for row, event in moved)


def _bears(later: Later) -> Iterator[tuple[int, int, int]]:
    """Identifier, moment and event id of each of the later sightings."""
    for row, held in zip(later.rows, later.bears, strict=True):
        moment = micros_of(row["timestamp"])
        yield from ((one, moment, row["event_id"]) for one in held)
