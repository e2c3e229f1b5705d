"""What a recomputation found, for people and for machines. It names customers by their ids, and no identifier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from knotwork_resolvers.nightly.measured import Step
from knotwork_resolvers.nightly.turnover import Moved
from knotwork_resolvers.nightly.verdict import Verdict

State = Literal["published", "held"]
TIMES = ("started", "finished", "moment")


@dataclass(frozen=True, slots=True)
class Report:
    """One recomputation. ``served``: the run that readers saw before, 0 for none, which all changes are told against.

    ``counts`` are the run's, ``counts_before`` those of ``served``; ``fresh``: events that were new to the graph;
    ``waits``: why single events wait for a full run as long as this one is not published, empty where they do not;
    ``remakes``: the held run that this one made anew, 0 for none; ``notes``: sentences for whoever reads it.
    """

    run: int
    state: State
    served: int
    started: datetime
    finished: datetime
    moment: datetime
    fresh: int
    waits: str
    counts: Mapping[str, int]
    counts_before: Mapping[str, int]
    movements: tuple[Moved, ...]
    largest_changes: tuple[str, ...]
    gates: tuple[Verdict, ...]
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remakes: int = 0

    @property
    def held_by(self) -> tuple[Verdict, ...]:
        """The gates that kept it from being published."""
        return tuple(one for one in self.gates if one.holds)

    @property
    def seconds(self) -> float:
        """How long all steps took."""
        return sum(one.seconds for one in self.steps)

    @property
    def stitching(self) -> float | None:
        """The share of the events whose customer somebody can be named by; None without events."""
        events = self.counts.get("events", 0)
        return self.counts.get("named_after", 0) / events if events else None


def as_json(report: Report) -> str:
    """The report as one JSON document, which ``from_json`` reads."""
    return json.dumps(asdict(report), default=_time, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> Report:
    """The report that ``as_json`` wrote."""
    told: dict[str, Any] = json.loads(text)
    told |= {name: datetime.fromisoformat(told[name]) for name in TIMES}
    told["movements"] = tuple(Moved(**one) for one in told["movements"])
    told["steps"] = tuple(Step(**one) for one in told["steps"])
    told["gates"] = tuple(Verdict(**(one | {"examples": tuple(one["examples"])})) for one in told["gates"])
    texts = {name: tuple(told[name]) for name in ("largest_changes", "warnings", "notes")}
    return Report(**(told | texts))


def _time(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    return value.astimezone(UTC).isoformat()


def advice(report: Report) -> tuple[str, ...]:
    """What can be done now, as sentences with the commands to type."""
    if report.state == "published":
        back = f"`knotwork runs rollback` sends readers back to run {report.served}." if report.served else ""
        return (back,) if back else ()
    named = " ".join(one.gate for one in report.held_by)
    stays = f"Readers still see run {report.served}" if report.served else "Readers see nothing yet"
    live = f"single events wait for a full run: {report.waits}." if report.waits else "single events go on as ever."
    return (
        f"{stays}; {live}",
        f"To look closer: `knotwork runs show {report.run}`, `knotwork runs diff {report.served} {report.run}`."
        if report.served
        else f"To look closer: `knotwork runs show {report.run}`.",
        f"To publish it anyway: `knotwork runs publish {report.run}`, which makes it anew from all there is by then.",
        f"To overrule these gates in the next run: `knotwork recompute --publish-anyway {named}`.",
    )


def told(report: Report) -> Report:
    """The report with what can be done now among its notes."""
    return replace(report, notes=(*report.notes, *advice(report)))
