"""Whole-population questions: everybody, a set of customers, or two sets side by side, and the people behind a number.

The command line, GraphQL and the pages call these. Answers hold no identifiers, but names of events, channels and
touchpoints come from other people's data: who shows them to a role puts ``Mask.text`` through ``Table.masked``. Ids of
customers are for roles that see customers (``sees_customers``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from knotwork.service.whom import Members, Named, Whom, whom
from knotwork_graph.model import customer_id

if TYPE_CHECKING:
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.analyses import Answer, EventLog, Scope
    from knotwork_resolvers.home import Home


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its kind, its options, whom it is about, a second set beside it, and the time it looks at."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    customers: Named | None = None
    beside: Named | None = None
    since: datetime | None = None
    until: datetime | None = None


class AnalysisService:
    """Answers from the current run; safe to call from several threads, which take turns. Keeps one log open."""

    def __init__(self, home: Home, policy: Policy, members: Members) -> None:
        self._members = members
        self._home = home
        self._policy = policy
        self._turn = Lock()
        self._log: EventLog | None = None

    def close(self) -> None:
        """Give back the memory of the log; the next question builds it again."""
        with self._turn:
            if self._log is not None:
                self._log.close()
                self._log = None

    def answer(self, asked: Asked) -> Answer:
        """The answer; with ``beside`` a ``Pair`` of both and their difference. Raises ``UsageError``."""
        from knotwork_resolvers.analyses import Pair

        first = self._of(asked, asked.customers)
        return first if asked.beside is None else Pair(first, self._of(asked, asked.beside))

    def people(self, asked: Asked, cell: Sequence[str]) -> tuple[str, ...]:
        """The ids of the customers behind one number of the answer, oldest first; see ``Kind.cell``."""
        from knotwork_resolvers.analyses import people_behind

        scope, _ = self._scope(asked, asked.customers)
        with self._turn:
            found = people_behind(self._open(), asked.kind, cell, scope, dict(asked.options))
        return tuple(map(customer_id, found))

    def _of(self, asked: Asked, customers: Named | None) -> Answer:
        from knotwork_resolvers.analyses import ask

        scope, chosen = self._scope(asked, customers)
        with self._turn:
            found = ask(self._open(), asked.kind, scope, dict(asked.options))
        return _noted(found, chosen.notes) if chosen.notes else found

    def _scope(self, asked: Asked, customers: Named | None) -> tuple[Scope, Whom]:
        from knotwork_resolvers.analyses import Scope

        chosen = Whom(()) if customers is None else whom(customers, self._home.store, self._policy, self._members)
        return Scope(None if customers is None else chosen.numbers, asked.since, asked.until), chosen

    def _open(self) -> EventLog:
        """The log of the run that readers see now."""
        from knotwork_resolvers.analyses import EventLog, population_of

        population = population_of(self._home, self._policy)
        if self._log is None or self._log.population.version != population.version:
            if self._log is not None:
                self._log.close()
            self._log = None
            self._log = EventLog(population, self._home.scratch)
        return self._log


def _noted(found: Any, notes: tuple[str, ...]) -> Answer:
    """The answer, a frozen value whatever its kind, with these words before its own."""
    said: Answer = replace(found, notes=(*notes, *found.notes))
    return said
