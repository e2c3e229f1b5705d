"""Cells of everybody's profiles that hold several things: JSON objects and lists, a row for each customer.

An aggregate that keeps an order takes four times as long as a column for each of a handful of names, so where there are
few names there is one column for each.
"""

from __future__ import annotations

from collections.abc import Callable
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from knotwork_resolvers.profiles.literal import text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_COLUMNS = 64
COLUMN = "max(CASE WHEN {key} = {name} THEN {said} || {value} END)"
ADDED = "{said} || sum(CASE WHEN {key} = {name} THEN {value} END)::BIGINT"
SORTED = "array_to_string(list_sort(list({told})), ',')"
HELD = "list_filter([{listed}], lambda one: one IS NOT NULL)"


def member(name: str) -> str:
    """How a member of an object begins.

    >>> member("city")
    '"city":'
    """
    return f"{dumps(name, ensure_ascii=False)}:"


def figure(key: str) -> str:
    """How an object begins that ``key``, itself an object, says the first members of.

    >>> figure('{"event":"Order"}')
    '{"event":"Order",'
    """
    return f"{key[:-1]},"


class Part(NamedTuple):
    """One JSON object a customer: a name and a value from each row of ``rows``, one row a name.

    ``column`` gives one name with its value. Where there are few names it is asked for each of them, of ``many``, if
    that is given, which may have several rows a name. ``begins`` tells how the text of a name begins, ``longhand`` is
    that text with its value where there are many, and ``within`` are the signs around the whole.
    """

    name: str
    rows: str
    key: str
    value: str
    column: str = COLUMN
    many: str = ""
    begins: Callable[[str], str] = member
    longhand: str = "to_json({key}) || ':' || {value}"
    within: tuple[str, str] = ("{", "}")


def make_objects(connection: DuckDBPyConnection, part: Part) -> None:
    """Make the temporary table ``of_`` and the part's name: ``customer``, and the part as a text."""
    rows, key = part.many or part.rows, part.key
    found = connection.execute(f"SELECT DISTINCT {key} FROM ({rows}) LIMIT {MOST_COLUMNS + 1}").fetchall()
    few = 0 < len(found) <= MOST_COLUMNS
    told = SORTED.format(told=part.longhand.format(key=key, value=part.value))
    if few:
        begun = sorted((part.begins(name), name) for (name,) in found)
        columns = [part.column.format(key=key, name=text(n), said=text(said), value=part.value) for said, n in begun]
        told = f"concat_ws(',', {', '.join(columns)})"
    opened, closed = (text(sign) for sign in part.within)
    query = f"SELECT customer, {opened} || {told} || {closed} AS {part.name} FROM ({rows if few else part.rows})"
    make(connection, f"of_{part.name}", f"{query} GROUP BY customer")


def make_lists(connection: DuckDBPyConnection, name: str, rows: str, value: str) -> None:
    """Make the temporary table ``of_`` and the name: ``customer``, and the different values as a list in order."""
    found = connection.execute(f"SELECT DISTINCT {value} FROM ({rows}) LIMIT {MOST_COLUMNS + 1}").fetchall()
    listed = ", ".join(f"max(CASE WHEN {value} = {text(one)} THEN {value} END)" for (one,) in sorted(found))
    few = 0 < len(found) <= MOST_COLUMNS
    told = HELD.format(listed=listed) if few else f"list_sort(list(DISTINCT {value}))"
    make(connection, f"of_{name}", f"SELECT customer, {told} AS {name} FROM ({rows}) GROUP BY customer")


def make(connection: DuckDBPyConnection, name: str, query: str) -> None:
    """Make a temporary table of a query's rows."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}").fetchall()
