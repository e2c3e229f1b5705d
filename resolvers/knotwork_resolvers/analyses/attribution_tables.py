"""The tables of attribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_resolvers.analyses.table import Form, Table

if TYPE_CHECKING:
    from knotwork_resolvers.analyses.credit import AttributionAnswer

HEADINGS = {"last_non_direct": "non-direct", "time_decay": "decay"}


def attribution_tables(found: AttributionAnswer) -> tuple[Table, ...]:
    """Conversions by model, amounts by model and currency, and the removal effects."""
    return _conversions(found), _amounts(found), _removal(found)


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
