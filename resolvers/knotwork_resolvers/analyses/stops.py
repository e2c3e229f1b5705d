"""Stops on the way to conversions, found in arrays: on which path each lies, and what was touched before and after."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from knotwork_resolvers.analyses.in_order import Marks
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.base import whole

NEVER = -(1 << 62)


def stops_of(rows: pa.Table) -> pa.Table:
    """``rows`` (customer, t, touch, conversion and others, by customer and time), and on which path each lies.

    ``turn`` is the number of the path, from 1: it ends with a conversion or with the customer's events, at the moment
    ``ends``; ``newest`` is the moment of its last touch. ``previous`` and ``next`` are the touches of the customer's
    stops beside it. O(n).
    """
    customer, conversion = whole(rows, "customer"), rows["conversion"].to_numpy()
    begins = np.ones(len(rows) + 1, np.bool_)  # one more, as if somebody else came after the last
    np.not_equal(customer[1:], customer[:-1], out=begins[1:-1])
    parted = begins[:-1] | np.r_[False, conversion[:-1]]
    touch = rows["touch"].dictionary_encode().unify_dictionaries().combine_chunks()
    columns = {
        "touch": touch,
        "turn": np.cumsum(parted, dtype=np.int32),
        "ends": _latest(whole(rows, "t"), parted),
        "newest": _latest(np.where(touch.is_valid().to_numpy(zero_copy_only=False), whole(rows, "t"), NEVER), parted),
        "previous": _beside(touch, np.arange(-1, len(rows) - 1), begins[:-1]),
        "next": _beside(touch, np.arange(1, len(rows) + 1), begins[1:]),
    }
    return pa.table({name: rows[name] for name in rows.column_names} | columns)


def _latest(moments: Ints, parted: Marks) -> Ints:
    """For each row the latest of its path's moments."""
    starts = np.flatnonzero(parted)
    latest = np.maximum.reduceat(moments, starts) if len(starts) else moments  # it refuses to begin nowhere
    return np.repeat(latest, np.diff(starts, append=len(moments)))


def _beside(touch: pa.DictionaryArray, places: Ints, absent: Marks) -> pa.DictionaryArray:
    """The touches at other places, none where there is nobody."""
    return touch.take(pa.array(places, mask=absent))
