"""What holds two records apart whatever they score: two verified ids, or names and birth dates that are kept with care.

Where a file's given names hardly ever differ within one person, a clear difference is another person: a twin, a spouse.
So are birth dates a generation apart: a father and his son of the same name; nearer ones weigh like anything else. An
identifier of their own that both hold overrules it. Where the file shows that these values are often wrong, they weigh
like any other.
"""

from __future__ import annotations

import numpy as np

from knotwork_resolvers.match.comparison import Compared
from knotwork_resolvers.match.manners import MANNERS
from knotwork_resolvers.match.model import Model, Weights
from knotwork_resolvers.match.records import Mask, Role

CAREFUL = 1.2
"""Kinds that differ within hardly more people than is sane (so many times) are kept with care."""
TELLING: frozenset[Role] = frozenset({"given_name", "name", "date"})
OWN: frozenset[Role] = frozenset({"identifier", "verified", "email"})


def held_apart(compared: Compared, model: Model) -> Mask:
    """Which pairs must not be joined."""
    held = np.zeros(len(compared), bool)
    own = np.zeros(len(compared), bool)
    verified = np.zeros(len(compared), bool)
    by_kind = {each.kind: each for each in model.weights}
    for place, kind in enumerate(compared.kinds):
        level, role = compared.levels[place], by_kind[kind].role
        if role == "verified":
            verified |= level == worst(role)
        if role in OWN:
            own |= level == 0
        if careful(by_kind[kind]):
            held |= level == worst(role)
    return verified | held & ~own


def careful(weights: Weights) -> bool:
    """Whether a clear difference of this kind tells people apart."""
    return weights.role in TELLING and weights.m[-1] < CAREFUL * MANNERS[weights.role].sane[-1]


def worst(role: Role) -> int:
    """The level of what is clearly different."""
    return len(MANNERS[role].labels) - 1
