"""What the events look like: valid, of the agreed form, messy where sources are messy, and in their period."""

from __future__ import annotations

import json
import re
from collections import Counter

import numpy as np
import pytest

from knotwork_seeds import FailureRates, Population, generate
from knotwork_seeds.identifiers import TYPES
from knotwork_seeds.population import Generated
from knotwork_seeds.profile import _written

KEYS = {"source", "message_id", "timestamp", "channel", "event", "identifiers"}
MORE = {"vouched", "traits", "properties", "consent"}


def test_every_line_is_an_event_of_the_agreed_form(made):
    for line in made.lines:
        event = json.loads(line)
        assert event.keys() >= KEYS
        assert event.keys() <= KEYS | MORE
        assert event["identifiers"]
        assert set(event["identifiers"]) <= set(TYPES)
        assert set(event.get("vouched", [])) <= set(event["identifiers"])


def test_the_account_is_right(made):
    assert made.account == Generated(1000, len(made.lines), made.account.files)
    assert all(path.exists() for path in made.account.files)


def test_only_doubled_deliveries_occur_twice_and_they_are_the_same(made):
    assert made.one("SELECT count(*) FROM events") > made.one("SELECT count(*) FROM truth_events")
    assert len(set(made.lines)) == made.one("SELECT count(DISTINCT (source, message_id)) FROM events")
    assert max(Counter(made.lines).values()) == 2


def test_an_average_person_leaves_some_fifty_events_and_some_eight_identifiers(made):
    assert 40 <= made.account.events / 1000 <= 60
    assert 6 <= made.one("SELECT count(*) FROM truth_identifiers WHERE person <> ''") / 1000 <= 10


def test_all_channels_and_all_types_occur(made):
    channels = {"web", "app", "shop", "loyalty", "call_centre", "marketplace", "crm", "email"}
    assert {channel for (channel,) in made.rows("SELECT DISTINCT channel FROM events")} == channels
    assert {kind for (kind,) in made.rows("SELECT DISTINCT type FROM used")} == set(TYPES)


def test_most_browsing_carries_nothing_but_the_machine(made):
    kinds = made.rows(
        "SELECT list_sort(json_keys(identifiers)), count(*) FROM events"
        " WHERE event IN ('Page Viewed', 'Product Viewed') GROUP BY 1"
    )
    bare = sum(n for keys, n in kinds if set(keys) <= {"cookie", "device", "advertising_id"})
    assert bare == sum(n for _, n in kinds)


def test_times_lie_in_the_period_but_for_wrong_clocks(made):
    outside = "time < '2025-01-01 00:00:00+07' OR time >= '2026-07-01 00:00:00+07'"
    wrong = made.rows(f"SELECT DISTINCT cause FROM events JOIN truth_events USING (source, message_id) WHERE {outside}")
    assert wrong
    assert all("wrong_clock" in cause for (cause,) in wrong)


def test_sources_write_time_each_in_its_way(made):
    forms = made.rows("SELECT DISTINCT source, right(timestamp, 6) = '+07:00', right(timestamp, 1) = 'Z' FROM events")
    assert {(source, zulu) for source, _, zulu in forms} == {
        ("web", True), ("app", True), ("email", True), ("pos", False), ("crm", False), ("call_centre", False),
        ("loyalty", False), ("marketplace", False),
    }  # fmt: skip
    assert all(home != zulu for _, home, zulu in forms)


def test_nobody_signs_in_before_signing_up(made):
    early = made.one(
        "WITH kept AS (SELECT time, event, identifiers->>'user_id' AS user FROM events JOIN truth_events"
        " USING (source, message_id) WHERE cause IS NULL OR cause NOT LIKE '%wrong_clock%')"
        " SELECT count(*) FROM kept AS up JOIN kept AS entry USING (user)"
        " WHERE up.event = 'Signed Up' AND entry.event = 'Signed In' AND entry.time < date_trunc('day', up.time)"
    )
    assert early == 0
    assert made.one("SELECT count(*) FROM events WHERE event = 'Signed Up'") > 100


def test_the_shop_is_closed_at_night_and_the_call_centre_keeps_office_hours(made):
    hours = "CAST(substr(timestamp, 12, 2) AS INTEGER)"
    assert made.one(f"SELECT min({hours}) >= 7 AND max({hours}) <= 21 FROM events WHERE source = 'pos'")
    assert made.one(f"SELECT min({hours}) >= 7 AND max({hours}) <= 19 FROM events WHERE source = 'call_centre'")


def test_sale_days_are_busier_than_the_days_around_them(made):
    per_day = "SELECT count(*) FROM events WHERE source <> 'crm' AND CAST(time AT TIME ZONE 'Asia/Ho_Chi_Minh' AS DATE)"
    sale = made.one(f"{per_day} = '2025-11-11'")
    around = made.one(f"{per_day} IN ('2025-11-09', '2025-11-10', '2025-11-12', '2025-11-13')")
    assert sale > 1.5 * around / 4


