"""Runs: what was computed, what the gates said, and what lies between two."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, cast

import strawberry

from knotwork.access.masks import Mask
from knotwork.graphql.context import Context, Info
from knotwork.graphql.made import shown, twin
from knotwork.graphql.nodes import After, Before, First, Last, PageInfo
from knotwork.graphql.paging import cut, page_info, turned
from knotwork.graphql.types import RunType
from knotwork_resolvers.nightly import between, turnover, verdict
from knotwork_resolvers.nightly.report import Report

Number = Annotated[int, strawberry.argument(description="The number of a run.")]


@twin(verdict.Verdict, "What one gate said of a run.", name="GateVerdict")
class GateVerdict:
    """A verdict."""

    gate: str = strawberry.field(description="The name of the gate, as in the policy.")
    unit: str = strawberry.field(description="What value and limit are: shares, growths or counts.")
    passed: bool = strawberry.field(description="Whether it lets the run pass.")
    overruled: bool = strawberry.field(description="Whether it said no and somebody published all the same.")
    words: str = strawberry.field(description="The verdict as a sentence.")
    value: float | None = strawberry.field(description="What was measured; none where there is nothing to compare.")
    limit: float | None = strawberry.field(description="What the policy allows; none where the gate is off.")


@twin(turnover.Moved, "What happened of one kind.", name="Movement")
class Movement:
    """A movement."""

    kind: str = strawberry.field(description="created, merged, split, moved or retired")
    customers: int = strawberry.field(description="To how many customers.")
    identifiers: int = strawberry.field(description="With how many identifiers.")


@twin(between.Handed, "One identifier that changed hands.", name="HandedOver")
class HandedOver:
    """An identifier."""

    key: str = strawberry.field(description="The identifier, masked as your role demands.")
    before: str = strawberry.field(description="Whose it was.")
    after: str = strawberry.field(description="Whose it is.")


@twin(between.Difference, "What lies between two runs.", name="RunDifference")
class RunDifference:
    """A difference."""

    a: int = strawberry.field(description="The run that was asked about first.")
    b: int = strawberry.field(description="The other one.")
    customers_before: int = strawberry.field(description="How many customers there are in the first.")
    customers_after: int = strawberry.field(description="How many there are in the second.")
    movements: list[Movement] = strawberry.field(description="What happened to customers, by kind.")
    identifiers: int = strawberry.field(description="How many identifiers went from one customer to another.")
    handed: list[HandedOver] = strawberry.field(description="Some of these identifiers.")


@twin(Report, "What a full run reported.", name="RunReport")
class RunReport:
    """A report."""

    run: int = strawberry.field(description="The run's number.")
    state: str = strawberry.field(description="published or held")
    served: int = strawberry.field(description="The run that readers saw before; 0 for none.")
    started: datetime = strawberry.field(description="When it began.")
    finished: datetime = strawberry.field(description="When it ended.")
    moment: datetime = strawberry.field(description="The moment it resolved for.")
    fresh: int = strawberry.field(description="How many events were new to the graph.")
    movements: list[Movement] = strawberry.field(description="What became of customers, by kind.")
    gates: list[GateVerdict] = strawberry.field(description="What each gate said.")
    warnings: list[str] = strawberry.field(description="What somebody should look at.")
    notes: list[str] = strawberry.field(description="Sentences for whoever reads it.")


@strawberry.type(description="One run, whether readers see it, and its report where it has one.")
class RunDetail:
    """A run."""

    run: RunType = strawberry.field(description="The run.")
    served: bool = strawberry.field(description="Whether readers see it.")
    report: RunReport | None = strawberry.field(description="Its report; incremental runs have none.")


@strawberry.type(description="One run of a page, with the cursor to go on after it.")
class RunEdge:
    """A node and its cursor."""

    node: RunType = strawberry.field(description="The run.")
    cursor: str = strawberry.field(description="Leads on after it.")


@strawberry.type(description="One page of runs, oldest first.")
class RunConnection:
    """A page."""

    edges: list[RunEdge] = strawberry.field(description="The runs of the page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class Running:
    """Runs."""

    @strawberry.field(description="The runs, oldest first, page by page; `last` gives the newest.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def runs(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> RunConnection:
        """One page."""
        context: Context = info.context
        context.sums()
        wanted = turned(first, after, last, before)
        listed = await context.ask(lambda: context.explorer.runs.list(every=True))
        every = sorted((one.run for one in listed), key=lambda run: run.number)
        kept, cursors, more = cut(every, lambda run: int(run.number), wanted, context.cursors)
        edges = [RunEdge(node=RunType.of(run), cursor=cursor) for run, cursor in zip(kept, cursors, strict=True)]
        return RunConnection(edges=edges, page_info=page_info(cursors, wanted, more))

    @strawberry.field(description="One run with its report: its gates, and what it changed.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def run(self, info: Info, number: Number) -> RunDetail:
        """One run, masked."""
        context: Context = info.context
        context.single_customers()
        found = await context.ask(lambda: context.explorer.runs.show(number))
        report = None if found.report is None else shown(masked_report(found.report, context.mask))
        return RunDetail(run=RunType.of(found.run), served=found.served, report=report)

    @strawberry.field(description="What lies between two runs, readers may have seen them or not.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def run_difference(self, info: Info, a: Number, b: Number) -> RunDifference:
        """The difference, masked."""
        context: Context = info.context
        context.single_customers()
        found = await context.ask(lambda: context.explorer.runs.diff(a, b), long=True)
        handed = tuple(replace(one, key=context.mask.key(one.key)) for one in found.handed)
        return cast("RunDifference", shown(replace(found, handed=handed)))


def masked_report(report: Report, mask: Mask) -> Report:
    """The report with its sentences masked."""

    def told(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(mask.text, texts))

    gates: Any = tuple(replace(one, words=mask.text(one.words), examples=()) for one in report.gates)
    return replace(report, gates=gates, warnings=told(report.warnings), notes=told(report.notes))
