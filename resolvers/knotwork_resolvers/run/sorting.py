"""In which order events lie in a generation: by customer, moment, source, message id."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.bearings import BITS

NAMES = ("source", "message_id")


def in_order(customer: Ints, moment: Ints, named: Callable[[Ints], pa.Table]) -> Ints:
    """The rows in their order; ``named`` gives the columns ``NAMES`` of some rows, which tell what nothing else does.

    O(n log n). Sorting plain numbers takes a quarter of the time that sorting their places does, so the places go along
    in the lower half of each number.
    """
    by_moment = np.argsort(moment)
    keys = (customer[by_moment] << BITS) + np.arange(len(moment))
    keys.sort()
    order = by_moment[keys & ((1 << BITS) - 1)]
    return _by_name(order, customer[order], moment[order], named)


def _by_name(order: Ints, customer: Ints, moment: Ints, named: Callable[[Ints], pa.Table]) -> Ints:
    """The same order with the events of one customer at one moment by their names."""
    same = (customer[1:] == customer[:-1]) & (moment[1:] == moment[:-1])
    tied = np.flatnonzero(np.r_[same, False] | np.r_[False, same])
    if not len(tied):
        return order
    together = np.cumsum(np.r_[True, ~same])[tied]
    told = named(order[tied]).append_column("together", pa.array(together))
    sorted_by = [(name, "ascending") for name in ("together", *NAMES)]
    order[tied] = order[tied][np.asarray(pc.sort_indices(told, sort_keys=sorted_by).to_numpy(), np.int64)]
    return order
