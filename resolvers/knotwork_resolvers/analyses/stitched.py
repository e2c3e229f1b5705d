"""Stitching figures: how much of what happened has a known customer, before stitching and after.

An event is known *before* stitching when it bears itself an identifier that names a person (not a browser or a
machine); *after*, when its customer holds one. A session is anonymous when none of its events was known before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork_resolvers.analyses.cell import Cell, named
from knotwork_resolvers.analyses.log import EventLog
from knotwork_resolvers.analyses.names import why_empty
from knotwork_resolvers.analyses.options import one_of
from knotwork_resolvers.analyses.table import Form, Table
from knotwork_resolvers.sessions import SESSION_GAP

if TYPE_CHECKING:
    from knotwork_resolvers.identity.resolution import Ints

FIGURES = (
    "events", "known before", "known after", "gained", "sessions", "anonymous sessions", "recovered sessions",
    "customers", "known customers",
)  # fmt: skip
"""Those with people behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stitching:
    """What stitching brought."""


@dataclass(frozen=True, slots=True)
class StitchingAnswer:
    """``nobody`` counts events without a customer. ``lift`` is (after - before) / before, None where before is 0.

    ``recovered`` are the anonymous sessions whose customer is known now; ``identifiers`` the average of a customer.
    """

    events: int
    nobody: int
    known_before: int
    known_after: int
    sessions: int
    anonymous: int
    recovered: int
    customers: int
    known_customers: int
    identifiers: float | None
    notes: tuple[str, ...] = ()

    @property
    def lift(self) -> float | None:
        """How much larger the part of known events became."""
        return (self.known_after - self.known_before) / self.known_before if self.known_before else None

    def tables(self) -> tuple[Table, ...]:
        """Counts with the share they are of what they are part of, and the averages."""
        rows = (
            ("events", self.events, 1.0 if self.events else 0.0),
            ("nobody's", self.nobody, _share(self.nobody, self.events)),
            ("known before", self.known_before, _share(self.known_before, self.events)),
            ("known after", self.known_after, _share(self.known_after, self.events)),
            ("gained", self.known_after - self.known_before, self.lift),
            ("sessions", self.sessions, 1.0 if self.sessions else 0.0),
            ("anonymous sessions", self.anonymous, _share(self.anonymous, self.sessions)),
            ("recovered sessions", self.recovered, _share(self.recovered, self.anonymous)),
            ("customers", self.customers, 1.0 if self.customers else 0.0),
            ("known customers", self.known_customers, _share(self.known_customers, self.customers)),
        )
        averages = (("identifiers of a customer", self.identifiers),)
        return (
            Table("stitching", (("figure", Form.KEY), ("count", Form.COUNT), ("share", Form.SHARE)), rows),
            Table("averages", (("figure", Form.KEY), ("value", Form.NUMBER)), averages),
        )


def stitching(log: EventLog, _: Stitching) -> StitchingAnswer:
    """The figures of what the log looks at, nobody's events among everybody's; O(n)."""
    import numpy as np

    behind, nobody = _behind(log)
    events, held = len(behind["events"]) + nobody, log.held.identifiers[behind["customers"]]
    return StitchingAnswer(
        events=events,
        nobody=nobody,
        known_before=len(behind["known before"]),
        known_after=len(behind["known after"]),
        sessions=len(behind["sessions"]),
        anonymous=len(behind["anonymous sessions"]),
        recovered=len(behind["recovered sessions"]),
        customers=len(held),
        known_customers=len(behind["known customers"]),
        identifiers=float(np.mean(held)) if len(held) else None,
        notes=() if events else why_empty(log),
    )


def stitching_people(log: EventLog, _: Stitching, cell: Cell) -> str:
    """A query for the customers behind a figure; nobody stands behind nobody's events."""
    import pyarrow as pa

    (figure,) = named(cell, "figure")
    one_of("figure", figure, FIGURES)
    behind, _nobody = _behind(log)
    log.connection.register("behind", pa.table({"customer": behind[figure]}))
    return "SELECT customer FROM behind"


def _behind(log: EventLog) -> tuple[dict[str, Ints], int]:
    """For each figure the customers of the events, sessions or customers that it counts; and nobody's events."""
    import numpy as np

    looked_at = log.course.within(log.scope)
    told = looked_at.of_customers()
    customer, before = told.customer, told.personal
    after, starts = before | log.held.known[customer], told.sessions(SESSION_GAP)
    anonymous = ~np.logical_or.reduceat(before, starts) if len(starts) else before  # it refuses to begin nowhere
    whose, whole = customer[starts], customer[np.diff(customer, prepend=0) != 0]
    known = log.held.known[whose]
    counted = (
        customer, customer[before], customer[after], customer[after & ~before], whose, whose[anonymous],
        whose[anonymous & known], whole, whole[log.held.known[whole]],
    )  # fmt: skip
    return dict(zip(FIGURES, counted, strict=True)), len(looked_at.customer) - len(customer)


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0
