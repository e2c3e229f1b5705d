"""A customer as the Python API hands it out: its values, and the questions one asks next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

from knotwork_graph.errors import UsageError
from knotwork_graph.model import CustomerView, JourneyEvent

Journey = Callable[[str, datetime | None, int | None], tuple[JourneyEvent, ...]]


class Customer(CustomerView):
    """A ``CustomerView`` that can be asked for its journey."""

    _journey: Journey

    @classmethod
    def of(cls, view: CustomerView, journey: Journey) -> Customer:
        """The ``view`` with a way to ask for its journey."""
        customer = cls(**{field.name: getattr(view, field.name) for field in fields(view)})
        object.__setattr__(customer, "_journey", journey)  # values are frozen, and this is no value of it
        return customer

    def journey(self, as_of: datetime | None = None, last: int | None = None) -> tuple[JourneyEvent, ...]:
        """The events of this customer in order of time: all, those up to ``as_of``, or the ``last`` so many.

        Raises ``UsageError`` for a customer as known at an earlier moment: whose each event was then is not kept.
        """
        if self.known_at is not None:
            raise UsageError("a customer as known then has no journey. Ask for the journey as of a time instead.")
        return self._journey(self.id, as_of, last)
