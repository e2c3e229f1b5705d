"""Drift: where the customers that single events have led to are not those that everything together gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_graph.model.arrays import places
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.nightly.turnover import identifiers, named, ranked
from knotwork_resolvers.run.choosing import MOST_TOUCHED, must_be_everything
from knotwork_resolvers.run.figures import status_before
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.touched_only import resolve_touched

FEW = 100_000
"""So many touched identifiers are always looked at; of more, only where they are a small part of all."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Where readers' customers, brought up to this moment by what was touched, differ from the whole result.

    ``wrong``: which identifiers differ, in customer or standing; ``live`` and ``whole``: whose each is on either side.
    ``why_not`` is set where nothing was compared.
    """

    wrong: Mask
    live: Ints
    whole: Ints
    why_not: str = ""

    @property
    def customers(self) -> int:
        """How many customers of either side hold an identifier that differs."""
        both = np.concatenate([self.live[self.wrong], self.whole[self.wrong]])
        return len(np.unique(both[both != 0]))

    def examples(self, most: int) -> tuple[str, ...]:
        """The customers that hold most of what differs, in words."""
        held = np.concatenate([self.live[self.wrong], self.whole[self.wrong & (self.live != self.whole)]])
        return tuple(self._told(customer, count) for customer, count in ranked(held, most))

    def _told(self, customer: int, count: int) -> str:
        others = np.concatenate(
            [self.whole[self.wrong & (self.live == customer)], self.live[self.wrong & (self.whole == customer)]]
        )
        beside = sorted({named(int(one)) for one in others[:1_000] if one != customer})
        along = f", beside {', '.join(beside[:3])}" if beside else ", in standing alone"
        return f"{named(customer)}: {identifiers(count)}{along}"


def drift_of(home: Home, at: Situation, outcome: Outcome) -> Drift:
    """How the live customers differ from ``outcome``, which holds everything at the same moment."""
    whole, identifiers = outcome.found.customer, outcome.graph.identifiers
    why_not = _why_not(home, at)
    if why_not:
        return Drift(np.zeros(len(whole), np.bool_), whole, whole, why_not)
    live, status = outcome.previous.customer.copy(), status_before(outcome, at)
    if at.touched:
        part = resolve_touched(home, at)
        place = places(identifiers.ids, part.graph.identifiers.ids)
        live[place], status[place] = part.found.customer, part.found.partition.status
    differs = _alike(live, at.state.next_number) != _alike(whole, at.state.next_number)
    return Drift(np.asarray(differs | (status != outcome.found.partition.status)), live, whole)


def _why_not(home: Home, at: Situation) -> str:
    because = must_be_everything(home, at)
    if because or at.touched is None:
        return because or "everything was touched"
    if len(at.touched) > max(FEW, MOST_TOUCHED * home.store.sizes()[0]):
        return "so much has come at once that it would not have been resolved piece by piece"
    return ""


def _alike(customer: Ints, fresh: int) -> Ints:
    """The customers with those that are new (``fresh`` and up) numbered by their first identifier.

    Which new number a new customer gets says nothing about who it is.
    """
    new = customer >= fresh
    _, first, inverse = np.unique(customer[new], return_index=True, return_inverse=True)
    alike = customer.copy()
    alike[new] = fresh + np.flatnonzero(new)[first][inverse]
    return alike
