"""The question that a funnel answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses.options import Option, some_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Which customers do one thing after another."""

    steps: Annotated[tuple[str, ...], Option("The events, in their order.", metavar="EVENT")]
    window: Annotated[timedelta | None, Option("The time from the first step to the last.", metavar="TIME")] = None
    exclude: Annotated[
        tuple[str, ...], Option("An event that ends an attempt when it comes between.", metavar="EVENT")
    ] = ()
    any_order: Annotated[bool, Option("The events may come in any order.")] = False
    reentry: Annotated[bool, Option("An attempt may begin at any first step, not only at a customer's first.")] = False

    def __post_init__(self) -> None:
        some_time(window=self.window)
        if not self.steps:
            raise UsageError("a funnel needs at least one step: name the events in their order.")
        if both := sorted(set(self.steps) & set(self.exclude)):
            raise UsageError(f"{both[0]!r} is a step and excluded; it cannot be both.")
