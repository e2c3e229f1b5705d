"""A truth laid beside the graph: for each of the graph's identifiers the one person it belongs to, where it is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from knotwork_graph.model import IdentifierArrays
from knotwork_resolvers.identity.resolution import Ints

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOT_ONE = -1

PEOPLE = """
CREATE TEMP TABLE people AS
SELECT (row_number() OVER (ORDER BY person) - 1)::BIGINT AS number, person FROM (
    SELECT DISTINCT person FROM truth WHERE person <> '')
"""
NAMED = """
CREATE TEMP TABLE named AS
SELECT t.place, t.low, t.low IS DISTINCT FROM t.high AS several FROM (
    SELECT any_value(g.place) AS place, min(p.number) AS low, max(p.number) AS high
    FROM truth AS t LEFT JOIN people AS p ON p.person = t.person
    LEFT JOIN graph_identifiers AS g ON g.type = t.type AND g.value = t.value
    GROUP BY t.type, t.value) AS t
"""
SEEN = f"SELECT place, coalesce(low, {NOT_ONE}) AS low, several FROM named WHERE place IS NOT NULL"
LARGEST = """
SELECT coalesce(max(held), 0) FROM (
    SELECT count(DISTINCT (t.type, t.value)) AS held FROM truth AS t
    SEMI JOIN graph_identifiers AS g ON g.type = t.type AND g.value = t.value
    WHERE t.person <> '' GROUP BY t.person)
"""
CAUSES = """
SELECT DISTINCT g.place, t.cause FROM truth AS t
JOIN graph_identifiers AS g ON g.type = t.type AND g.value = t.value WHERE t.cause <> ''
"""


@dataclass(frozen=True, slots=True)
class Aligned:
    """The truth by index of the graph's identifiers.

    ``person``: a number from 0, or ``NOT_ONE`` where the truth names none, several, or does not know the identifier.
    ``named``: indices the truth names; ``several`` those with more than one person. ``labelled`` and ``label``: an
    index and a cause (into ``causes``) a row. ``in_truth`` counts its identifiers, seen or not.
    """

    person: Ints
    named: Ints
    several: Ints
    labelled: Ints
    label: Ints
    causes: tuple[str, ...]
    in_truth: int
    largest_person: int


def align(connection: DuckDBPyConnection, identifiers: IdentifierArrays) -> Aligned:
    """The table ``truth`` beside ``identifiers``; two joins by value, near-linear in both."""
    connection.register("graph_identifiers", arrow_of(identifiers))
    connection.execute(PEOPLE)
    connection.execute(NAMED)
    rows = connection.sql(SEEN).to_arrow_table()
    place, several = as_ints(rows["place"]), np.asarray(rows["several"].to_numpy(), np.bool_)
    person = np.full(len(identifiers), NOT_ONE, np.int64)
    person[place] = np.where(several, NOT_ONE, as_ints(rows["low"]))
    labelled, label, causes = labels(connection)
    return Aligned(
        person=person,
        named=place,
        several=place[several],
        labelled=labelled,
        label=label,
        causes=causes,
        in_truth=int(connection.execute("SELECT count(*) FROM named").fetchall()[0][0]),
        largest_person=int(connection.execute(LARGEST).fetchall()[0][0]),
    )


def arrow_of(identifiers: IdentifierArrays) -> Any:
    """``place, type, value`` of every identifier, as an Arrow table."""
    kinds = pa.DictionaryArray.from_arrays(pa.array(identifiers.types), pa.array(identifiers.type_names, pa.string()))
    places = np.arange(len(identifiers))
    return pa.table({"place": places, "type": kinds.cast(pa.string()), "value": identifiers.values})


def labels(connection: DuckDBPyConnection) -> tuple[Ints, Ints, tuple[str, ...]]:
    """Index and cause of each label, and the names of the causes."""
    rows = connection.sql(CAUSES).to_arrow_table()
    coded = rows["cause"].combine_chunks().dictionary_encode()
    return as_ints(rows["place"]), as_ints(coded.indices), tuple(coded.dictionary.to_pylist())


def as_ints(column: Any) -> Ints:
    """An Arrow column of whole numbers without nulls, as a numpy array."""
    return np.asarray(column.to_numpy(zero_copy_only=False), np.int64)
