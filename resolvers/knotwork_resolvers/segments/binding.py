"""The parameters of a query: every value that a rule names is bound, never written into the text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from knotwork_resolvers.segments.rules import Scalar

NOW = "$now"
"""The moment that windows end at, in microseconds."""


class Binder:
    """Gives each value one name, and the same value the same one, so that equal conditions are equal texts."""

    def __init__(self) -> None:
        self._names: dict[tuple[type, Scalar], str] = {}

    def bind(self, value: Scalar) -> str:
        """The parameter that stands for a value."""
        return "$" + self._names.setdefault((type(value), value), f"v{len(self._names) + 1}")

    def among(self, values: Iterable[Scalar]) -> str:
        """What stands after IN; of no values NULL, which nothing is in."""
        return "(" + (", ".join(map(self.bind, values)) or "NULL") + ")"

    @property
    def values(self) -> dict[str, Scalar]:
        """The values by the names of their parameters."""
        return {name: value for (_, value), name in self._names.items()}


def micros(span: timedelta) -> int:
    """Whole microseconds."""
    return span // timedelta(microseconds=1)


def since(span: timedelta) -> str:
    """The moment so long before now, in a query."""
    return f"({NOW} - {micros(span)})"
