"""What a query takes of each table, collected so that all segments share one pass over it."""

from __future__ import annotations

from collections.abc import Iterable

from knotwork_resolvers.segments.binding import Binder
from knotwork_resolvers.segments.comparing import text_passes
from knotwork_resolvers.segments.rules import Kind


class Columns:
    """Expressions over one table, each with a name; the same expression has the same name."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._names: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._names)

    def add(self, expression: str) -> str:
        """The name of an expression."""
        return self._names.setdefault(expression, f"{self._prefix}{len(self._names) + 1}")

    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(self._names.values())

    def listed(self) -> tuple[str, ...]:
        """Each expression with its name, as a query selects it."""
        return tuple(f"{expression} AS {name}" for expression, name in self._names.items())


class EventColumns:
    """What is asked of events: which of them are read, which of their properties, and what is taken of each customer's.

    ``read`` gives the one pass over everybody's events, ``measured`` a row for each customer.
    """

    def __init__(self, binder: Binder) -> None:
        self.binder = binder
        self.properties = Columns("q")
        self.measures = Columns("m")
        self._names: dict[str, None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The events that any condition speaks of."""
        return tuple(self._names)

    def property(self, name: str) -> str:
        """The text of a property of an event; a pointer finds it whatever signs its name has."""
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        return self.properties.add(f"json_extract_string(properties, {self.binder.bind(pointer)})")

    def named(self, names: Iterable[str]) -> str:
        """Whether an event has one of these names."""
        listed = tuple(names)
        self._names.update(dict.fromkeys(listed))
        return f"event IN {self.binder.among(listed)}"

    def of_kind(self, kind: Kind) -> str:
        """Whether an event is of this kind; never NULL."""
        parts = [self.named(kind.names)]
        if kind.channels:
            parts.append(f"coalesce(channel IN {self.binder.among(kind.channels)}, false)")
        parts += [text_passes(self.property(one.property), one.comparisons, self.binder) for one in kind.where]
        return " AND ".join(parts)

    def measure(self, expression: str) -> str:
        """The name of what is taken of all events of a customer; NULL where the customer has none of them."""
        return self.measures.add(expression)

    def read(self, events: str) -> str:
        """The query for the events that are spoken of, with their properties."""
        asked = ", ".join(("", *self.properties.listed()))
        return (
            f'SELECT customer, place, epoch_us("timestamp") AS t, event, channel{asked}'
            f" FROM {events} WHERE event IN {self.binder.among(self.names)}"
        )

    def measured(self, read: str) -> str:
        """The query for what is taken of each customer's events; ``read`` is where they stand."""
        return f"SELECT customer, {', '.join(self.measures.listed())} FROM {read} GROUP BY customer"
