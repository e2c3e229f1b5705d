"""From the tables of touches to credits: the rules are summed where they are, Markov and money are shared here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from knotwork_resolvers.analyses.credit import NO_TOUCH, Amount, AttributionAnswer, Credit, Removal
from knotwork_resolvers.analyses.markov import chain_of
from knotwork_resolvers.analyses.touches import MONEY, RULES, TOTALS, credits_of, moves_of

if TYPE_CHECKING:
    from knotwork_resolvers.analyses.log import EventLog

Sums = dict[str, dict[str, float]]
"""By model, then by touchpoint."""


def credited(log: EventLog, models: tuple[str, ...], *, collapse: bool) -> AttributionAnswer:
    """The credits that the tables ``ways``, ``touches`` and ``figures`` give."""
    conversions, touched = (float(one or 0) for one in log.row(TOTALS))
    money = {currency: (total, reached) for currency, total, reached in log.run(MONEY)}
    counts, amounts = _by_rule(log)
    removal: tuple[Removal, ...] = ()
    if "markov" in models and touched:
        chain = chain_of(moves_of(log, collapse=collapse))
        removal = tuple(Removal(name, effect) for name, effect in sorted(chain.removal.items(), key=_most))
        shares = chain.shares()
        counts["markov"] = {name: share * touched for name, share in shares.items()}
        for currency, (_, reached) in money.items():
            amounts.setdefault(currency, {})["markov"] = {name: share * reached for name, share in shares.items()}
    untouched = {currency: total - reached for currency, (total, reached) in money.items()}
    found = _credits(counts, amounts, models, (conversions, conversions - touched), untouched)
    totals = tuple(Amount(currency, total) for currency, (total, _) in money.items())
    return AttributionAnswer(conversions, totals, models, found, removal)


def _by_rule(log: EventLog) -> tuple[Sums, dict[str, Sums]]:
    """The conversions by rule and touchpoint, and the amounts by currency, rule and touchpoint."""
    counts: Sums = {rule: {} for rule in RULES}
    amounts: dict[str, Sums] = {}
    for rule, touch, currency, count, amount in credits_of(log):
        counts[rule][touch] = counts[rule].get(touch, 0.0) + count
        if amount is not None:
            amounts.setdefault(currency, {}).setdefault(rule, {})[touch] = amount
    return counts, amounts


def _credits(
    counts: Sums,
    amounts: Mapping[str, Sums],
    models: tuple[str, ...],
    conversions: tuple[float, float],
    untouched: Mapping[str, float],
) -> tuple[Credit, ...]:
    """All credits; ``conversions`` are all, and those before which nothing was seen."""
    total, lost = conversions
    order = sorted(counts["linear"].items(), key=_most)
    names = [*(name for name, _ in order), *sorted(set(counts.get("markov", ())) - dict(order).keys())]
    found = [
        Credit(name, model, count, count / total, _amounts(amounts, model, name))
        for name in names
        for model in models
        for count in (counts[model].get(name, 0.0),)
    ]
    rest = tuple(Amount(currency, amount) for currency, amount in untouched.items() if amount)
    return (*found, *(Credit(NO_TOUCH, model, lost, lost / total, rest) for model in models if lost))


def _amounts(amounts: Mapping[str, Sums], model: str, name: str) -> tuple[Amount, ...]:
    return tuple(
        Amount(currency, sums[model][name]) for currency, sums in sorted(amounts.items()) if name in sums.get(model, {})
    )


def _most(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]
