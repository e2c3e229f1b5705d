"""What became of events that were handed over one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork_graph.model import LoadReport

if TYPE_CHECKING:
    from knotwork_resolvers.collecting import Outcome
    from knotwork_resolvers.run import ResolveReport


@dataclass(frozen=True, slots=True)
class CollectReport:
    """``load``: the counts, as of a file; ``outcomes``: what became of each event; ``resolved``: what the customers
    made of them, None where none was accepted. Where ``resolved.how`` is "waiting", a full run must come first, or
    another command is at work, which resolves them in the end; ``because`` says which.
    """

    load: LoadReport
    outcomes: tuple[Outcome, ...]
    resolved: ResolveReport | None


def waiting(because: str) -> ResolveReport:
    """What is said of events that are kept, and not looked at yet."""
    from knotwork_resolvers.run import ResolveReport

    return ResolveReport(run=0, moment=datetime.now(UTC), how="waiting", because=because)
