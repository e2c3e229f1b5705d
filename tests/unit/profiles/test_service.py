"""What people ask of profiles: masks, misnamed names of a policy, moments, and what there is before a run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knotwork.access.masks import Mask
from knotwork.access.profiles import masked_profile
from knotwork.access.roles import Role
from knotwork.cli.documents import document
from knotwork_graph.errors import UnknownCustomerError, UnknownRunError
from knotwork_graph.policy import IdentifierRule, Policy, ProfileRules, Signal, SourceRule, TraitRule
from tests.unit.profiles.world import load

POLICY = Policy(
    identifiers={"email": IdentifierRule("email", priority=3, normaliser="email", max_per_customer=5)},
    profiles=ProfileRules(
        purchases=("Order Complete",),
        purposes=("marketting",),
        traits={"nmae": TraitRule("nmae"), "birth_date": TraitRule("birth_date")},
        sources={"crmm": SourceRule("crmm")},
        signals={"wants": Signal("wants", {"Viewd": 1.0, "Order*": 1.0, "Zzz*": 1.0})},
    ),
)


def told(number: int, day: int, **said) -> dict[str, object]:
    return {
        "source": "crm",
        "message_id": f"m-{number}",
        "timestamp": f"2026-03-0{day}T09:00:00Z",
        "identifiers": {"email": "lan@example.com"},
    } | said


EVENTS = [
    told(1, 1, event="Viewed", traits={"name": "Nguyễn Thị Lan", "birth_date": "1990-01-02"}),
    told(2, 3, event="Order Completed", traits={"name": "Trần Lan"}, consent={"marketing": True}),
]


@pytest.fixture
def workspace(open_shop):
    made = open_shop(POLICY)
    load(made.workspace, EVENTS)
    made.resolve()
    return made.workspace


def test_names_that_no_event_has_shown_come_with_the_nearest_known_one(workspace):
    assert workspace.profiling.warnings() == (
        'traits.nmae names the trait "nmae", which no event has shown; did you mean "name"?',
        'sources.crmm names the source "crmm", which no event has shown; did you mean "crm"?',
        'profile.purchases names the event "Order Complete", which no event has shown; did you mean "Order Completed"?',
        'signals.wants.events names the event "Viewd", which no event has shown; did you mean "Viewed"?',
        'signals.wants.events names the event "Zzz*", which no event has shown',
        'consent.purposes names the purpose "marketting", which no event has shown; did you mean "marketing"?',
    )


def test_every_value_is_masked_beaten_ones_too(workspace):
    profile = workspace.profile("email:lan@example.com")
    shown = document(masked_profile(profile, Mask(Role.ANALYST)))
    for personal in ("Nguyễn", "Trần", "lan@example.com", "01-02"):
        assert personal in document(profile)
        assert personal not in shown
    assert masked_profile(profile, Mask(Role.STEWARD, clear=True)) is profile


def test_as_of_an_earlier_moment_it_is_what_was_said_until_then(workspace):
    early = workspace.profile("email:lan@example.com", as_of=datetime(2026, 3, 2, tzinfo=UTC))
    assert (early["name"], early.events, early.stage) == ("Nguyễn Thị Lan", 1, "new")
    assert list(early.consent) == ["marketting"]


def test_before_anything_is_said_there_is_nothing(workspace):
    early = workspace.profile("email:lan@example.com", as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert (dict(early), early.events, early.stage, early.first_seen, early.known) == ({}, 0, "", None, True)


def test_a_customer_s_profile_is_the_profile(workspace):
    customer = workspace.customer("email:lan@example.com")
    assert customer.profile == {"birth_date": "1990-01-02", "name": "Trần Lan"}
    assert customer.profile.traits["name"].beaten[0].value == "Nguyễn Thị Lan"
    assert customer.profile.traits["name"].message_id == "m-2"


def test_an_unknown_customer_is_said(workspace):
    with pytest.raises(UnknownCustomerError):
        workspace.profile("email:nobody@example.com")


def test_before_the_first_run_there_is_nothing_to_export(open_shop):
    made = open_shop(POLICY)
    with pytest.raises(UnknownRunError):
        made.workspace.export("profiles", "jsonl", made.folder / "out.jsonl")
    assert made.workspace.profiling.warnings() == ()
