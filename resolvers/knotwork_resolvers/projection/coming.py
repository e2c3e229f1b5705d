"""An increment that is still being found: whoever asks for a part of it waits until that part is there."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pyarrow as pa

from knotwork_graph.model import EdgeArrays
from knotwork_graph.ports import Increment
from knotwork_resolvers.identity.resolution import Ints

Rows = Future[pa.Table]
Edges = Future[tuple[EdgeArrays, Ints]]
"""The edges, and for each a mask of its sources."""


class Coming(Increment):
    """What whole segments add. Its identifiers come first, then its edges, its traits last; each may be asked again."""

    __slots__ = ("_edges", "_identifiers", "_traits")
    _identifiers: Rows
    _edges: Edges
    _traits: Rows

    def __init__(
        self, segments: tuple[int, ...], source_names: tuple[str, ...], identifiers: Rows, edges: Edges, traits: Rows
    ) -> None:
        said = {"segments": segments, "source_names": source_names, "upto": 0}
        for name, value in (said | {"_identifiers": identifiers, "_edges": edges, "_traits": traits}).items():
            object.__setattr__(self, name, value)  # as a frozen dataclass sets its own

    @property
    def identifiers(self) -> Any:
        """As ``Increment`` has them."""
        return self._identifiers.result()

    @property
    def edges(self) -> EdgeArrays:
        """As ``Increment`` has them."""
        return self._edges.result()[0]

    @property
    def sources(self) -> Ints:
        """As ``Increment`` has them."""
        return self._edges.result()[1]

    @property
    def traits(self) -> Any:
        """As ``Increment`` has them."""
        return self._traits.result()
