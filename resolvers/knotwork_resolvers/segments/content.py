"""One table of a rule, taken key by key; what nobody took in the end is a key that there is none of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from knotwork_graph.policy import suggestion
from knotwork_graph.policy.problems import Problem, dotted
from knotwork_resolvers.segments.operands import Read
from knotwork_resolvers.segments.rules import Comparison, Op

Value = TypeVar("Value")


class Content:
    """A table at ``place``; what is wrong with it goes to ``problems``, and reading goes on."""

    def __init__(self, tree: Mapping[str, object], place: str, problems: list[Problem]) -> None:
        self.tree, self.place, self.problems = tree, place, problems
        self._known: list[str] = []

    def key(self, name: str) -> str:
        """The key of one entry, as errors name it."""
        return f"{self.place}.{dotted(name)}" if self.place else dotted(name)

    def wrong(self, name: str, remedy: str) -> None:
        """Note what is wrong with an entry; with an empty name, with the table."""
        self.problems.append(Problem(self.key(name) if name else self.place, remedy))

    def take(self, name: str, read: Callable[[object], Value], unsaid: Value) -> Value:
        """The value of an entry, or ``unsaid`` where there is none or it cannot be read."""
        self._known.append(name)
        if name not in self.tree:
            return unsaid
        try:
            return read(self.tree[name])
        except ValueError as error:
            self.wrong(name, str(error))
            return unsaid

    def comparisons(self, known: Mapping[Op, Read], unsaid: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
        """The comparisons of this table, ``unsaid`` where it has none; empty where one cannot be read."""
        before = len(self.problems)
        found = [Comparison(op, value) for op in known if (value := self.take(op, known[op], None)) is not None]
        if len(self.problems) > before:
            return ()
        return tuple(found) or unsaid

    def finish(self) -> None:
        """Note every key that nobody took."""
        for name in self.tree:
            if name not in self._known:
                self.wrong(name, f"there is no such key here; {suggestion(name, self._known)}")
