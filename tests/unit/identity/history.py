"""A history of resolutions, one after another, kept as a store would keep it but in plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from knotwork_graph.model import Decision
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity import NOBODY, ChangeCode, Circumstances, Previous, Resolution, resolve
from tests.unit.identity.graphs import DAY, Seen, arranged


@dataclass(slots=True)
class Row:
    """A membership: whose an identifier was from one run until another (None: still)."""

    key: str
    customer: int
    since: int
    until: int | None = None


@dataclass(slots=True)
class History:
    """Runs so far. ``keys`` stand in the order in which they were first seen, as a store's ids do."""

    policy: Policy = field(default_factory=Policy)
    run: int = 0
    keys: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    redirects: dict[int, tuple[int, ...]] = field(default_factory=dict)
    next_number: int = 1
    last: Resolution | None = None
    changes: list[tuple[str, int, int, int]] = field(default_factory=list)

    def step(
        self,
        edges: Iterable[Seen],
        *said: Decision,
        alone: Iterable[str] = (),
        blocked: Iterable[str] = (),
        decisions: Iterable[Decision] = (),
    ) -> dict[str, int]:
        """One more run over the whole graph; the customer of each identifier, nobody's left out."""
        listed, unusable = list(edges), set(blocked)
        seen = {end for one in listed for end in (one.a, one.b)} | set(alone) | unusable
        self.keys += sorted(seen - set(self.keys))
        graph = arranged(self.keys, listed, unusable | (set(self.keys) - seen))
        self.last = resolve(graph, self.policy, Circumstances(DAY, (*said, *decisions)), self._previous())
        self._keep(dict(zip(self.keys, self.last.customer.tolist(), strict=True)))
        return self.now()

    def now(self) -> dict[str, int]:
        """The customer of each identifier that has one."""
        return {row.key: row.customer for row in self.rows if row.until is None}

    def ids(self) -> dict[frozenset[str], int]:
        """The customers, each with its number."""
        held: dict[int, set[str]] = {}
        for key, customer in self.now().items():
            held.setdefault(customer, set()).add(key)
        return {frozenset(keys): customer for customer, keys in held.items()}

    def leads_to(self, number: int) -> set[int]:
        """The living customers that an id leads to."""
        if number in self.now().values():
            return {number}
        return {one for heir in self.redirects[number] for one in self.leads_to(heir)}

    def _previous(self) -> Previous:
        owner = {row.key: row for row in self.rows if row.until is None}
        past = [row for row in self.rows if row.until is not None]
        place = {key: index for index, key in enumerate(self.keys)}
        return Previous(
            customer=np.array([owner[key].customer if key in owner else NOBODY for key in self.keys], np.int64),
            since=np.array([owner[key].since if key in owner else 0 for key in self.keys], np.int64),
            past_identifier=np.array([place[row.key] for row in past], np.int64),
            past_customer=np.array([row.customer for row in past], np.int64),
            next_number=self.next_number,
            past_until=np.array([row.until for row in past], np.int64),
        )

    def _keep(self, found: dict[str, int]) -> None:
        self.run += 1
        resolution = self.last
        assert resolution is not None
        was = self.now()
        for row in self.rows:
            if row.until is None and found[row.key] != row.customer:
                row.until = self.run
        self.rows += [
            Row(key, number, self.run) for key, number in found.items() if number != NOBODY and was.get(key) != number
        ]
        for number in resolution.created.tolist():
            self.redirects.pop(number, None)
        for gone in set(was.values()) - set(found.values()):
            self.redirects.setdefault(gone, ())  # none of its identifiers belongs to anybody
        self.redirects |= {one.customer: one.heirs for one in resolution.redirects}
        self.next_number = resolution.next_number
        c = resolution.changes
        columns = (c.kind.tolist(), c.customer.tolist(), c.other.tolist(), c.identifiers.tolist())
        self.changes = [(ChangeCode(kind).name.lower(), *rest) for kind, *rest in zip(*columns, strict=True)]
