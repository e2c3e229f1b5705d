"""The events whose owner a change may have changed, and all that says whose they are now."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphStore
from knotwork_graph.since import SinceFile
from knotwork_resolvers.generation.later import Later
from knotwork_resolvers.generation.standings import Standings
from knotwork_resolvers.identity.resolution import NOBODY, Ints, Mask
from knotwork_resolvers.identity.sets import among, distinct, union, without
from knotwork_resolvers.opened.base import Base, whole
from knotwork_resolvers.opened.bearings import Bearing
from knotwork_resolvers.opened.owners import NAMES as COLUMNS
from knotwork_resolvers.ownership import Owned, Sighted, own_events
from knotwork_resolvers.sessions import SESSION_GAP

NAMES = ("source", "message_id")


class Scene:
    """Events are named by a reference: their place in the base (0 and up), or minus the id of one that came later."""

    def __init__(
        self, base: Base, since: SinceFile, store: GraphStore, policy: Policy, current: int, later: Later | None = None
    ) -> None:
        """``later``: events that ``since`` does not hold yet."""
        self._base, self._since, self._policy = base, since, policy
        self._later = later or Later((), (), 0, 0)
        self._new = self._later.events
        self._lit: tuple[pa.Table, Ints] | None = None  # what was read last is often asked for again
        self._standing = Standings(store, policy, current).of

    def reowned(self, changed: Ints) -> tuple[pa.Table, Ints, Owned]:
        """Whose the events are now that bear one of ``changed``, that came last, or that these decide.

        Rows of the file of owners by event id, the references of these, and their owners; all three of one length.
        """
        asked = union(self._bearing(changed).event, -self._new) if len(changed) else np.sort(-self._new)
        around = asked
        if self._policy.shared_events != "nobody":
            asked = self._with_company(asked)
            around = self._with_company(asked)
        rows, refs = self._light(around)
        owned = self._owners(rows, refs)
        mine = among(refs, asked)
        picked = Owned(owned.event[mine], owned.customer[mine], owned.reason[mine])
        return rows.filter(pa.array(mine)), refs[mine], picked

    def plainly_owned(self, changed: Ints) -> Owned | None:
        """The owners of the events that came last, each told by itself; None where other events count.

        So they do where one of them bears a shared or contested identifier, and where an earlier one bears one that
        has ``changed``.
        """
        place, identifier = self._later.sightings()
        if self._standing(distinct(identifier)).doubtful.any() or self._is_borne(changed, self._later.after):
            return None
        return self._owners_of(self._new, place, identifier)

    def holders(self) -> Ints:
        """The customers who hold an identifier that came last, whosever its events are; ascending."""
        return distinct(self._standing(distinct(self._later.sightings()[1])).customer)

    def _is_borne(self, ids: Ints, upto: int) -> bool:
        """Whether an event of the base, or a later one up to the id ``upto``, bears one of ``ids``."""
        if not len(ids):
            return False
        late = any(event <= upto for _, _, event in self._since.bearing(ids.tolist()))
        return late or len(self._base.bearing(ids).event) > 0

    def _with_company(self, refs: Ints) -> Ints:
        """``refs``, and the events that share a session with one of them on a shared or contested identifier.

        Where the policy looks beyond sessions, all events on such an identifier.
        """
        rows, _ = self._light(refs)
        ids = distinct(_ids(rows)[1])
        doubtful = ids[self._standing(ids).doubtful]
        if not len(doubtful):
            return refs
        found = self._bearing(doubtful)
        if self._policy.shared_events == "session":
            found = _sessions_of(found, refs)
        return union(refs, found.event)

    def _bearing(self, ids: Ints) -> Bearing:
        """Which events bear ``ids``, in the base and later, by (identifier, moment)."""
        early, late = self._base.bearing(ids), np.array(self._since.bearing(ids.tolist()), np.int64).reshape(-1, 3)
        identifier = np.concatenate([early.identifier, late[:, 0]])
        moment, event = np.concatenate([early.moment, late[:, 1]]), np.concatenate([early.event, -late[:, 2]])
        order = np.lexsort((moment, identifier))
        return Bearing(identifier[order], moment[order], event[order])

    def _light(self, refs: Ints) -> tuple[pa.Table, Ints]:
        """The rows of some events, by event id, and the reference of each; none is read twice."""
        if self._lit is None:
            self._lit = self._read(refs)
        elif len(new := without(refs, self._lit[1])):
            self._lit = _by_event(self._lit, self._read(new))
        rows, known = self._lit
        asked = among(known, refs)
        return (rows, known) if asked.all() else (rows.filter(pa.array(asked)), known[asked])

    def _read(self, refs: Ints) -> tuple[pa.Table, Ints]:
        places, late = np.sort(refs[refs >= 0]), np.sort(-refs[refs < 0])
        new = among(self._new, late)
        came = self._later.light().filter(pa.array(new))
        held = self._since.of_events(without(late, self._new).tolist(), COLUMNS)
        parts = ((self._base.owners(places), places), (held, -whole(held, "event_id")))
        return _by_event(*parts, (came, -self._new[new]))

    def _owners(self, rows: pa.Table, refs: Ints) -> Owned:
        """The owner of each of ``rows``, in their order; what bears no usable identifier is nobody's."""
        place, identifier = _ids(rows)
        return self._owners_of(whole(rows, "event_id"), place, identifier, self._facts(rows, refs, place, identifier))

    def _facts(self, rows: pa.Table, refs: Ints, place: Ints, identifier: Ints) -> str | pa.Table:
        """What orders the events on shared and contested identifiers; nothing where there are none of these.

        By moment; the names of an event are read only where another one was at the same moment on the identifier.
        """
        ids = distinct(identifier)
        doubtful = self._standing(ids).doubtful[ids.searchsorted(identifier)]
        if not doubtful.any():
            return ""
        where = place[doubtful]
        tied = distinct(where[_alike(identifier[doubtful], whole(rows, "timestamp")[where])])
        named = self._named(refs[tied])
        texts = {row: named[ref] for row, ref in zip(tied.tolist(), refs[tied].tolist(), strict=True)}
        columns = zip(*(texts.get(row, ("", "")) for row in range(len(rows))), strict=True)
        named_columns = dict(zip(NAMES, map(pa.array, columns), strict=True))
        return pa.table({"event_id": np.arange(len(rows)), "timestamp": rows["timestamp"]} | named_columns)

    def _named(self, refs: Ints) -> dict[int, tuple[str, str]]:
        """Source and message id of some events, by reference."""
        early, late = np.sort(refs[refs >= 0]), np.sort(-refs[refs < 0])
        held = without(late, self._new)
        parts = ((early, self._base.at(early, NAMES)), (-held, self._since.of_events(held.tolist(), NAMES)))
        return {-event: names for event, names in self._later.named().items()} | {
            ref: (source, message_id)
            for of, found in parts
            for ref, source, message_id in zip(of.tolist(), *(found[name].to_pylist() for name in NAMES), strict=True)
        }

    def _owners_of(self, events: Ints, place: Ints, identifier: Ints, facts: str | pa.Table = "") -> Owned:
        """The same of sightings by the ``place`` of their event, which is its id in ``facts``.

        These are asked only where there is a shared or contested identifier.
        """
        ids = distinct(identifier)
        sighted = Sighted(place, np.searchsorted(ids, identifier))
        found = own_events(sighted, self._standing(ids), self._policy.shared_events, facts)
        customer, reason = np.full(len(events), NOBODY, np.int64), np.zeros(len(events), np.int8)
        customer[found.event], reason[found.event] = found.customer, found.reason
        return Owned(events, customer, reason)


