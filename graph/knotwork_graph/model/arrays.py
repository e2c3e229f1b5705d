"""The identity graph as arrays: what the pure core computes on.

Invariants, kept by the makers of these values and relied on everywhere:

- an identifier's index is its place in ``IdentifierArrays``; edges name identifiers by that index;
- each unordered pair occurs once, and no edge joins an identifier to itself;
- ``first_seen <= last_seen``, ``1 <= count``, ``0 <= vouched <= count``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class IdentifierArrays:
    """All identifiers: ``ids`` the store's own numbers (ascending), ``types`` codes into ``type_names``.

    ``values`` is an Arrow string array; ``usable`` is false where the value is blocked or invalid, or no event bears
    it. ``seen`` tells these apart, in a whole graph: which ones an event bears, or bore by a moment that has passed;
    None where all do, or none, and in a part of a graph.
    """

    ids: Ints
    types: NDArray[np.int32]
    values: Any
    usable: NDArray[np.bool_]
    type_names: tuple[str, ...]
    seen: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def key(self, index: int) -> str:
        """``type:value`` of the identifier at ``index``; O(1)."""
        return f"{self.type_names[int(self.types[index])]}:{self.values[int(index)].as_py()}"


@dataclass(frozen=True, slots=True)
class EdgeArrays:
    """All edges, one row each: ends ``a`` and ``b`` (indices), counts, times in microseconds."""

    a: Ints
    b: Ints
    count: Ints
    vouched: Ints
    first_seen: Ints
    last_seen: Ints

    def __len__(self) -> int:
        return len(self.a)

    def take(self, rows: NDArray[Any]) -> EdgeArrays:
        """The edges that ``rows`` (a mask or indices) picks, in that order; O(rows)."""
        return EdgeArrays(*(getattr(self, name)[rows] for name in EDGE_COLUMNS))


EDGE_COLUMNS = ("a", "b", "count", "vouched", "first_seen", "last_seen")


@dataclass(frozen=True, slots=True)
class GraphArrays:
    """The whole graph: identifiers and the edges between them."""

    identifiers: IdentifierArrays
    edges: EdgeArrays


def empty_edges() -> EdgeArrays:
    """No edges at all, with the right types."""
    import numpy as np

    return EdgeArrays(*(np.empty(0, np.int64) for _ in EDGE_COLUMNS))


def places(ids: Ints, wanted: Ints) -> Ints:
    """Where each of ``wanted`` stands in the ascending ``ids``, which hold it.

    O(wanted) where the ids have no gaps, which is nearly always; else a binary search each.

    >>> import numpy as np
    >>> places(np.array([3, 4, 5]), np.array([5, 3])).tolist(), places(np.array([3, 9]), np.array([9])).tolist()
    ([2, 0], [1])
    """
    import numpy as np

    if len(ids) and int(ids[-1]) - int(ids[0]) + 1 == len(ids):
        return np.asarray(wanted - ids[0], np.int64)
    return np.asarray(np.searchsorted(ids, wanted), np.int64)
