"""Variables that override the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy import NAMED, SETTINGS, Settings
from knotwork_graph.policy.given import variable

Read = Callable[..., Settings]
Refused = Callable[..., PolicyError]


def test_a_variable_wins_over_the_file(read: Read) -> None:
    text = "[resolution]\nmax_cluster_size = 5\n[serve]\nport = 1"
    settings = read(text, KNOTWORK_RESOLUTION_MAX_CLUSTER_SIZE="100", KNOTWORK_SERVE_PORT="9000")
    assert (settings.policy.max_cluster_size, settings.serve.port) == (100, 9000)


def test_a_variable_mends_a_wrong_value_of_the_file(read: Read) -> None:
    assert read("[serve]\nport = 'x'", KNOTWORK_SERVE_PORT="9000").serve.port == 9000


def test_variables_of_identifier_types(read: Read) -> None:
    settings = read(
        '[identifiers."till no."]',
        KNOTWORK_IDENTIFIERS_EMAIL_TTL="365d",
        KNOTWORK_IDENTIFIERS_EMAIL_SHARED_ABOVE="{ user_id = 3 }",
        KNOTWORK_IDENTIFIERS_EMAIL_BLOCKED='["info@*"]',
        KNOTWORK_IDENTIFIERS_USER_ID_MAX_PER_CUSTOMER="1",
        KNOTWORK_IDENTIFIERS_TILL_NO__TRUST="0.5",
        KNOTWORK_IDENTIFIERS_DEFAULT_PRIORITY="7",
    )
    policy = settings.policy
    assert (policy.rule("email").ttl, policy.rule("email").blocked) == (timedelta(days=365), ("info@*",))
    assert dict(policy.rule("email").shared_above) == {"user_id": 3}
    assert policy.rule("user_id").max_per_customer == 1
    assert policy.rule("till no.").trust == 0.5
    assert policy.rule("unheard_of").priority == 7
    assert list(policy.identifiers) == ["till no.", "email", "user_id"]


SOME = """
[profile]
source_priority = ["crm"]
[identifiers.it]
normaliser = "email"
[lifecycle]
at_risk = "365d"
[signals.it]
events = ["Seen"]
[webhooks.it]
url = "https://crm.example.com/knotwork"
"""


@pytest.mark.parametrize("text", ["true", "True", " TRUE "])
def test_flags_in_any_case(read: Read, text: str) -> None:
    assert read("", KNOTWORK_SERVE_SHOW_PERSONAL=text).serve.show_personal


def test_every_setting_can_be_overridden(read: Read) -> None:
    for setting in SETTINGS:
        name = variable(setting.section, "it" if setting.section in NAMED else "", setting.name)
        text = setting.kind.example.strip('"') if setting.kind.is_text else setting.kind.example
        assert read(SOME, **{name: text})


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        ("KNOTWORK_SERVE_PORT", "tcp://10.0.0.1:80", "write it as 8765"),
        ("KNOTWORK_SERVE_PORT", "70000", "from 0 to 65535"),
        ("KNOTWORK_SERVE_PROT", "1", 'did you mean "port"?'),
        ("KNOTWORK_RESOLUTION_CONFLICT", "newst", 'did you mean "newest"?'),
        ("KNOTWORK_IDENTIFIERS_EMAIL_TTL", "1y", '"180d"'),
        ("KNOTWORK_IDENTIFIERS_EMAIL_TLT", "1d", "no such setting"),
        ("KNOTWORK_IDENTIFIERS_TTL", "1d", "no such setting"),
        ("KNOTWORK_IDENTIFIERS_EMAIL_BLOCKED", "info@*", '["info@*"]'),
        ("KNOTWORK_MATCHING_JOIN_ABOVE", "0.2", "raise join_above"),
    ],
)
def test_a_variable_that_cannot_be_meant_is_named(refused: Refused, name: str, text: str, remedy: str) -> None:
    error = refused("", **{name: text})
    assert error.key == name
    assert remedy in str(error)


def test_variables_that_are_no_settings(read: Read) -> None:
    reserved = {"WORKSPACE": "w", "GRAPH_USER": "u", "GRAPH_PASSWORD": "p", "GRAPH_PASSWORD_FILE": "f", "DEBUG": "1"}
    environ = {f"KNOTWORK_{name}": text for name, text in reserved.items()}
    assert read("", **environ, PATH="/bin", KNOTWORK_PORT="tcp://x", KNOTWORK_SERVE_PORT="") == Settings()


def test_a_misspelt_section_is_doubted(read: Read) -> None:
    (warning,) = read("", KNOTWORK_RESOLUTON_MAX_CLUSTER_SIZE="3").warnings
    assert warning.endswith("did you mean KNOTWORK_RESOLUTION_MAX_CLUSTER_SIZE?")
