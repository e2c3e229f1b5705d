"""What a good policy file says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from knotwork_graph.policy import DEFAULT_POLICY, IdentifierRule, Matching, Policy, Settings
from knotwork_graph.policy.durations import read_duration, show_duration

Read = Callable[..., Settings]

FULL = """
[resolution]
conflict = "newest"
shared_events = "device_split"
max_cluster_size = 500
half_life = "90d"

[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
priority = 2
normaliser = "email"
max_per_customer = 5
blocked = ["info@*", "re:^shop[0-9]+@"]
shared_above = { user_id = 3, "trait:family_name" = 8 }
trust = 0.9
ttl = "730d"
[identifiers."till no."]
[identifiers.default]
trust = 0.5

[graph]
url = "neo4j://graph.example:7687"
database = "people"
[serve]
port = 0
[workspace]
"""


def test_everything_that_the_file_says_arrives(read: Read) -> None:
    settings = read(FULL)
    policy = settings.policy
    assert (policy.conflict, policy.shared_events) == ("newest", "device_split")
    assert (policy.max_cluster_size, policy.half_life) == (500, timedelta(days=90))
    assert list(policy.identifiers) == ["user_id", "email", "till no."]
    email = policy.rule("email")
    assert email.blocked == ("info@*", "re:^shop[0-9]+@")
    assert dict(email.shared_above) == {"user_id": 3, "trait:family_name": 8}
    assert (email.trust, email.ttl, email.normaliser) == (0.9, timedelta(days=730), "email")
    assert policy.rule("till no.") == IdentifierRule("till no.")
    assert policy.rule("zalo_id") == IdentifierRule("zalo_id", trust=0.5)
    assert (settings.graph.url, settings.graph.database) == ("neo4j://graph.example:7687", "people")
    assert (settings.serve.host, settings.serve.port) == ("127.0.0.1", 0)


@pytest.mark.parametrize("text", ["", "\ufeff", "# nothing\n", "[resolution]\n[identifiers]\n[graph]\n"])
def test_what_the_file_does_not_say_is_not_limited(read: Read, text: str) -> None:
    settings = read(text)
    assert settings == Settings()
    assert settings.policy == Policy()
    assert settings.policy.max_cluster_size is None
    assert settings.policy.rule("anything").max_per_customer is None


def test_reading_the_recommended_policy_loads_nothing_heavy(tmp_path: Path) -> None:
    """Commands without data answer at once, and they read the policy."""
    (tmp_path / "knotwork.toml").write_text(DEFAULT_POLICY, "utf-8")
    code = (
        "import sys; from pathlib import Path; from knotwork_graph.policy import read_policy;"
        "read_policy(Path('knotwork.toml'), {});"
        "print([name for name in ('pyarrow', 'numpy', 'duckdb', 'phonenumbers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_same_priority_for_two_types_is_fine(read: Read) -> None:
    assert read("[identifiers.a]\npriority = 2\n[identifiers.b]\npriority = 2").warnings == ()


def test_a_workspace_has_a_name(read: Read) -> None:
    settings = read('[workspace]\nname = "Shop"')
    assert settings.workspace.name == "Shop"
    assert settings.warnings == ()


def test_the_thresholds_of_matching_are_read(read: Read) -> None:
    settings = read("[matching]\nauto_join = true\njoin_above = 0.95\npropose_above = 0.4")
    assert settings.policy.matching == Matching(auto_join=True, join_above=0.95, propose_above=0.4)
    assert settings.warnings == ()


def test_a_guard_that_counts_a_misspelt_type_is_doubted(read: Read) -> None:
    (warning,) = read("[identifiers.user_id]\n[identifiers.email]\nshared_above = { userid = 3, phone = 2 }").warnings
    assert "identifiers.email.shared_above" in warning
    assert 'did you mean "user_id"?' in warning


def test_a_guard_that_can_never_count_is_doubted_and_taken(read: Read) -> None:
    settings = read("[identifiers.it]\nmax_per_customer = 1\nshared_above = { it = 1 }")
    assert dict(settings.policy.rule("it").shared_above) == {"it": 1}
    (warning,) = settings.warnings
    assert "identifiers.it.shared_above" in warning
    assert "may go" in warning


@pytest.mark.parametrize(
    ("text", "seconds"), [("2w", 1_209_600), ("180d", 15_552_000), ("12h", 43_200), ("30m", 1_800)]
)
def test_durations(text: str, seconds: int) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)
    assert read_duration(show_duration(read_duration(text))) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "180", "d", "-1d", "0d", "1.5d", "1y", "1 d", "180D", "99999999d", "1d2h", "١d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a whole number|out of range"):
        read_duration(text)


def test_a_gate_is_switched_off_by_false_and_zero_is_a_limit(read: Read) -> None:
    gates = read("[gates]\nid_changes = false\ncustomer_growth = 0\nlargest_customer = false").gates
    assert (gates.id_changes, gates.customer_growth, gates.largest_customer) == (None, 0.0, None)
    assert read("", KNOTWORK_GATES_SEVERED="false").gates.severed is None


def test_the_nightly_time_is_off_by_default(read: Read) -> None:
    assert read("").nightly.at == ""
    nightly = read('[nightly]\nat = "02:30"\ntimezone = "Asia/Ho_Chi_Minh"').nightly
    assert (nightly.at, nightly.timezone) == ("02:30", "Asia/Ho_Chi_Minh")
