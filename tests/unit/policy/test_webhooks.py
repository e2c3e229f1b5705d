"""Webhooks in the policy: what is refused and why, and that secrets never stand in the file."""

from __future__ import annotations

import pytest

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy import policy_in


def test_a_webhook_is_read_with_its_defaults() -> None:
    text = '[webhooks.crm]\nurl = "https://crm.example.com/in?to=7"\nkinds = ["retired", "merged"]\n'
    found = policy_in(text, {}).webhooks["crm"]
    assert (found.url, found.kinds, found.identifiers) == (
        "https://crm.example.com/in?to=7",
        ("merged", "retired"),
        False,
    )
    assert (found.begin, found.batch, found.timeout.total_seconds(), found.give_up.days) == ("now", 100, 10, 3)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:80"])
def test_this_very_machine_may_be_sent_to_without_https(host: str) -> None:
    assert policy_in(f'[webhooks.crm]\nurl = "http://{host}/in"\n', {}).webhooks["crm"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('url = "http://crm.example.com/in"', "must not be read on its way"),
        ('url = "http://127.0.0.1.example.com/in"', "must not be read on its way"),
        ('url = "https://lan:pass@crm.example.com/in"', "do not belong in the address"),
        ('url = "ftp://crm.example.com"', "no address to send to"),
        ('url = "https://"', "no address to send to"),
        ('url = "https://crm.example.com/a b"', "no address to send to"),
        ('kinds = ["born"]', "created"),
        ('url = "https://a.example"\nbatch = 0', "out of range"),
        ("identifiers = true", "needs an address"),
        ('secret = "whsec_x"', "KNOTWORK_WEBHOOKS_SECRET"),
    ],
)
def test_what_cannot_be_meant_is_refused(line: str, words: str) -> None:
    with pytest.raises(PolicyError, match=words):
        policy_in(f"[webhooks.crm]\n{line}\n", {})


def test_a_name_that_is_no_name_of_a_variable_is_refused() -> None:
    with pytest.raises(PolicyError, match="rename it"):
        policy_in('[webhooks."my crm"]\nurl = "https://a.example"\n', {})


def test_the_variables_of_secrets_are_no_settings() -> None:
    given = {"KNOTWORK_WEBHOOKS_CRM_SECRET": "whsec_x", "KNOTWORK_WEBHOOKS_CRM_SECRET_FILE": "/run/secrets/crm"}
    found = policy_in('[webhooks.crm]\nurl = "https://a.example"\n', given)
    assert found.warnings == ()
    assert "whsec" not in repr(found)