def _by_event(*some: tuple[pa.Table, Ints]) -> tuple[pa.Table, Ints]:
    """Rows with their references, put together by event id."""
    rows, refs = pa.concat_tables([one for one, _ in some]), np.concatenate([own for _, own in some])
    order = np.argsort(whole(rows, "event_id"), kind="stable")
    return rows.take(pa.array(order)), refs[order]


def _ids(rows: pa.Table) -> tuple[Ints, Ints]:
    """Each sighting of ``rows``: the place of its row, and the identifier's id; by place."""
    bears = rows["bears"].combine_chunks()
    held = bears.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    return np.repeat(np.arange(len(rows)), held), np.asarray(bears.flatten().to_numpy(zero_copy_only=False), np.int64)


def _alike(identifier: Ints, moment: Ints) -> Mask:
    """Which of these sightings share identifier and moment with another one."""
    order = np.lexsort((moment, identifier))
    one, at = identifier[order], moment[order]
    same = (one[1:] == one[:-1]) & (at[1:] == at[:-1])
    found = np.zeros(len(order), np.bool_)
    found[order[1:][same]] = found[order[:-1][same]] = True
    return found


def _sessions_of(found: Bearing, refs: Ints) -> Bearing:
    """Those of ``found`` (by identifier and moment) that share a session on their identifier with one of ``refs``."""
    if not len(found.event):
        return found
    other = found.identifier[1:] != found.identifier[:-1]
    begins = np.r_[True, other | (np.diff(found.moment) > SESSION_GAP)]
    session = np.cumsum(begins) - 1
    wanted = np.zeros(int(session[-1]) + 1, np.bool_)
    wanted[session[among(found.event, refs)]] = True
    keep: Mask = wanted[session]
    return Bearing(found.identifier[keep], found.moment[keep], found.event[keep])
