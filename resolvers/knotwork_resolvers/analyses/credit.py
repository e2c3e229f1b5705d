"""What attribution comes back with."""

from __future__ import annotations

from dataclasses import dataclass

from knotwork_resolvers.analyses.table import Form, Table
from knotwork_resolvers.analyses.touches import RULES

MODELS = (*RULES[:-1], "markov", "shapley")
NO_TOUCH = "(no touch)"
HEADINGS = {"last_non_direct": "non-direct", "time_decay": "decay"}


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
        return _conversions(self), _amounts(self), _removal(self)


def _conversions(found: AttributionAnswer) -> Table:
    held: dict[str, dict[str, float]] = {}
    for one in found.credits:
        held.setdefault(one.touchpoint, {})[one.model] = one.conversions
    rows = tuple((name, *(sums.get(model, 0.0) for model in found.models)) for name, sums in held.items())
    return Table("conversions", (("touchpoint", Form.KEY), *_models(found)), rows)


def _amounts(found: AttributionAnswer) -> Table:
    held: dict[tuple[str, str], dict[str, float]] = {}
    for one in found.credits:
        for each in one.amounts:
            held.setdefault((one.touchpoint, each.currency), {})[one.model] = each.amount
    rows = tuple((*name, *(sums.get(model, 0.0) for model in found.models)) for name, sums in held.items())
    return Table("amounts", (("touchpoint", Form.KEY), ("currency", Form.KEY), *_models(found)), rows)


def _removal(found: AttributionAnswer) -> Table:
    rows = tuple((one.touchpoint, one.effect) for one in found.removal)
    return Table("removal effects", (("touchpoint", Form.KEY), ("effect", Form.SHARE)), rows)


def _models(found: AttributionAnswer) -> tuple[tuple[str, Form], ...]:
    return tuple((HEADINGS.get(model, model), Form.NUMBER) for model in found.models)
