"""The graph that a full run has read, for whoever looks at all of it next."""

from __future__ import annotations

from knotwork_graph.model import GraphArrays
from knotwork_graph.ports import GraphStore, Projected


class WholeGraph:
    """The whole graph, read from the store but where it is known already. It is large, so it is given only once."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._begun: Projected | None = None
        self._kept: tuple[Projected, GraphArrays] | None = None

    def begin(self) -> None:
        """To be called before the graph is read that is to be kept: what is projected from here on is not in it."""
        self._begun, self._kept = self._store.projected(), None

    def keep(self, graph: GraphArrays) -> None:
        """Keep the ``graph`` that was read since ``begin``."""
        if self._begun is not None:
            self._kept = (self._begun, graph)

    def take(self) -> GraphArrays:
        """The graph as the store has it; one that was kept is forgotten."""
        kept, self._kept = self._kept, None
        if kept is not None and kept[0] == self._store.projected():
            return kept[1]
        return self._store.graph()
