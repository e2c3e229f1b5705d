"""Answers as tables: within 80 columns, whole as CSV, side by side with their difference."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_resolvers.analyses import Form, Pair, Scope, Table, table_csv, table_text
from knotwork_resolvers.analyses.table import beside
from tests.unit.analyses.made import story

COLUMNS = (("event", Form.KEY), ("count", Form.COUNT), ("share", Form.SHARE))


@given(
    st.lists(st.tuples(st.text("ab ✓é", max_size=120), st.text("xyz", max_size=90), st.integers(0, 10**9)), max_size=50)
)
def test_text_is_no_wider_than_eighty(rows):
    table = Table("t", (("a", Form.KEY), ("b", Form.KEY), ("count", Form.COUNT)), tuple(rows))
    assert all(len(line) <= 80 for line in table_text(table).splitlines())


def test_columns_and_rows_that_do_not_fit_are_counted():
    columns = (("event", Form.KEY), *((f"figure {n}", Form.COUNT) for n in range(20)))
    table = Table("t", columns, tuple((f"e{row}", *range(20)) for row in range(45)))
    said = table_text(table).splitlines()
    assert said[-2:] == ["(5 more rows; --format csv has them all)", "(13 more columns; --format csv has them all)"]


def test_csv_has_everything_unrounded():
    table = Table("t", COLUMNS, (('a "b", c', 3, 1 / 3), ("d", None, 0.0)))
    assert list(csv.reader(StringIO(table_csv(table)))) == [
        ["event", "count", "share"],
        ['a "b", c', "3", str(1 / 3)],
        ["d", "", "0.0"],
    ]


def test_keys_stand_before_figures():
    with pytest.raises(ValueError, match="before its figures"):
        Table("t", (("count", Form.COUNT), ("event", Form.KEY)), ())


def test_side_by_side_each_figure_has_its_difference():
    first, second = (
        Table("t", COLUMNS, (("a", 3, 0.5), ("b", 1, 0.5))),
        Table("t", COLUMNS, (("a", 5, 1.0), ("c", 2, 0.0))),
    )
    assert beside(first, second).rows == (
        ("a", 3, 5, 2, 0.5, 1.0, 0.5),
        ("b", 1, 0, -1, 0.5, 0, -0.5),
        ("c", 0, 2, 2, 0, 0.0, 0.0),
    )


def test_two_sets_of_one_question(asked):
    log = asked([*story(1, "AB"), *story(2, "A"), *story(3, "AB")])
    first, second = (
        log("funnel", Scope(customers=[1, 2]), steps=["A", "B"]),
        log("funnel", Scope(customers=[3]), steps=["A", "B"]),
    )
    (table,) = Pair(first, second).tables()
    shares = [row[[name for name, _ in table.columns].index("share difference")] for row in table.rows]
    assert shares == [0.0, 0.5]


def test_a_mask_covers_every_text(asked):
    (table, _) = asked(story(1, "AB"))("transitions").tables()
    assert {cell for row in table.masked(lambda _: "*").rows for cell in row[:2]} == {"*"}
