"""Real files through the mappings kept beside the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knotwork_graph.facts import FactLog
from knotwork_resolvers.loading import load, read_mapping

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"
pytestmark = pytest.mark.shared_data


# 30 rows of the shop log stand there twice, to the letter, and it names no message: they are duplicates
@pytest.mark.parametrize(
    ("mapping", "file", "line"),
    [
        ("ecom", "ecom/ecom.csv.gz", "received 31106 = accepted 31076 + duplicate 30 + rejected 0"),
        ("vietnam", "vietnam/dev_records.csv", "received 14454 = accepted 14454 + duplicate 0 + rejected 0"),
        ("febrl", "febrl/dataset3.csv", "received 5000 = accepted 5000 + duplicate 0 + rejected 0"),
    ],
)
def test_what_comes_out(mapping: str, file: str, line: str, shared_data: Path, log: FactLog) -> None:
    assert load([shared_data / file], log, mapping=read_mapping(MAPPINGS / f"{mapping}.toml")).line() == line


def test_the_shop_log_keeps_users_sessions_and_names(
    shared_data: Path, log: FactLog, facts: Callable[..., list[Any]]
) -> None:
    load([shared_data / "ecom" / "ecom.csv.gz"], log, mapping=read_mapping(MAPPINGS / "ecom.toml"))
    rows = facts("identifiers[1].value", "properties ->> 'session'", "event", "channel")
    users, sessions, events, channels = (set(column) for column in zip(*rows, strict=True))
    assert (len(users), len(sessions), channels) == (600, 3_605, {"web"})
    assert {"home", "product_view", "catalog"} <= events


def test_people_with_typing_errors_keep_their_traits(
    shared_data: Path, log: FactLog, facts: Callable[..., list[Any]]
) -> None:
    load([shared_data / "febrl" / "dataset3.csv"], log, mapping=read_mapping(MAPPINGS / "febrl.toml"))
    (first,) = facts("message_id", "identifiers", "traits ->> 'given_name'", "traits ->> 'birth_date'")[:1]
    assert first == ("rec-1496-org", [{"type": "soc_sec_id", "value": "1804974"}], "mitchell", "19560409")
