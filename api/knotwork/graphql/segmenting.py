"""Segments: what they are, who is in them, why, and how many a rule would hold."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from knotwork.graphql.changing import Change, once
from knotwork.graphql.context import Context, Info
from knotwork.graphql.errors import problem
from knotwork.graphql.nodes import After, PageInfo
from knotwork.service.segment_views import ConditionCount, ConditionMet, Preview, SegmentView, SegmentWhy
from knotwork_graph.model import customer_number

MOST = 100
Name = Annotated[str, strawberry.argument(description="The name of a segment.")]
First = Annotated[int, strawberry.argument(description="How many, at most 100.")]
Rule = Annotated[JSON, strawberry.argument(description="The rule as tables and lists, as `Segment.rule` has it.")]
Whose = Annotated[str, strawberry.argument(description="An identifier as type:value, or a customer id.")]


@strawberry.type(name="Segment", description="Customers that a rule holds for.")
class SegmentType:
    """A segment."""

    name: str = strawberry.field(description="Its name.")
    title: str = strawberry.field(description="What people call it.")
    purpose: str = strawberry.field(description="What it is for; whoever refused consent to that is left out.")
    size: int = strawberry.field(description="How many customers are in it.")
    as_of: datetime | None = strawberry.field(description="The moment that holds for.")
    rule: JSON = strawberry.field(description="The rule as tables and lists, masked.")

    @classmethod
    def of(cls, view: SegmentView) -> SegmentType:
        """The type for a masked segment."""
        return cls(
            name=view.name,
            title=view.title,
            purpose=view.purpose,
            size=view.size,
            as_of=view.as_of,
            rule=JSON(view.rule),
        )


@strawberry.type(name="SegmentMember", description="A customer in a segment, and since when.")
class MemberType:
    """A member."""

    customer: strawberry.ID = strawberry.field(description="The customer's id.")
    since: datetime = strawberry.field(description="Since when it is in the segment.")
    run: int = strawberry.field(description="The run that readers saw when that was noticed.")


@strawberry.type(description="One member of a page, with the cursor to go on after it.")
class MemberEdge:
    """A node and its cursor."""

    node: MemberType = strawberry.field(description="The member.")
    cursor: str = strawberry.field(description="Leads on after it.")


@strawberry.type(description="One page of a segment's members, by id.")
class MemberConnection:
    """A page."""

    edges: list[MemberEdge] = strawberry.field(description="The members of the page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    size: int = strawberry.field(description="How many members there are.")


@strawberry.type(name="Condition", description="One condition of a rule.")
class ConditionType:
    """A condition."""

    place: str = strawberry.field(description="Where it stands in the rule.")
    words: str = strawberry.field(description="The condition in words, masked.")
    met: bool | None = strawberry.field(description="Whether the customer meets it; none in a preview.")
    value: str | None = strawberry.field(description="The value that says so, masked.")
    customers: int | None = strawberry.field(description="For how many customers it holds by itself, in a preview.")

    @classmethod
    def of(cls, one: ConditionMet | ConditionCount) -> ConditionType:
        """The type for a masked condition."""
        value = getattr(one, "value", None)
        return cls(
            place=one.place,
            words=one.words,
            met=getattr(one, "met", None),
            value=None if value is None else str(value),
            customers=getattr(one, "customers", None),
        )


@strawberry.type(name="SegmentWhy", description="Whether a customer is in a segment, and every condition of the rule.")
class WhyType:
    """An answer."""

    customer: strawberry.ID = strawberry.field(description="The customer's id.")
    inside: bool = strawberry.field(description="Whether it is in the segment.")
    since: datetime | None = strawberry.field(description="Since when.")
    conditions: list[ConditionType] = strawberry.field(description="Every condition, with the value it looked at.")


@strawberry.type(name="SegmentPreview", description="What a rule would hold.")
class PreviewType:
    """A preview."""

    size: int = strawberry.field(description="How many customers it would hold.")
    customers: int = strawberry.field(description="Of how many.")
    refused: int = strawberry.field(description="How many only consent to its purpose keeps out.")
    conditions: list[ConditionType] = strawberry.field(description="Each condition by itself.")
    warnings: list[str] = strawberry.field(description="Sentences on names that nobody knows.")


@strawberry.type
class Segments:
    """Segments."""

    @strawberry.field(description="All segments by name, with their sizes.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def segments(self, info: Info) -> list[SegmentType]:
        """All of them, masked."""
        context: Context = info.context
        context.sums()
        found = await context.ask(context.explorer.segmenting.segments, long=True)
        return [SegmentType.of(one.masked(context.mask)) for one in found]

    @strawberry.field(description="One segment.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def segment(self, info: Info, name: Name) -> SegmentType:
        """One of them, masked."""
        context: Context = info.context
        context.sums()
        found = await context.ask(lambda: context.explorer.segmenting.segment(name), long=True)
        return SegmentType.of(found.masked(context.mask))

    @strawberry.field(description="Who is in a segment, page by page.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def segment_members(self, info: Info, name: Name, first: First = 50, after: After = None) -> MemberConnection:
        """One page."""
        context: Context = info.context
        context.single_customers()
        count, start = context.page(first, MOST, "first"), place_of(context, after)
        found = await context.ask(lambda: context.explorer.segmenting.members(name, count, start), long=True)
        edges = [
            MemberEdge(
                node=MemberType(customer=strawberry.ID(one.customer), since=one.since, run=one.run),
                cursor=context.cursors.make(f"members {one.customer}"),
            )
            for one in found.members
        ]
        ends = (edges[0].cursor, edges[-1].cursor) if edges else (None, None)
        page = PageInfo(
            has_next_page=found.more, has_previous_page=start is not None, start_cursor=ends[0], end_cursor=ends[1]
        )
        return MemberConnection(edges=edges, page_info=page, size=found.size)

    @strawberry.field(description="Whether a customer is in a segment, condition by condition.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def segment_why(self, info: Info, name: Name, of: Whose) -> WhyType:
        """The answer, masked."""
        context: Context = info.context
        context.single_customers()
        asked: SegmentWhy = await context.ask(lambda: context.explorer.segmenting.why(name, of))
        found = asked.masked(context.mask)
        conditions = [ConditionType.of(one) for one in found.conditions]
        return WhyType(
            customer=strawberry.ID(found.customer), inside=found.inside, since=found.since, conditions=conditions
        )

    @strawberry.field(description="How many customers a rule would hold; nothing is kept.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def segment_preview(self, info: Info, rule: Rule) -> PreviewType:
        """The preview, masked."""
        context: Context = info.context
        context.sums()
        found: Preview = await context.ask(lambda: context.explorer.segmenting.preview(table(rule)), long=True)
        shown = found.masked(context.mask)
        return PreviewType(
            size=shown.size,
            customers=shown.customers,
            refused=shown.refused,
            conditions=[ConditionType.of(one) for one in shown.conditions],
            warnings=list(shown.warnings),
        )


def place_of(context: Context, cursor: str | None) -> str | None:
    """The customer that a cursor of a list of members stands behind."""
    if cursor is None:
        return None
    kind, _, customer = context.cursors.read(cursor).partition(" ")
    if kind != "members" or customer_number(customer) is None:
        raise problem("BAD_CURSOR", "this cursor is of another list; start again without it")
    return customer


def table(rule: Any) -> dict[str, Any]:
    """The rule, which must be a table."""
    if not isinstance(rule, dict):
        raise problem("BAD_REQUEST", "a rule is a table (an object), such as the `rule` of a segment")
    return rule


@strawberry.input(description="A segment to be kept.")
class DefineSegmentInput(Change):
    """A segment."""

    name: str = strawberry.field(description="What to call it.")
    rule: JSON = strawberry.field(description="The rule as tables and lists, as `Segment.rule` has it.")
    replace: bool = strawberry.field(default=False, description="Whether one of this name may be written anew.")


@strawberry.type(description="The segment is kept, and has its members.")
class SegmentDefined:
    """What came of it."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    segment: SegmentType = strawberry.field(description="The segment.")
    warnings: list[str] = strawberry.field(description="Sentences on names that nobody knows.")


Definition = Annotated[DefineSegmentInput, strawberry.argument(description="Its name and its rule.")]


@strawberry.type
class Defining:
    """Segments are made."""

    @strawberry.mutation(description="Keep a segment; stewards and administrators may.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def define_segment(self, info: Info, input: Definition) -> SegmentDefined:  # noqa: A002 - the argument's public name
        """Keep it."""
        context: Context = info.context
        context.deciding()
        rule, desk = table(input.rule), context.explorer.segmenting

        def do() -> tuple[str, ...]:
            return desk.define(input.name, rule, replace=input.replace)[1]

        warnings = await once(context, "defineSegment", input, do, tuple[str, ...])
        view = await context.ask(lambda: desk.segment(input.name), long=True)
        return SegmentDefined(
            client_mutation_id=input.client_mutation_id,
            segment=SegmentType.of(view.masked(context.mask)),
            warnings=list(map(context.mask.text, warnings)),
        )
