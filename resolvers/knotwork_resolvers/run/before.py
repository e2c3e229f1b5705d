"""What held before a run: the customers readers see, and the open rows a new run's difference is taken to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knotwork_graph.model.arrays import places
from knotwork_graph.ports import OPEN, Memberships, StoreState
from knotwork_resolvers.identity import NOBODY, Previous
from knotwork_resolvers.identity.resolution import Ints

NO_ROW = -1


@dataclass(frozen=True, slots=True)
class OpenRows:
    """The open membership row of each identifier: its customer (``NO_ROW`` where there is none), status and reason."""

    customer: Ints
    status: NDArray[np.int8]
    reason: dict[int, str]


def previous_of(rows: Memberships, state: StoreState, ids: Ints) -> Previous:
    """The customers that readers see now, for identifiers in the order of ``ids`` (ascending)."""
    place = places(ids, rows.identifier)
    visible = rows.seen_by(state.current)
    customer = np.full(len(ids), NOBODY, np.int64)
    since = np.zeros(len(ids), np.int64)
    customer[place[visible]] = rows.customer[visible]
    since[place[visible]] = rows.from_run[visible]
    past = ~visible & (rows.customer != NOBODY)
    # an open row that is not visible is of a run that was never published, or was rolled back: it ends with this one
    until = np.where(rows.to_run[past] == OPEN, state.last_run + 1, rows.to_run[past])
    return Previous(customer, since, place[past], rows.customer[past], state.next_number, until)


def open_rows(rows: Memberships, ids: Ints) -> OpenRows:
    """The rows that no run has ended, for identifiers in the order of ``ids`` (ascending)."""
    held = np.flatnonzero(rows.to_run == OPEN)
    place = places(ids, rows.identifier[held])
    customer = np.full(len(ids), NO_ROW, np.int64)
    status = np.zeros(len(ids), np.int8)
    customer[place] = rows.customer[held]
    status[place] = rows.status[held]
    worded = np.flatnonzero(rows.status[held] != 0)
    return OpenRows(customer, status, {int(place[i]): rows.reason[int(held[i])].as_py() for i in worded})
