"""The policy that ``init`` writes, and the settings it and the documentation show."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from knotwork_graph.policy import (
    DEFAULT_POLICY,
    NAMED,
    SETTINGS,
    TRAIT,
    AccessSettings,
    GateSettings,
    GraphSettings,
    IdentifierRule,
    Matching,
    NightlySettings,
    Policy,
    ProfileRules,
    ReviewSettings,
    ServeSettings,
    Settings,
    Signal,
    SourceRule,
    Stages,
    TraitRule,
    WorkspaceSettings,
)
from knotwork_graph.policy.webhook_rules import WebhookSettings

Read = Callable[..., Settings]
DOCUMENT = Path(__file__).parents[3] / "docs" / "policy.md"


def test_it_reads_back_without_warnings(read: Read) -> None:
    settings = read(DEFAULT_POLICY)
    assert settings.warnings == ()
    assert settings.policy.max_cluster_size == 500


def test_it_guards_what_is_lent_and_shared(read: Read) -> None:
    policy = read(DEFAULT_POLICY).policy
    for account in ("user_id", "customer_id", "account_id", "member_id", "member_no"):
        assert (policy.rule(account).max_per_customer, policy.rule(account).priority) == (1, 1)
    for kind in ("email", "phone", "device", "cookie", "anonymous_id", "loyalty_card", "order_number"):
        assert policy.names(kind)
        assert policy.rule(kind).shared_above["user_id"] >= 2
        assert policy.rule(kind).shared_above["customer_id"] == policy.rule(kind).shared_above["user_id"]
    for kind in ("device", "cookie", "anonymous_id", "advertising_id"):
        assert policy.rule(kind).ttl is None  # what people did long ago is theirs still
        assert policy.rule(kind).trust < policy.rule("email").trust


def test_what_nobody_named_is_trusted_as_little_as_a_machine(read: Read) -> None:
    policy = read(DEFAULT_POLICY).policy
    machine = policy.rule("device")
    assert machine.shared_above.items() <= policy.default.shared_above.items()
    assert policy.default.shared_above["device"] == policy.default.shared_above["advertising_id"] == 1
    assert policy.default.trust < policy.rule("cookie").trust


def test_its_guards_count_types_that_it_names(read: Read) -> None:
    policy = read(DEFAULT_POLICY).policy
    counted = {name for rule in (*policy.identifiers.values(), policy.default) for name in rule.shared_above}
    assert {name for name in counted if not name.startswith(TRAIT)} <= set(policy.identifiers)


def test_what_it_shows_as_comments_are_the_defaults(read: Read) -> None:
    # but for the ttl: its default is never, which no value says
    shown = re.sub(r"^# (?!ttl)(?=[a-z_]+ = )", "", DEFAULT_POLICY, flags=re.MULTILINE)
    assert shown.count("\n# url") == 0
    assert read(shown) == read(DEFAULT_POLICY)


def test_it_shows_every_setting() -> None:
    shown = tomllib.loads(re.sub(r"^# (?:  )?(?=\[|[a-z_]+ = )", "", DEFAULT_POLICY, flags=re.MULTILINE))
    for setting in SETTINGS:
        section = shown[setting.section]
        assert setting.name in (set().union(*section.values()) if setting.section in NAMED else section)


def test_every_field_of_the_settings_is_declared() -> None:
    held = {"identifiers", "default", "matching", "profiles", "type"}
    homes = {"resolution": Policy, "identifiers": IdentifierRule, "matching": Matching, "lifecycle": Stages}
    homes |= {"graph": GraphSettings, "serve": ServeSettings, "workspace": WorkspaceSettings}
    homes |= {"access": AccessSettings, "gates": GateSettings, "nightly": NightlySettings, "review": ReviewSettings}
    for section, home in homes.items():
        declared = [setting.name for setting in SETTINGS if setting.section == section]
        assert declared == [field.name for field in fields(home) if field.name not in held]  # type: ignore[arg-type] # each of these is a dataclass
    for sections, home, own in (
        (("profile", "consent"), ProfileRules, {"traits", "sources", "signals", "lifecycle"}),
        (("traits",), TraitRule, {"trait"}),
        (("sources",), SourceRule, {"source"}),
        (("signals",), Signal, {"name"}),
        (("webhooks",), WebhookSettings, {"name"}),
    ):
        declared = [setting.name for setting in SETTINGS if setting.section in sections]
        assert declared == [field.name for field in fields(home) if field.name not in own]  # type: ignore[arg-type] # each of these is a dataclass


def test_every_setting_is_documented() -> None:
    text = DOCUMENT.read_text("utf-8")
    for setting in SETTINGS:
        kind = setting.kind.name.replace("|", r"\|")
        row = f"| `{setting.home}.{setting.name}` | {kind} | {setting.shown_default} | {setting.meaning} |"
        assert row in text
    assert len(re.findall(r"^\| `[a-z]+\.", text, re.MULTILINE)) == len(SETTINGS)
