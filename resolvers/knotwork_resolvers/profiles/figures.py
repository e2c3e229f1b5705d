"""What can be counted of a customer: events, amounts by currency, purchases, and the stage of a lifecycle.

Told twice with one meaning: ``figures_of`` for the events of one customer, ``figures_in`` for everybody's. Amounts are
added as whole millionths, so that their order does not matter; two currencies never meet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from knotwork_graph.model import to_micros
from knotwork_graph.model.times import EPOCH
from knotwork_graph.policy import ProfileRules, Stages
from knotwork_resolvers.profiles.bodies import amount, property_of
from knotwork_resolvers.profiles.moment import Moment
from knotwork_resolvers.projection.few_traits import BLANKS

if TYPE_CHECKING:
    from datetime import timedelta

MILLION = 1e6
NO_STAGE = ""


class Deed(NamedTuple):
    """One event of a customer, as figures need it; ``at`` in microseconds, ``properties`` JSON or None."""

    at: int
    event: str
    channel: str
    properties: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one customer; times in microseconds.

    ``counts`` and ``channels`` are numbers of events by name; ``sums`` are millionths by (event, currency), and
    ``summed`` how many events had an amount. ``back`` is when the customer last came back after having been lost.
    """

    events: int = 0
    first: int | None = None
    last: int | None = None
    back: int | None = None
    bought: int = 0
    bought_last: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    sums: Counter[tuple[str, str]] = field(default_factory=Counter)
    summed: Counter[tuple[str, str]] = field(default_factory=Counter)


def figures_of(deeds: Sequence[Deed], rules: ProfileRules, moment: Moment) -> Figures:
    """The figures of a customer's events, which come in order of time. O(events)."""
    told = [deed for deed in deeds if moment.holds(deed.at)]
    if not told:
        return Figures()
    bought = [deed.at for deed in told if deed.event in rules.purchases]
    sums, summed = _sums(told, rules)
    return Figures(
        len(told),
        told[0].at,
        told[-1].at,
        _back([deed.at for deed in told], micros(rules.lifecycle.at_risk)),
        len(bought),
        max(bought, default=None),
        Counter(deed.event for deed in told if deed.event),
        Counter(deed.channel for deed in told if deed.channel),
        sums,
        summed,
    )


def stage_of(figures: Figures, stages: Stages, moment: Moment) -> str:
    """The stage of a lifecycle: new, active, won back, at risk or lost; empty where there are no events."""
    if figures.first is None or figures.last is None:
        return NO_STAGE
    since = moment.now - figures.last
    if since > micros(stages.at_risk):
        return "lost"
    if since > micros(stages.active):
        return "at risk"
    if figures.back is not None and moment.now - figures.back <= micros(stages.active):
        return "won back"
    return "new" if moment.now - figures.first <= micros(stages.new) else "active"


def micros(span: timedelta) -> int:
    """A span in microseconds."""
    return to_micros(EPOCH + span)


def _sums(deeds: Iterable[Deed], rules: ProfileRules) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    sums: Counter[tuple[str, str]] = Counter()
    summed: Counter[tuple[str, str]] = Counter()
    for deed in deeds:
        if deed.properties and rules.amount in deed.properties:
            found = amount(property_of(deed.properties, rules.amount))
            if found is not None:
                key = deed.event, currency(property_of(deed.properties, rules.currency))
                sums[key] += found
                summed[key] += 1
    return sums, summed


def currency(text: str | None) -> str:
    """A currency's name in capitals; empty for none."""
    bare = (text or "").strip(BLANKS)
    return "".join(letter.upper() if letter.isascii() else letter for letter in bare)


def _back(moments: Sequence[int], pause: int) -> int | None:
    """When an event last came more than ``pause`` after the one before."""
    return max((later for earlier, later in pairwise(moments) if later - earlier > pause), default=None)
