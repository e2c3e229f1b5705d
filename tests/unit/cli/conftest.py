"""A small workspace of its own for the command line: it remembers what it was asked, and answers at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from knotwork.cli.main import status
from knotwork.service.matching import Housemate
from knotwork_graph.errors import UnknownCustomerError
from knotwork_graph.model import (
    ClusterView,
    CustomerView,
    EdgeView,
    Heirs,
    IdentifierView,
    JourneyEvent,
    LoadReport,
    Status,
)
from knotwork_graph.policy import NightlySettings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LAN = "cus_0000000001"
SPLIT = "cus_0000000009"
SIZES = {"size_1": 1000, "size_2": 234, "size_3": 0}


def journey_event(number: int, event: str = "Page Viewed") -> JourneyEvent:
    return JourneyEvent(NOON, "web", f"m-{number}", "web", event, 1, "cookie:c-1", "its own", known=True)


@dataclass
class FakeWorkspace:
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    raises: BaseException | None = None
    event_name: str = "Page Viewed"
    report: LoadReport = field(
        default_factory=lambda: LoadReport(3, 1, 1, 1, "dead.jsonl", {"no identifier": 1}, ("hm",))
    )
    findings: tuple[SimpleNamespace, ...] = (SimpleNamespace(ok=True, what="facts: 3 events", remedy=""),)
    settings: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(
            warnings=("matching.auto_join: something to know",),
            serve=SimpleNamespace(host="127.0.0.1", port=8765),
            nightly=NightlySettings(),
        )
    )

    def note(self, *call: Any) -> None:
        self.asked.append(call)
        if self.raises is not None:
            raise self.raises

    def load(self, *paths: str, mapping: Path | None = None, replay: bool = False, progress: Any = None) -> LoadReport:
        self.note("load", paths, mapping, replay)
        if progress is not None:
            progress(1)
        return self.report

    def resolve(
        self, as_of: datetime | None = None, dry_run: bool = False, tell: Any = None, *, full: bool = False
    ) -> SimpleNamespace:
        if tell is not None:
            tell("resolve")
        self.note("resolve", as_of, dry_run, full)
        return SimpleNamespace(
            counts={
                "customers": 1234,
                "identifiers": 5000,
                "edges": 70,
                "largest": 2,
                "size_1": 1000,
                "size_2": 234,
                "size_3": 0,
            },
            run=2,
            moment=as_of or NOON,
            changes={"created": 5},
            severed=1,
            shared=2,
            warnings=("look here",),
            seconds=0.25,
            how="full",
            because="nothing was resolved before",
        )

    def customer(self, key_or_id: str) -> CustomerView | Heirs:
        self.note("customer", key_or_id)
        if key_or_id == SPLIT:
            return Heirs(SPLIT, (LAN, "cus_0000000002"))
        if ":" not in key_or_id and not key_or_id.startswith("cus_"):
            raise ValueError(f"{key_or_id!r} is no identifier: write it as type:value")
        if key_or_id not in {LAN, "email:lan@example.com"}:
            raise UnknownCustomerError(f"no customer holds {key_or_id}")
        identifiers = (
            IdentifierView("email", "lan@example.com", Status.LINKING, "", 2, NOON, NOON),
            IdentifierView("cookie", "c-\x1b[2J", Status.SHARED, "9 people use it", 1, NOON, NOON),
        )
        return CustomerView(LAN, identifiers, {"name": "Nguyễn Thị Lan"}, 3, NOON, NOON)

    def journey(
        self, key_or_id: str, as_of: datetime | None = None, last: int | None = None
    ) -> tuple[JourneyEvent, ...]:
        self.note("journey", key_or_id, as_of, last)
        return tuple(journey_event(number, self.event_name) for number in range(min(last or 3, 3)))

    def household(self, key_or_id: str) -> tuple[Housemate, ...]:
        self.note("household", key_or_id)
        return (Housemate("email:an@example.com", "cus_0000000002", "family name"),)

    def cluster(self, customer_id: str) -> ClusterView:
        self.note("cluster", customer_id)
        view = self.customer(customer_id)
        return ClusterView(
            customer_id, view.identifiers, (EdgeView(*(each.key for each in view.identifiers), 1, 0, NOON, NOON),)
        )

    def export(self, what: str, form: str, out: Any) -> int:
        self.note("export", what, form, out)
        if isinstance(out, Path):
            out.write_bytes(b"a,b\n")
        else:
            out.write(b"a,b\n")
        return 7

    def close(self) -> None:
        self.asked.append(("close",))

    def doctor(self) -> tuple[SimpleNamespace, ...]:
        self.note("doctor")
        return self.findings


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int
    out: str
    err: str


@pytest.fixture
def workspace() -> FakeWorkspace:
    return FakeWorkspace()


@pytest.fixture
def knotwork(workspace: FakeWorkspace, capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """The command, over the small workspace; what it printed is what came through the file descriptors."""

    def call(*arguments: str) -> Outcome:
        folders: list[Path] = []

        def opener(folder: Path) -> FakeWorkspace:
            folders.append(folder)
            workspace.asked.append(("open", str(folder)))
            return workspace

        ended = status(arguments, opener)  # type: ignore[arg-type]  # the fake has what is asked of it here
        captured = capfd.readouterr()
        return Outcome(ended, captured.out, captured.err)

    return call
