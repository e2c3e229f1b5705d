"""Reading a truth: forms of values, several rows for one identifier, and what is no truth at all."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knotwork_graph.errors import InputError
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.evaluate.reading import read_truth

POLICY = Policy(identifiers={kind: IdentifierRule(kind, normaliser=kind) for kind in ("email", "phone")})


def truth_of(path):
    with duckdb.connect() as connection:
        read_truth(connection, path, POLICY)
        return set(connection.execute("SELECT type, value, person, cause FROM truth").fetchall())


@pytest.fixture
def written(tmp_path):
    def write(text, name="truth.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_values_are_normalised_as_loading_does(written):
    found = truth_of(written("type,value,person\nemail, LAN@Example.com,p1\nphone,0903 123 456,p1\n"))
    assert found == {("email", "lan@example.com", "p1", ""), ("phone", "+84903123456", "p1", "")}


def test_columns_stand_in_any_order_and_unknown_ones_do_no_harm(written):
    found = truth_of(written('person,note,cause,value,type\np1,"a, b",kiosk,c-1,cookie\n'))
    assert found == {("cookie", "c-1", "p1", "kiosk")}


def test_an_empty_person_is_nobody_and_the_word_null_is_a_value(written):
    assert truth_of(written("type,value,person\ncookie,null,\n")) == {("cookie", "null", "", "")}


def test_parquet_with_numbers_for_people(tmp_path):
    pq.write_table(pa.table({"type": ["cookie"], "value": ["c-1"], "person": [7]}), tmp_path / "truth.parquet")
    assert truth_of(tmp_path / "truth.parquet") == {("cookie", "c-1", "7", "")}


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("type,value,persn\na,b,c\n", "t.csv", 'no column person; .*"persn"'),
        ("type,value,person\n", "t.csv", "holds no rows"),
        ("", "t.csv", "no column type"),
        ('type,value,person\na,"b,c\n', "t.csv", "cannot be read as a truth"),
        ("not a table", "t.parquet", "cannot be read as a truth"),
        ("type,value,person\n", "t.xlsx", "CSV or Parquet"),
    ],
)
def test_what_is_no_truth_is_one_clear_error(written, text, name, said):
    with pytest.raises(InputError, match=said):
        truth_of(written(text, name))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv: there is no such file"):
        truth_of(tmp_path / "none.csv")
