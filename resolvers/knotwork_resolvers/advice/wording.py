"""Advice as policy text to paste."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from knotwork_graph.policy import NO_PRIORITY, IdentifierRule
from knotwork_graph.policy.durations import show_duration
from knotwork_resolvers.advice.advice import Advice, Spread

BARE = re.compile(r"[A-Za-z0-9_-]+\Z")


def policy_text(advice: Advice, *, values: bool) -> str:
    """The section of ``knotwork.toml`` that the advice comes to, with reasons as comments; it replaces the old one.

    Without ``values``, blocked values that only the data show are counted in a comment rather than written out.
    """
    return "\n".join(_lines(advice, values=values)) + "\n"


def _lines(advice: Advice, *, values: bool) -> Iterator[str]:
    rule, spread = advice.suggested, advice.per_customer
    yield f"[identifiers.{quoted(rule.type)}]"
    if rule.priority != NO_PRIORITY:
        yield f"priority = {rule.priority}"
    if rule.normaliser != "exact":
        yield f"normaliser = {text(rule.normaliser)}"
    yield from _own_forms(rule)
    yield _limit(rule, spread)
    if rule.shared_above:
        yield f"shared_above = {{ {', '.join(f'{quoted(name)} = {n}' for name, n in rule.shared_above.items())} }}"
    yield from _blocked(advice, values=values)
    if rule.trust != 1.0:
        yield f"trust = {rule.trust}"
    if rule.ttl is not None:
        yield f"ttl = {text(show_duration(rule.ttl))}"


def _own_forms(rule: IdentifierRule) -> Iterator[str]:
    if rule.provider_rules:
        yield "provider_rules = true"
    if rule.check_digit != "none":
        yield f"check_digit = {text(rule.check_digit)}"
    if rule.normaliser == "phone":
        yield f"region = {text(rule.region)}"


def _limit(rule: IdentifierRule, spread: Spread) -> str:
    if rule.max_per_customer is None:
        why = f"99 of 100 customers have up to {spread.p99:,}" if spread.counted else "no customer is touched yet"
        return f"# max_per_customer: no limit suggested, {why}"
    share = ("999 of 1000", spread.p999) if rule.max_per_customer == 1 else ("99 of 100", spread.p99)
    return f"max_per_customer = {rule.max_per_customer}  # {share[0]} customers have at most {share[1]}"


def _blocked(advice: Advice, *, values: bool) -> Iterator[str]:
    known = advice.rule.blocked
    shown = advice.suggested.blocked if values else known
    if shown:
        yield f"blocked = [{', '.join(map(text, shown))}]"
    hidden = len(advice.suggested.blocked) - len(shown)
    if hidden:
        yield f"# blocked: {hidden:,} suspected values more, which --show-personal writes out"


def quoted(name: str) -> str:
    """A key as TOML has it.

    >>> quoted("user_id"), quoted("till no.")
    ('user_id', '"till no."')
    """
    return name if BARE.match(name) else text(name)


def text(words: str) -> str:
    """A text as TOML has it."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
