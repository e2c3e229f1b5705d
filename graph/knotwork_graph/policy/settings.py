"""Everything that ``knotwork.toml`` and the environment say, checked and complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from knotwork_graph.policy.review_rules import ReviewSettings
from knotwork_graph.policy.rules import Policy
from knotwork_graph.policy.webhook_rules import WebhookSettings

Drift = Literal["repair", "hold", "off"]


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Where the identity graph is kept; user and password come from the environment alone."""

    url: str = "sqlite"
    database: str = "neo4j"


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Where ``knotwork serve`` listens, and whether it shows personal values in clear."""

    host: str = "127.0.0.1"
    port: int = 8765
    show_personal: bool = False


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Who may come in beside holders of tokens: an OpenID Connect issuer's users; empty for none.

    ``hosts``: the names that a served workspace answers to beside its own; ``requests``: by one caller in a minute.
    """

    issuer: str = ""
    audience: str = ""
    role_claim: str = "knotwork_role"
    hosts: tuple[str, ...] = ()
    requests: int = 1_200


@dataclass(frozen=True, slots=True)
class GateSettings:
    """What a recomputation may change before it is held; None switches a gate off.

    Shares are of what readers see now; ``largest_customer``, ``contradictions`` and ``unknown_decisions`` are counts.
    """

    id_changes: float | None = 0.02
    changed_hands: float | None = 0.05
    largest_customer: int | None = 1_000
    largest_growth: float | None = 0.5
    customer_growth: float | None = 0.2
    identifiers_lost: float | None = 0.01
    severed: float | None = 0.1
    severed_growth: float | None = 0.02
    contradictions: int | None = 0
    unknown_decisions: int | None = 10
    ledger: bool = True
    graph: bool = True
    drift: Drift = "repair"


@dataclass(frozen=True, slots=True)
class NightlySettings:
    """When ``knotwork serve`` recomputes: ``at`` a time of day in ``timezone``; empty for never."""

    at: str = ""
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """What the workspace is called."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one workspace is set to; ``warnings`` are sentences for people, in the order of the file.

    ``segments`` are the tables of ``[segments.NAME]`` as they stand: whoever evaluates segments reads their rules.
    """

    policy: Policy = field(default_factory=Policy)
    graph: GraphSettings = field(default_factory=GraphSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    gates: GateSettings = field(default_factory=GateSettings)
    nightly: NightlySettings = field(default_factory=NightlySettings)
    workspace: WorkspaceSettings = field(default_factory=WorkspaceSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    segments: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    webhooks: Mapping[str, WebhookSettings] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[str, ...] = ()
