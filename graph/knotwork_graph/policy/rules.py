"""The policy as values: what ``knotwork.toml`` says about resolution, checked and complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from knotwork_graph.policy.profile_rules import ProfileRules

Conflict = Literal["strongest", "newest", "oldest", "isolate"]
CheckDigit = Literal["none", "luhn", "ean"]
SharedEvents = Literal["session", "device_split", "last_identified", "nobody"]

NO_PRIORITY = 99
TRAIT = "trait:"
HOME_REGION = "VN"


@dataclass(frozen=True, slots=True)
class IdentifierRule:
    """What the policy says about one identifier type; what it leaves out is not limited.

    ``priority`` 1 is the strongest; ``max_per_customer`` None means any number; ``blocked`` holds globs and ``re:``
    expressions; ``shared_above`` maps another type, or ``trait:NAME``, to the number above which a value is shared;
    ``ttl`` None means that a link never expires. ``provider_rules`` is for e-mail addresses (dots and ``+tag`` that the
    provider ignores), ``region`` for phone numbers written without their country, ``check_digit`` for cards.
    """

    type: str
    priority: int = NO_PRIORITY
    max_per_customer: int | None = None
    normaliser: str = "exact"
    blocked: tuple[str, ...] = ()
    shared_above: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    trust: float = 1.0
    ttl: timedelta | None = None
    provider_rules: bool = False
    region: str = HOME_REGION
    check_digit: CheckDigit = "none"


@dataclass(frozen=True, slots=True)
class Matching:
    """Settings of matching; see ``[matching]``."""

    auto_join: bool = False
    join_above: float = 0.95
    propose_above: float = 0.5


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that decides how identifiers become customers, and what is said of these."""

    conflict: Conflict = "strongest"
    shared_events: SharedEvents = "session"
    max_cluster_size: int | None = None
    half_life: timedelta = timedelta(days=180)
    identifiers: Mapping[str, IdentifierRule] = field(default_factory=lambda: MappingProxyType({}))
    default: IdentifierRule = field(default_factory=lambda: IdentifierRule("default"))
    matching: Matching = field(default_factory=Matching)
    profiles: ProfileRules = field(default_factory=ProfileRules)

    def rule(self, kind: str) -> IdentifierRule:
        """The rule of the identifier type ``kind``; a type that the policy does not name has the default's."""
        named = self.identifiers.get(kind)
        return named if named is not None else replace(self.default, type=kind)

    def names(self, kind: str) -> bool:
        """Whether the policy has a section of its own for this type."""
        return kind in self.identifiers
