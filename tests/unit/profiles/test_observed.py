"""What sources said: a row for each value of each trait by each source, of everybody and of some."""

from __future__ import annotations

import duckdb
import pytest

from knotwork_resolvers.profiles.observed import observed_traits
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Told

LAN, HUNG, A = "user_id:lan", "user_id:hung", "cookie:a"
EVENTS = [
    Told(1, 0, (LAN, A), traits={"name": "Lan", "points": 5}),
    Told(2, 5, (LAN,), traits={"name": " Lan ", "points": "5"}, vouched=("user_id",)),
    Told(3, 9, (LAN,), traits={"name": "Nguyễn Lan", "city": ""}, source="crm"),
    Told(4, 9, (HUNG,), traits={"name": "Hùng"}),
    Told(5, 9, (HUNG,), traits={"name": "Hu\u0300ng"}),
]


@pytest.fixture
def observed(open_shop):
    """Asks a resolved shop, of everybody or of some keys."""
    made = open_shop(policy_of({"user_id": {"priority": 1}, "cookie": {"priority": 6}}))
    made.load(EVENTS)
    made.resolve()

    def ask(*keys: str):
        owners, home = made.owners(), made.workspace.home
        some = [owners[key] for key in keys] or None
        with duckdb.connect() as connection:
            rows = observed_traits(connection, home, made.workspace.settings.policy, some)
            return connection.sql(f"SELECT * FROM {rows} ORDER BY ALL").to_arrow_table().to_pylist()

    return ask


def test_a_row_for_each_value_of_each_source(observed):
    found = [(row["trait"], row["value"], row["source"], row["count"], row["vouched"]) for row in observed(LAN)]
    assert found == [
        ("name", "Lan", "web", 2, 1),
        ("name", "Nguyễn Lan", "crm", 1, 0),
        ("points", "5", "web", 2, 1),
    ]


def test_one_text_in_two_unicode_forms_is_one_value(observed):
    assert [(row["value"], row["count"]) for row in observed(HUNG)] == [("Hùng", 2)]


def test_some_customers_are_told_as_among_everybody(observed):
    assert sorted(map(str, observed(LAN) + observed(HUNG))) == sorted(map(str, observed()))
