"""The columns of an import's files: what they say is what rows would have said."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from knotwork_graph.model import customer_id
from knotwork_graph.neo4j.columns import Columned, customer_ids
from knotwork_graph.neo4j.work import ROWS, Work, Write, joined


def test_ids_of_many_customers_are_those_of_each():
    numbers = np.array([1, 31, 32, 735_208, 32**10 - 1], np.int64)
    assert customer_ids(numbers).to_pylist() == [customer_id(int(one)) for one in numbers]
    assert customer_ids(numbers[:0]).to_pylist() == []


class Counted:
    """A transaction that keeps what it is told to run."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, dict[str, object]]] = []

    def run(self, query, parameters):
        self.ran.append((query, parameters))
        return self

    def consume(self):
        return self

    @property
    def counters(self):
        return self

    relationships_created = 2


@pytest.mark.parametrize(("rows", "statements"), [(1, 1), (ROWS // 2, 1), (ROWS, 2)])
def test_small_writes_are_one_statement_and_large_ones_one_each(rows, statements):
    ran = Counted()
    writes = [Write("A $rows", range(rows), {"x": 1}), Write("B $rows", []), Write("C $rows", range(rows))]
    assert Work(ran).all(writes) == 2 * statements
    assert len(ran.ran) == statements
    assert Work(ran).all([Write("B $rows", [])]) == 0
    assert len(ran.ran) == statements


def test_a_joined_statement_hangs_on_the_queries_alone():
    few, many = ([Write("A $rows", [0] * n), Write("B $rows $x", [1] * n, {"x": 5})] for n in (1, 3))
    assert joined(few)[0] == joined(many)[0] == "CALL () { A $rows0 }\nCALL () { B $rows1 $x }"
    assert joined(few)[1] == {"rows0": [0], "rows1": [1], "x": 5}


def test_traits_are_numbered_the_same_in_every_piece():
    columned = Columned(set(), "|")

    def shown(*traits: str) -> dict[str, list[list[object]]]:
        rows = pa.table(
            {"identifier": range(1, len(traits) + 1), "trait": list(traits), "value_hash": [9] * len(traits)}
        )
        found = columned.files("traits", rows)
        assert found is not None
        return {file: [pa.array(column).to_pylist() for column in columns] for file, columns in found}

    assert shown("name", "city", "name") == {
        "traits": [[1, 2], ["city", "name"]],
        "showed": [[1, 2, 3], [2, 1, 2], [9] * 3],
    }
    assert shown("name", "zip") == {"traits": [[3], ["zip"]], "showed": [[1, 2], [2, 3], [9] * 2]}
