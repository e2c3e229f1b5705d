"""What a joint transaction has read ahead, so that what follows need not ask the server again."""

from __future__ import annotations

from typing import TypeVar

from knotwork_graph.neo4j.standing import Remembered

T = TypeVar("T")


class Ahead:
    """One value of each kind, as this transaction sees it. A write makes all of them void, but those it has kept up.

    ``standing``: what is known beyond the transaction, for it does not change.
    """

    def __init__(self, standing: Remembered) -> None:
        self.standing = standing
        self._held: dict[type, object] = {}
        self._kept: set[type] = set()

    def get(self, kind: type[T]) -> T | None:
        """The value of this kind, None where there is none."""
        found = self._held.get(kind)
        return found if isinstance(found, kind) else None

    def put(self, value: T) -> T:
        """The ``value``, which is held from now on."""
        self._held[type(value)] = value
        return value

    def keep(self, kind: type) -> None:
        """The value of this kind was told of what is being written."""
        self._kept.add(kind)

    def written(self) -> None:
        """Something was written."""
        self._held = {kind: value for kind, value in self._held.items() if kind in self._kept}
        self._kept.clear()
