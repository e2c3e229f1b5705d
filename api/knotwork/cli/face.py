"""What the command line asks of a workspace; the real one fits it, and so does the small one of the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from knotwork.service.views import Explorer
from knotwork_graph.model import LoadReport

Counted = Callable[[int], None]


class FindingFace(Protocol):
    """One line of a doctor's visit."""

    @property
    def ok(self) -> bool:
        """Whether all is well with it."""

    @property
    def what(self) -> str:
        """What was looked at, and what was found."""

    @property
    def remedy(self) -> str:
        """What to do where it is not well."""


class ResolveFace(Protocol):
    """What one resolve did."""

    @property
    def run(self) -> int:
        """The number of the run."""

    @property
    def because(self) -> str:
        """Why everything had to be looked at; empty where it had not."""

    @property
    def moment(self) -> datetime:
        """The moment it resolved for."""

    @property
    def how(self) -> str:
        """Full, incremental or nothing new."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many customers, identifiers and so on there are."""

    @property
    def changes(self) -> Mapping[str, int]:
        """How many customers were created, merged, split and so on."""

    @property
    def severed(self) -> int:
        """How many links were not taken because they would break the policy."""

    @property
    def shared(self) -> int:
        """How many identifiers many people use, so that they link nobody."""

    @property
    def warnings(self) -> Sequence[str]:
        """Remarks for people."""

    @property
    def seconds(self) -> float:
        """How long it took."""


class WorkspaceFace(Explorer, Protocol):
    """An open workspace: what the explorer asks of it, and what changes it."""

    @property
    def settings(self) -> Any:
        """What ``knotwork.toml`` and the environment say."""

    def load(
        self, *paths: str | Path, mapping: Path | None = None, replay: bool = False, progress: Counted | None = None
    ) -> LoadReport:
        """Append the events of these files; ``-`` is standard input."""

    def resolve(
        self,
        as_of: datetime | None = None,
        dry_run: bool = False,
        tell: Callable[[str], None] | None = None,
        *,
        full: bool = False,
    ) -> ResolveFace:
        """Compute the customers, and publish them unless it is a dry run; ``tell`` hears of each step."""

    def export(self, what: str, form: str, out: Path | BinaryIO) -> int:
        """Write a table to a file or a stream; comes back with the number of rows."""

    def doctor(self) -> Sequence[FindingFace]:
        """What a look at everything found."""

    def close(self) -> None:
        """Give back files and connections."""


Opener = Callable[[Path], WorkspaceFace]