def test_orders_have_revenue_and_currency(made):
    wrong = "(properties->>'currency') <> 'VND' OR CAST(properties->>'revenue' AS BIGINT) < 50000"
    assert (
        made.one(f"SELECT count(*) FROM events WHERE event = 'Order Completed' AND ({wrong} OR properties IS NULL)")
        == 0
    )
    assert made.one("SELECT count(*) FROM events WHERE event = 'Order Returned'") > 0


def test_landings_carry_campaigns_and_tet_has_its_own(made):
    campaigns = dict(made.rows("SELECT properties->>'utm_campaign', count(*) FROM events GROUP BY 1"))
    assert {"brand", "retargeting", "weekly", "sale_day", "tet"} <= campaigns.keys()


def test_masked_phones_are_a_trait_of_marketplaces_and_never_an_identifier(made):
    assert made.one("SELECT count(*) FROM used WHERE raw LIKE '%*%'") == 0
    assert (
        made.one(
            "SELECT count(*) FROM events WHERE source = 'marketplace' AND traits->>'masked_phone' LIKE '__*****___'"
        )
        > 100
    )
    assert (
        made.one("SELECT count(*) FROM events WHERE source <> 'marketplace' AND traits->>'masked_phone' IS NOT NULL")
        == 0
    )


def test_names_come_in_many_ways(made):
    names = [
        name for (name,) in made.rows("SELECT DISTINCT traits->>'name' FROM events WHERE traits->>'name' IS NOT NULL")
    ]
    assert any(name.isupper() and name.isascii() for name in names)
    assert any(name.islower() and name.isascii() for name in names)
    assert any("Ð" in name for name in names)  # U+00D0 in the place of U+0110
    assert any(name.startswith(("Anh ", "Chị ")) for name in names)
    assert any(name.startswith("Nguyễn Thị ") for name in names)


def test_birth_dates_come_with_the_year_or_the_day_first(made):
    query = "SELECT DISTINCT traits->>'birth_date' FROM events WHERE traits->>'birth_date' IS NOT NULL"
    dates = [day for (day,) in made.rows(query)]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}", day) for day in dates)
    assert any("/" in day for day in dates)


def test_birth_dates_are_now_and_then_swapped():
    _, _, swapped = _written(np.array([0, 37, 44]))  # 1 January, 7 February and 14 February 1970
    assert swapped.to_pylist() == ["1970-01-01", "1970-07-02", "1970-02-14"]


def test_addresses_come_old_and_new(made):
    lines = [
        line
        for (line,) in made.rows("SELECT DISTINCT traits->>'address' FROM events WHERE traits->>'address' IS NOT NULL")
    ]
    assert {len(line.split(", ")) for line in lines} == {3, 4}
    assert any("TP.HCM" in line for line in lines)
    assert any(line.isascii() and line.isupper() for line in lines)


def test_two_values_of_one_type_are_a_list(tmp_path):
    rates = FailureRates(changed_email=1.0)
    made = generate(tmp_path, Population(people=150, rates=rates))
    events = [json.loads(line) for line in made.files[0].read_bytes().splitlines()]
    lists = [event["identifiers"]["email"] for event in events if isinstance(event["identifiers"].get("email"), list)]
    assert lists
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in lists)


def test_parquet_holds_the_same_events(tmp_path, made):
    import duckdb

    generate(tmp_path, Population(people=1000), format="parquet")
    rows = duckdb.sql(f"SELECT * FROM '{tmp_path}/events/*.parquet'")
    assert dict(zip(rows.columns, map(str, rows.types), strict=True)) == {
        "source": "VARCHAR", "message_id": "VARCHAR", "timestamp": "VARCHAR", "channel": "VARCHAR", "event": "VARCHAR",
        "identifiers": "MAP(VARCHAR, VARCHAR[])", "vouched": "VARCHAR[]", "traits": "VARCHAR", "properties": "VARCHAR",
        "consent": "VARCHAR",
    }  # fmt: skip
    for line, row in zip(made.lines, rows.fetchall(), strict=True):
        event = json.loads(line)
        held = {kind: value if isinstance(value, list) else [value] for kind, value in event["identifiers"].items()}
        parts = [json.loads(part) if part else None for part in row[7:]]
        assert [*row[:5], row[5], row[6], *parts] == [
            *(event[key] for key in ("source", "message_id", "timestamp", "channel", "event")), held,
            *(event.get(key) for key in ("vouched", "traits", "properties", "consent")),
        ]  # fmt: skip


@pytest.mark.parametrize("months", [1, 2, 120])
def test_short_and_long_periods(tmp_path, months):
    made = generate(tmp_path, Population(people=30, months=months))
    assert made.events > 30 * months


def test_one_person_is_a_population(tmp_path):
    made = generate(tmp_path, Population(people=1, seed=4))
    assert {line.split(",")[0] for line in (tmp_path / "truth_people.csv").read_text().splitlines()} == {
        "person",
        "p-000000",
    }
    assert made.people == 1
