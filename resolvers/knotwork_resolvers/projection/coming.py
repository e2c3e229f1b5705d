"""An increment that is still being found: whoever asks for a part of it waits until that part is there."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import numpy as np
import pyarrow as pa

from knotwork_graph.model import EdgeArrays
from knotwork_graph.model.arrays import EDGE_COLUMNS
from knotwork_graph.ports import Increment
from knotwork_resolvers.identity.resolution import Ints

Rows = Future[pa.Table]


class Coming(Increment):
    """What whole segments add. Its identifiers come first, then its edges, its traits last; each may be asked again."""

    __slots__ = ("_edges", "_identifiers", "_traits")
    _identifiers: Rows
    _edges: Rows
    _traits: Rows

    def __init__(
        self, segments: tuple[int, ...], source_names: tuple[str, ...], identifiers: Rows, edges: Rows, traits: Rows
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
        return EdgeArrays(**{name: self._numbers(name) for name in EDGE_COLUMNS})

    @property
    def sources(self) -> Ints:
        """As ``Increment`` has them."""
        return self._numbers("sources")

    @property
    def traits(self) -> Any:
        """As ``Increment`` has them."""
        return self._traits.result()

    def _numbers(self, name: str) -> Ints:
        """A column of the edges."""
        return np.asarray(self._edges.result()[name].to_numpy(), np.int64)
