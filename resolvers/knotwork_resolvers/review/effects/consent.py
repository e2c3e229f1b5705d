"""Whom a run that nobody made would forbid what they allow today.

A word on consent is about the identifiers that its event bears, whosever that is; so the words stay as they are, and
only who holds which identifier changes. They are read once, for however many customers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model import customer_id
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import StatusCode
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.profiles.consent import Word, words_of
from knotwork_resolvers.profiles.reading import OF_OTHERS, said_of
from knotwork_resolvers.review.effects.after import StoreAfter
from knotwork_resolvers.review.effects.consequences import Handover, Named

if TYPE_CHECKING:
    import pyarrow as pa

Allowed = Mapping[tuple[int, str], bool]
"""By customer and purpose: the strictest word of the identifiers that link."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The customer of each identifier, and whether it links; in the order of the outcome's identifiers."""

    customer: Ints
    links: Mask

    def of(self, customers: tuple[int, ...]) -> Mask:
        """Which identifiers speak for one of ``customers``."""
        return np.asarray(self.links & np.isin(self.customer, np.array(customers, np.int64)))


def stricter(home: Home, after: StoreAfter, hands: Handover) -> Named:
    """Customers and purposes that are allowed by somebody today and would be by the heir no more; by both.

    O(events that bear an identifier of these customers).
    """
    outcome = after.outcome
    was = Holding(outcome.previous.customer, after.status_now == StatusCode.LINKING)
    will = Holding(outcome.found.customer, outcome.found.partition.status == StatusCode.LINKING)
    rows = np.flatnonzero(was.of(hands.before) | will.of(hands.after))
    places = {outcome.graph.identifiers.key(row): row for row in rows.tolist()}
    words = _words(home, after.ids[rows], dict(zip(after.ids[rows].tolist(), places, strict=True)))
    told = [(places[one.key], one) for some in words.values() for one in some]
    return tuple(sorted(_lost(_allowed(told, was), _allowed(told, will), hands)))


def _words(home: Home, ids: Ints, keys: Mapping[int, str]) -> Mapping[str, tuple[Word, ...]]:
    """The latest word of each of ``ids``, by purpose."""
    with home.opened.turn:
        told = said_of(_bearing(home, ids), keys)
    return words_of(told)


def _bearing(home: Home, ids: Ints) -> pa.Table:
    """The events that bear one of ``ids``, with what they say of consent."""
    import pyarrow as pa

    base = home.store.state().base
    file, since = home.opened.base(base), home.opened.since(base)
    later = since.of_events(sorted({event for _, _, event in since.bearing(ids.tolist())}), OF_OTHERS)
    return pa.concat_tables([file.at(np.unique(file.bearing(ids).event), OF_OTHERS).cast(later.schema), later])


def _allowed(told: list[tuple[int, Word]], holding: Holding) -> Allowed:
    found: dict[tuple[int, str], bool] = {}
    for place, word in told:
        if holding.links[place]:
            key = int(holding.customer[place]), word.purpose
            found[key] = found.get(key, True) and word.allowed
    return found


def _lost(was: Allowed, will: Allowed, hands: Handover) -> Iterator[tuple[str, str]]:
    for (customer, purpose), allowed in will.items():
        if not allowed and any(was.get((source, purpose)) for source in hands.sources.get(customer, ())):
            yield customer_id(customer), purpose
