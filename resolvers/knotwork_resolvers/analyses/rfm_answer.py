"""What recency, frequency and monetary value come back with, as values and as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knotwork_resolvers.analyses.table import Form, Table

SCORES = (("R", Form.KEY), ("F", Form.KEY))


@dataclass(frozen=True, slots=True)
class RfmGroup:
    """The customers with one score of recency and one of frequency; ``since``: how long ago they bought, on average."""

    recency_score: int
    frequency_score: int
    customers: int
    share: float
    since: float
    orders: float


@dataclass(frozen=True, slots=True)
class RfmMoney:
    """What the customers of a group spent in one currency; ``mean`` is for each customer who spent in it."""

    recency_score: int
    frequency_score: int
    currency: str
    customers: int
    amount: float
    mean: float


@dataclass(frozen=True, slots=True)
class RfmBuyer:
    """One customer, in the units asked for. ``frequency`` counts the days with purchases after the first such day,
    ``recency`` is from the first to the last of them, ``age`` (T) from the first to today, ``since`` from the last.
    """

    customer: str
    first: date
    last: date
    orders: int
    frequency: int
    recency: float
    age: float
    since: float
    recency_score: int
    frequency_score: int


@dataclass(frozen=True, slots=True)
class RfmSpent:
    """What one customer spent in one currency, and the score among all who spent in it."""

    customer: str
    currency: str
    amount: float
    monetary_score: int


@dataclass(frozen=True, slots=True)
class RfmAnswer:
    """Groups, the best first; buyers and what they spent only where each was asked for."""

    unit: str
    groups: tuple[RfmGroup, ...]
    money: tuple[RfmMoney, ...]
    buyers: tuple[RfmBuyer, ...] = ()
    spent: tuple[RfmSpent, ...] = ()
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """The buyers where they were asked for, the groups, and the money."""
        listed = (_buyers(self), _spent(self)) if self.buyers else ()
        return (*listed, _groups(self), _money(self))


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
