"""Runs as readers met them: spans of run numbers turned into spans of time. Pure, on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model import from_micros
from knotwork_graph.ports import OPEN, Memberships, Publications

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints

NONE = -1
SENT_BACK = "sent back"


@dataclass(frozen=True, slots=True)
class Span:
    """Row ``row`` (``NONE``: none) was seen from publication ``first`` until publication ``until`` (None: still)."""

    row: int
    first: int
    until: int | None


def spans_of(from_run: Ints, to_run: Ints, published: Publications) -> tuple[Span, ...]:
    """When readers saw which of some rows (by ``from_run``, none overlapping), in order of time; O(publications).

    What was before the first row was seen is left out; gaps between are spans of no row.
    """
    if not len(from_run) or not len(published.run):
        return ()
    row = np.searchsorted(from_run, published.run, "right") - 1
    end = ends(to_run)[np.maximum(row, 0)]
    row = np.where((row >= 0) & (published.run < end), row, NONE)
    starts = np.flatnonzero(np.diff(row, prepend=NONE)).tolist()
    untils = [*starts[1:], None][: len(starts)]
    return tuple(Span(int(row[at]), at, until) for at, until in zip(starts, untils, strict=True))


def ends(to_run: Ints) -> Ints:
    """The run that ends each row, beyond all where none does."""
    return np.where(to_run == OPEN, np.iinfo(np.int64).max, to_run)


def seen_at(rows: Memberships, run: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the rows a reader of ``run`` sees."""
    return (rows.from_run <= run) & (run < ends(rows.to_run))


def moment(published: Publications, place: int | None) -> datetime | None:
    """When a publication was; None for none."""
    return None if place is None else from_micros(int(published.at[place]))


def sent_back(published: Publications, place: int) -> bool:
    """Whether this publication sent readers to an older run than the one before."""
    return place > 0 and int(published.run[place]) < int(published.run[place - 1])
