"""Amounts that events carry among their properties, each with its currency: amounts of two currencies never meet."""

from __future__ import annotations

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses.log import text

CURRENCY = "currency"


def property_sql(name: str) -> str:
    """The text of a property of the event, NULL where there is none. Raises ``UsageError`` for a name with quotes."""
    if '"' in name or not name:
        raise UsageError(f"{name!r} is no name of a property.")
    place = text('$."' + name + '"')
    return f"json_extract_string(properties, {place})"


def amount_sql(name: str) -> str:
    """The number that a property of the event is, NULL where it is none."""
    return f"try_cast({property_sql(name)} AS DOUBLE)"


def currency_sql() -> str:
    """The event's currency in capitals, empty where it names none."""
    return f"coalesce(upper(trim({property_sql(CURRENCY)})), '')"
