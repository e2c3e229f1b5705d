"""Everything that ``knotwork.toml`` and the environment say, checked and complete."""

from __future__ import annotations

from dataclasses import dataclass, field

from knotwork_graph.policy.rules import Policy


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
class WorkspaceSettings:
    """What the workspace is called."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one workspace is set to; ``warnings`` are sentences for people, in the order of the file."""

    policy: Policy = field(default_factory=Policy)
    graph: GraphSettings = field(default_factory=GraphSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    workspace: WorkspaceSettings = field(default_factory=WorkspaceSettings)
    warnings: tuple[str, ...] = ()
