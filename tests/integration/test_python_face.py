"""The Python names that people's programs rely on, on a real workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import knotwork
from knotwork_graph.errors import UnknownCustomerError


@pytest.fixture
def workspace(tmp_path: Path) -> knotwork.Workspace:
    knotwork.init(tmp_path / "shop")
    events = tmp_path / "events.jsonl"
    seen = [
        {"cookie": "c-81"},
        {"cookie": "c-81", "email": "Lan@Example.com"},
        {"email": "lan@example.com"},
    ]
    events.write_text(
        "\n".join(
            json.dumps(
                {
                    "source": "web",
                    "message_id": f"m-{number}",
                    "timestamp": f"2026-03-0{number + 1}T09:30:00+07:00",
                    "event": "Page Viewed",
                    "identifiers": identifiers,
                    "traits": {"name": "Nguyễn Thị Lan"},
                }
            )
            for number, identifiers in enumerate(seen)
        ),
        encoding="utf-8",
    )
    opened = knotwork.open(tmp_path / "shop")
    opened.load(events)
    opened.resolve()
    return opened


def test_a_customer_tells_its_identifiers_its_profile_and_its_journey(workspace: knotwork.Workspace) -> None:
    customer = workspace.customer("email:LAN@example.com")
    assert [one.key for one in customer.identifiers] == ["email:lan@example.com", "cookie:c-81"]
    assert customer.profile == {"name": "Nguyễn Thị Lan"}
    assert [event.message_id for event in customer.journey()] == ["m-0", "m-1", "m-2"]
    assert [event.known for event in customer.journey()] == [False, True, True]
    assert customer.journey(last=1) == customer.journey()[-1:]


def test_what_nobody_ever_saw_is_an_error_that_keeps_the_value_to_itself(workspace: knotwork.Workspace) -> None:
    with pytest.raises(UnknownCustomerError) as told:
        workspace.customer("email:minh@example.com")
    assert "minh" not in str(told.value)


def test_a_second_load_of_the_same_file_changes_nothing(workspace: knotwork.Workspace, tmp_path: Path) -> None:
    before = [workspace.customers()]
    report = workspace.load(tmp_path / "events.jsonl")
    workspace.resolve()
    assert (report.accepted, report.duplicate) == (0, 3)
    assert [workspace.customers()] == before
