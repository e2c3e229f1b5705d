"""Where things lie in a workspace's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

POLICY = "knotwork.toml"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one workspace."""

    folder: Path

    @property
    def policy(self) -> Path:
        """The policy and the settings."""
        return self.folder / POLICY

    @property
    def data(self) -> Path:
        """Everything that Knotwork keeps."""
        return self.folder / "data"

    @property
    def facts(self) -> Path:
        """The event log."""
        return self.data / "facts"

    @property
    def decisions(self) -> Path:
        """The journal of decisions."""
        return self.data / "decisions.jsonl"

    @property
    def audit(self) -> Path:
        """The audit chain."""
        return self.data / "audit.db"

    @property
    def desk(self) -> Path:
        """The review desk: cases, claims, and decisions that wait for a second person."""
        return self.data / "review.db"

    @property
    def matching(self) -> Path:
        """What matching found: models, proposals and joined pairs."""
        return self.data / "matching.db"

    @property
    def graph(self) -> Path:
        """The identity graph."""
        return self.data / "graph"

    @property
    def sightings(self) -> Path:
        """Which identifiers each event bears."""
        return self.graph / "sightings"

    @property
    def generations(self) -> Path:
        """What each run found."""
        return self.data / "generations"

    @property
    def reports(self) -> Path:
        """What each recomputation reported."""
        return self.data / "reports"

    @property
    def scratch(self) -> Path:
        """Room for files that no one misses."""
        return self.data / "scratch"

    @property
    def tokens(self) -> Path:
        """The access tokens, as hashes."""
        return self.data / "tokens.db"

    @property
    def answers(self) -> Path:
        """The answers to requests that bore an idempotency key."""
        return self.data / "answers.db"

    @property
    def secret(self) -> Path:
        """What signs cursors, and keys the hashes that masked holders join on."""
        return self.data / "secret"

    @property
    def segments(self) -> Path:
        """Segments that have a file of their own."""
        return self.folder / "segments"

    @property
    def stays(self) -> Path:
        """Who is in which segment, and who was."""
        return self.data / "segments"

    @property
    def webhooks(self) -> Path:
        """How far each webhook has been told."""
        return self.data / "webhooks"

    @property
    def told(self) -> Path:
        """The book of the webhooks."""
        return self.webhooks / "told.db"

    @property
    def lock(self) -> Path:
        """Held by the one process that writes."""
        return self.data / "lock"
