"""A small real workspace with gates, so small that every share is large: what is not tested is switched off."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from knotwork.workspace import Workspace
from knotwork.workspace.layout import Layout
from knotwork_graph.policy import GateSettings, Policy, Settings
from knotwork_resolvers.nightly import Report, Verdict
from tests.unit.run.shop import Shop, Told

OPEN = GateSettings(
    id_changes=None,
    changed_hands=None,
    largest_customer=None,
    largest_growth=None,
    customer_growth=None,
    identifiers_lost=None,
    severed=None,
    severed_growth=None,
    contradictions=None,
    unknown_decisions=None,
    ledger=False,
    graph=False,
    drift="off",
)


class Night(Shop):
    """A shop that is recomputed under gates of its own."""

    def __init__(self, folder: Path, policy: Policy | None = None, gates: GateSettings = OPEN) -> None:
        super().__init__(folder, policy)
        self.policy, self.gates = policy or Policy(), gates
        self.workspace = Workspace(Layout(folder), Settings(policy=self.policy, gates=gates))

    def gated(self, gates: GateSettings, policy: Policy | None = None) -> Night:
        """The same folder under other gates, or another policy."""
        self.workspace.close()
        night = Night(self.folder, policy or self.policy, gates)
        night.loads = self.loads
        return night

    def recompute(self, *anyway: str) -> Report:
        """The nightly job."""
        return self.workspace.recompute(anyway)

    def seen(self) -> dict[str, Any]:
        """All that readers see of customers, and what is left to be looked at."""
        store = self.workspace.home.store
        pending = store.pending()
        return {
            "current": store.state().current,
            "owners": self.owners(),
            "statuses": self.statuses(),
            "severed": self.severed(),
            "rows": store.memberships().identifier.tolist(),
            "pending": None if pending is None else pending.tolist(),
            "next": store.state().next_number,
        }


def verdict(report: Report, gate: str) -> Verdict:
    """What one gate said."""
    return next(one for one in report.gates if one.gate == gate)


def pairs(count: int, first: int = 0) -> list[Told]:
    """Events of so many customers of two identifiers each."""
    return [Told(first + n, n, (f"email:{first + n}@x.vn", f"cookie:c{first + n}")) for n in range(count)]


def joined(customers: Iterable[int], number: int = 1000) -> list[Told]:
    """Events that glue the customers of ``pairs`` together, each to the next."""
    those = list(customers)
    return [
        Told(number + place, 100 + place, (f"email:{a}@x.vn", f"email:{b}@x.vn"))
        for place, (a, b) in enumerate(pairwise(those))
    ]
