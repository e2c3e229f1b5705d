"""The tables of recency, frequency and monetary value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_resolvers.analyses.table import Form, Table

if TYPE_CHECKING:
    from knotwork_resolvers.analyses.rfm import RfmAnswer

SCORES = (("R", Form.KEY), ("F", Form.KEY))


def rfm_tables(found: RfmAnswer) -> tuple[Table, ...]:
    """The groups and their money; before them the buyers and what each spent, where they were asked for."""
    listed = (_buyers(found), _spent(found)) if found.buyers else ()
    return (*listed, _groups(found), _money(found))


def _groups(found: RfmAnswer) -> Table:
    columns = (
        *SCORES,
        ("customers", Form.COUNT),
        ("share", Form.SHARE),
        (f"{found.unit}s since", Form.NUMBER),
        ("orders each", Form.NUMBER),
    )
    rows = tuple(
        (one.recency_score, one.frequency_score, one.customers, one.share, one.since, one.orders)
        for one in found.groups
    )
    return Table("groups", columns, rows)


def _money(found: RfmAnswer) -> Table:
    columns = (
        *SCORES,
        ("currency", Form.KEY),
        ("customers", Form.COUNT),
        ("amount", Form.NUMBER),
        ("mean", Form.NUMBER),
    )
    rows = tuple(
        (one.recency_score, one.frequency_score, one.currency, one.customers, one.amount, one.mean)
        for one in found.money
    )
    return Table("money", columns, rows)


def _buyers(found: RfmAnswer) -> Table:
    figures = ("frequency", "recency", "T", "since")
    columns = (
        ("customer", Form.KEY),
        ("orders", Form.COUNT),
        *((name, Form.COUNT if name == "frequency" else Form.NUMBER) for name in figures),
        ("R", Form.COUNT),
        ("F", Form.COUNT),
    )
    rows = tuple(
        (
            one.customer,
            one.orders,
            one.frequency,
            one.recency,
            one.age,
            one.since,
            one.recency_score,
            one.frequency_score,
        )
        for one in found.buyers
    )
    return Table("buyers", columns, rows)


def _spent(found: RfmAnswer) -> Table:
    columns = (("customer", Form.KEY), ("currency", Form.KEY), ("amount", Form.NUMBER), ("M", Form.COUNT))
    rows = tuple((one.customer, one.currency, one.amount, one.monetary_score) for one in found.spent)
    return Table("spent", columns, rows)
