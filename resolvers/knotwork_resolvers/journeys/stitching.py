"""Since when an identifier leads to a known person: the stitch moment."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from knotwork_graph.model import EdgeView, Identifier

ANONYMOUS_TYPES = frozenset({"cookie", "device", "advertising_id", "anonymous_id", "session_id"})
"""Types that name a browser or a machine; every other type names a person, an account or an order."""

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stitch:
    """Since when a key leads to a known one, and the keys on the way, itself first; a known key leads to itself."""

    since: datetime
    path: tuple[str, ...]


def stitches(keys: Iterable[str], edges: Iterable[EdgeView]) -> dict[str, Stitch]:
    """For each key that leads to a known one, the moment from which it did so, and over which keys.

    A known key leads there always. An anonymous one does from the moment a path of edges led from it to a known one:
    the least, over all paths, of the latest first sighting on the path. O(edges log edges).
    """
    near: dict[str, list[tuple[str, datetime]]] = {}
    for edge in edges:
        if edge.kind == "linking":
            near.setdefault(edge.a, []).append((edge.b, edge.first_seen))
            near.setdefault(edge.b, []).append((edge.a, edge.first_seen))
    known = {key for key in (*keys, *near) if Identifier.parse(key).type not in ANONYMOUS_TYPES}
    found: dict[str, Stitch] = {}
    queue = [(ALWAYS, 0, key, "") for key in sorted(known)]
    while queue:
        moment, length, key, onward = heapq.heappop(queue)
        if key in found:
            continue
        found[key] = Stitch(moment, (key, *(found[onward].path if onward else ())))
        for other, first in near.get(key, ()):
            if other not in found:
                heapq.heappush(queue, (max(moment, first), length + 1, other, key))
    return found
