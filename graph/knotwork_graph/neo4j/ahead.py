"""What a joint transaction has read ahead, so that what follows need not ask the server again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knotwork_graph.neo4j.head import Head
    from knotwork_graph.neo4j.near import Near


class Ahead:
    """The single values (``head``) and what lies around some identifiers (``near``), as this transaction sees them.

    A write makes both void, but one that says what it changed: then the head it leaves holds on.
    """

    __slots__ = ("_kept", "head", "near")

    def __init__(self) -> None:
        self.head: Head | None = None
        self.near: Near | None = None
        self._kept = False

    def keep(self) -> None:
        """The head has been told of what is being written."""
        self._kept = True

    def written(self) -> None:
        """Something was written."""
        self.near = None
        if not self._kept:
            self.head = None
        self._kept = False
