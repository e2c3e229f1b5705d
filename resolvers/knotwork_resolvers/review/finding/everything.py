"""All that is doubtful in a scene, weighed."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import numpy as np

from knotwork_graph.desk import Finding
from knotwork_resolvers.home import Home
from knotwork_resolvers.review.finding.conflicts import conflicts
from knotwork_resolvers.review.finding.crowds import crowds
from knotwork_resolvers.review.finding.scene import ReviewScene
from knotwork_resolvers.review.finding.splits import splits
from knotwork_resolvers.review.finding.stakes import birth_dates_of, stakes_of, weighed


def found_in(home: Home, scene: ReviewScene, large: int | None, *, whole: bool) -> list[Finding]:
    """What the resolver finds doubtful, each weighed by what is at stake; each case once.

    ``large``: customers with more identifiers are looked at; ``whole``: the scene is everybody. Near-linear in edges,
    and one question to the events of the customers concerned.
    """
    customers = None if whole else scene.customers.tolist()
    dates = birth_dates_of(home, scene.policy, customers)
    found = {one.key: one for one in chain(conflicts(scene), crowds(scene), splits(scene, large, dates))}
    sizes = np.bincount(scene.customer[scene.customer > 0])
    sized = [replace(one, identifiers=sum(_size(sizes, each) for each in one.customers)) for one in found.values()]
    concerned = sorted({customer for one in sized for customer in one.customers})
    return weighed(sized, stakes_of(home, scene.policy, concerned), scene.moment)


def _size(sizes: np.ndarray[tuple[int], np.dtype[np.intp]], customer: int) -> int:
    return int(sizes[customer]) if customer < len(sizes) else 0
