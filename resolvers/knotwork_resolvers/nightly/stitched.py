"""How many events have a customer that somebody can be named by, before stitching and after."""

from __future__ import annotations

import numpy as np

from knotwork_graph.model.arrays import places
from knotwork_resolvers.identity import NOBODY, StatusCode
from knotwork_resolvers.identity.resolution import Mask
from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES
from knotwork_resolvers.run.generation import Told
from knotwork_resolvers.run.situation import Outcome


def stitching_counts(outcome: Outcome, told: Told) -> dict[str, int]:
    """``named_before``: customers' events that bear an identifier which links and names more than a machine;
    ``named_after``: also those whose customer holds one. O(identifiers of events).

    ``analyse stitching`` tells what is known: there a blocked or shared identifier names a person as well.
    """
    person = _person(outcome)
    before = _bearing(outcome, told, person) & (told.owned.customer != NOBODY)
    holders = np.zeros(outcome.found.next_number, np.bool_)
    holders[outcome.found.customer[person]] = True
    holders[NOBODY] = False
    return {
        "named_before": int(np.count_nonzero(before)),
        "named_after": int(np.count_nonzero(before | holders[told.owned.customer])),
    }


def _person(outcome: Outcome) -> Mask:
    """Which identifiers name more than a browser or a machine, and link."""
    identifiers = outcome.graph.identifiers
    names = np.array([name not in ANONYMOUS_TYPES for name in identifiers.type_names] or [False], np.bool_)
    return np.asarray(names[identifiers.types] & (outcome.found.partition.status == StatusCode.LINKING))


def _bearing(outcome: Outcome, told: Told, person: Mask) -> Mask:
    """Which events bear an identifier of ``person``."""
    ids = np.asarray(told.bears.values.to_numpy(), np.int64)
    bears = np.r_[0, np.cumsum(person[places(outcome.graph.identifiers.ids, ids)])]
    offsets = np.asarray(told.bears.offsets.to_numpy(), np.int64)
    return np.asarray(bears[offsets[1:]] > bears[offsets[:-1]])
