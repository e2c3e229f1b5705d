"""Profiles, trials and pages of journeys from the command line, over a real workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.cli.test_walk import Ran, knotwork_in

POLICY = """
[identifiers.email]
priority = 3
normaliser = "email"
[identifiers.cookie]
priority = 6
[traits.name]
survivorship = "longest"
[sources.list]
rank = 90
[signals.shoes]
events = { "Viewed" = 1 }
where = { category = "shoes" }
above = 1
[consent]
purposes = ["profiling"]
"""
MAPPING = """
[source]
name = "list"
timestamp = "on"
[identifiers]
email = "mail"
[traits]
name = "name"
city = "city"
"""


def told(number: int, **said) -> str:
    event = {"source": "web", "message_id": f"m-{number}", "timestamp": f"2026-03-0{number}T09:00:00Z"}
    return json.dumps(event | {"identifiers": {"email": "lan@example.com", "cookie": "c"}} | said)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiles") / "shop"
    assert knotwork_in(folder.parent, "init", "shop").returncode == 0
    (folder / "knotwork.toml").write_text(POLICY, encoding="utf-8")
    viewed = {"event": "Viewed", "channel": "web", "properties": {"category": "shoes"}}
    lines = [
        told(1, identifiers={"cookie": "c"}, **viewed),
        told(2, traits={"name": "Nguyễn Thị Lan", "birth_date": "1990-01-02"}, consent={"marketing": True}),
        told(3, source="crm", traits={"name": "Lan", "birth_date": "1990-02-01"}, **viewed),
        told(4, event="Order Completed", properties={"revenue": 250000, "currency": "VND"}),
    ]
    (folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "list.csv").write_text(
        "on,mail,name,city\n2026-04-01,lan@example.com,Mai Lan Anh Thư,Huế\n2026-04-01,x@example.com,X,\n"
    )
    (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
    assert knotwork_in(folder, "load", "events.jsonl").returncode == 0
    assert knotwork_in(folder, "resolve").returncode == 0
    return folder


def ran(folder: Path, *arguments: str) -> Ran:
    found = knotwork_in(folder, *arguments)
    assert found.returncode == 0, found.stderr
    return found


def test_a_customer_comes_with_its_profile(shop):
    text = ran(shop, "customer", "email:lan@example.com").stdout
    for word in (
        "known",
        "purchases 1, the last on 2026-03-04: 250,000.00 VND",
        "Nguyễn Thị Lan",
        "marketing",
        "not said",
    ):
        assert word in text
    assert "look at this: 2 values of birth_date, where one person has at most 1" in text
    assert "shoes\t2.00\ton" in text


def test_with_provenance_each_value_says_where_it_is_from(shop):
    text = ran(shop, "customer", "email:lan@example.com", "--provenance").stdout
    assert "name\tNguyễn Thị Lan\tweb\t2026-03-02\t1\tlongest" in text
    assert "\tLan\tcrm\t2026-03-03\t1\tbeaten" in text
    assert text.count("marketing\tyes") == 2


def test_as_json_the_values_stand_with_the_customer_and_the_profile_beside_it(shop):
    told = json.loads(ran(shop, "customer", "email:lan@example.com", "--format", "json").stdout)
    assert told["customer"]["profile"]["name"] == told["profile"]["traits"]["name"]["value"] == "Nguyễn Thị Lan"
    assert told["profile"]["consent"]["profiling"]["allowed"] is None
    assert told["profile"]["purchases"]["value"] == {"VND": 250000.0}


def test_tables_of_profiles_are_exported(shop):
    for what in ("profiles", "known", "claims"):
        assert "Nguyễn Thị Lan" in ran(shop, "export", what).stdout
    assert ran(shop, "export", "anonymous").stdout.count("\n") == 1


def test_a_trial_says_what_a_source_would_bring_and_brings_nothing(shop):
    before = ran(shop, "export", "events").stdout
    text = ran(shop, "enrich", "trial", "list.csv", "--mapping", "map.toml").stdout
    assert "received 2 = accepted 2 + duplicate 0 + rejected 0" in text
    assert "match rate 50.0%: 1 row meets 1 of 1 customer" in text
    assert "name\t100%\t1\t0\t0\t1\t0\t1" in text
    assert "city\t50%\t1\t1\t0\t0\t0\t0" in text
    told = json.loads(ran(shop, "enrich", "trial", "list.csv", "--mapping", "map.toml", "--format", "json").stdout)
    assert (told["match_rate"], told["strangers"]) == (0.5, 1)
    assert ran(shop, "export", "events").stdout == before


def test_a_journey_comes_in_pages(shop):
    first = ran(shop, "journey", "email:lan@example.com", "--first", "3")
    assert first.stdout.count("2026-03-0") == 3
    place = first.stderr.strip().removeprefix("There is more: --after ")
    rest = ran(shop, "journey", "email:lan@example.com", "--first", "3", "--after", place)
    assert (rest.stdout.count("2026-03-0"), rest.stderr) == (1, "")


def test_a_device_has_a_view_of_its_own(shop):
    told = json.loads(ran(shop, "journey", "cookie:c", "--view", "device", "--format", "json").stdout)
    assert [event["known"] for event in told["events"]] == [False, True, True, True]
    stitched = json.loads(ran(shop, "journey", "cookie:c", "--format", "json").stdout)
    assert [event["stitches"] for event in stitched] == [[], ["cookie:c"], [], []]


def test_pages_of_another_moment_are_wrong_usage(shop):
    found = knotwork_in(shop, "journey", "cookie:c", "--first", "3", "--last", "2")
    assert (found.returncode, "leave out --as-of and --last" in found.stderr) == (2, True)


def test_a_place_that_is_none_is_wrong_usage(shop):
    found = knotwork_in(shop, "journey", "cookie:c", "--after", "tomorrow")
    assert (found.returncode, "no place in a journey" in found.stderr) == (2, True)
