"""What attribution comes back with."""

from __future__ import annotations

from dataclasses import dataclass

from knotwork_resolvers.analyses.attribution_tables import attribution_tables
from knotwork_resolvers.analyses.table import Table
from knotwork_resolvers.analyses.touches import RULES

MODELS = (*RULES[:-1], "markov", "shapley")
NO_TOUCH = "(no touch)"


@dataclass(frozen=True, slots=True)
class Amount:
    """So much money in one currency, which is empty where the events name none."""

    currency: str
    amount: float


@dataclass(frozen=True, slots=True)
class Credit:
    """What one model gives one touchpoint: conversions, the share of all, and the amounts by currency."""

    touchpoint: str
    model: str
    conversions: float
    share: float
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """The share of conversions that would be lost without the touchpoint, by the Markov chain."""

    touchpoint: str
    effect: float


@dataclass(frozen=True, slots=True)
class AttributionAnswer:
    """For each model the credits sum to ``conversions``, and their amounts to ``totals``.

    ``(no touch)`` has the conversions before which nothing was seen. Touchpoints stand by their linear credit.
    """

    conversions: float
    totals: tuple[Amount, ...]
    models: tuple[str, ...]
    credits: tuple[Credit, ...]
    removal: tuple[Removal, ...] = ()
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Conversions by model, amounts by model and currency, and the removal effects."""
        return attribution_tables(self)
