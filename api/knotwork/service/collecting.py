"""What became of events that were handed over one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork_graph.model import LoadReport

if TYPE_CHECKING:
    from knotwork_resolvers.collecting import Outcome
    from knotwork_resolvers.run import ResolveReport


@dataclass(frozen=True, slots=True)
class CollectReport:
    """``load``: the counts, as of a file; ``outcomes``: what became of each event; ``resolved``: what the customers
    made of them, None where none was accepted. Where ``resolved.how`` is "waiting", a full run must come first.
    """

    load: LoadReport
    outcomes: tuple[Outcome, ...]
    resolved: ResolveReport | None
