"""What was known then: who held an identifier from when to when, and what a customer gained and lost."""

from knotwork_resolvers.past.customer import customer_history
from knotwork_resolvers.past.history import CustomerHistory, Handed, IdentifierHistory, Led, Period, Turn
from knotwork_resolvers.past.identifier import identifier_history

__all__ = [
    "CustomerHistory",
    "Handed",
    "IdentifierHistory",
    "Led",
    "Period",
    "Turn",
    "customer_history",
    "identifier_history",
]
