"""Webhooks: to whom the change feed is sent, and the kinds of value that these settings have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from knotwork_graph.policy.kinds import Kind, as_text, wrong_type
from knotwork_graph.policy.nearest import suggestion
from knotwork_graph.policy.problems import Problem, dotted

CHANGES = ("created", "merged", "split", "moved", "retired")
NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
EXAMPLE = '"https://crm.example.com/knotwork"'


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """One receiver of the change feed; its secret comes from the environment alone.

    ``kinds``: which changes it is told of, all where empty; ``begin``: whether a new one is told what comes from now
    on, or everything from the ``start`` of the feed; ``give_up``: after so long without one answer it is set aside.
    """

    name: str
    url: str = ""
    kinds: tuple[str, ...] = ()
    identifiers: bool = False
    begin: str = "now"
    batch: int = 100
    timeout: timedelta = timedelta(seconds=10)
    give_up: timedelta = timedelta(days=3)


def read_address(value: object) -> str:
    """Where to send to: over HTTPS, or HTTP on this very machine; without user and password."""
    text = as_text(value, EXAMPLE)
    try:
        parts = urlsplit(text)
        good = bool(parts.hostname) and parts.port != 0 and text.isascii() and text.isprintable() and " " not in text
    except ValueError:
        good = False
    if not good or parts.scheme not in ("https", "http"):
        raise ValueError(f"this is no address to send to; write one such as {EXAMPLE}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("user and password do not belong in the address; what is sent is signed instead")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("what is sent must not be read on its way; write https://, or an address of this machine")
    return text


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine.

    >>> is_loopback("127.0.0.2"), is_loopback("::1"), is_loopback("127.0.0.1.example.com")
    (True, True, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def read_changes(value: object) -> tuple[str, ...]:
    """A list of kinds of change."""
    if not isinstance(value, list):
        raise wrong_type(value, "a list of kinds of change", '["merged", "retired"]')
    for one in value:
        if as_text(one, '"merged"') not in CHANGES:
            raise ValueError(f'there is no change "{one}"; {suggestion(one, CHANGES)}')
    return tuple(one for one in CHANGES if one in value)


def faults(webhooks: Mapping[str, WebhookSettings]) -> Iterator[Problem]:
    """What is wrong with a webhook as a whole."""
    for name, one in webhooks.items():
        if not NAME.fullmatch(name):
            yield Problem(dotted("webhooks", name), "a webhook's name has letters, digits, - and _ alone; rename it")
        elif not one.url:
            yield Problem(dotted("webhooks", name, "url"), f"a webhook needs an address; write url = {EXAMPLE}")


ADDRESS = Kind("address", EXAMPLE, read_address, is_text=True)
KINDS = Kind("list of kinds of change", '["merged"]', read_changes)
