"""The types that the past and decisions are shown in."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Annotated

import strawberry

from knotwork.access.answers import masked_record
from knotwork.graphql.context import Context
from knotwork.graphql.made import twin
from knotwork.graphql.nodes import Node, PageInfo
from knotwork_graph.model import Recorded
from knotwork_resolvers import past


@twin(past.Period, "From when to when an identifier was a customer's, and why.")
class Period:
    """A period."""

    since: datetime
    until: datetime | None = strawberry.field(description="None: still.")
    customer: str = strawberry.field(description="Empty: nobody's.")
    status: str
    reason: str
    run: int
    change: str
    cause: str


@twin(past.IdentifierHistory, "Whose an identifier was, oldest first.")
class IdentifierHistory:
    """The history of an identifier."""

    key: str
    periods: list[Period]


@twin(past.Handed, "Identifiers that came from a customer, or went to it.")
class Handed:
    """Some identifiers."""

    customer: str = strawberry.field(description="Empty: nobody's.")
    identifiers: int
    keys: list[str] = strawberry.field(description="Some of them.")


@twin(past.Turn, "What a customer gained and lost when a run was published.")
class Turn:
    """A turn."""

    at: datetime
    run: int
    held: int = strawberry.field(description="How many identifiers it held then.")
    gained: list[Handed]
    lost: list[Handed]
    changes: list[str]
    causes: list[str]


@twin(past.Led, "From when to when a retired id led to its heirs.")
class Led:
    """A redirect."""

    since: datetime
    until: datetime | None
    heirs: list[str]


@twin(past.CustomerHistory, "What became of a customer, oldest first.")
class CustomerHistory:
    """The history of a customer."""

    id: strawberry.ID
    turns: list[Turn]
    led: list[Led] = strawberry.field(description="Where its id ever led.")
    left_out: int = strawberry.field(description="How many older turns are not told.")


@twin(Recorded, "A steward's decision, or the taking back of one.", name="Decision")
class Decision(Node):
    """A record."""

    number: int
    kind: str = strawberry.field(description="must_link, cannot_link, mark_shared, keep_linking, block or undo")
    a: str
    b: str = strawberry.field(description="Empty for a word on one identifier.")
    by: str
    at: datetime
    reason: str
    comment: str
    undoes: int = strawberry.field(description="The decision that an undo takes back, else 0.")
    undone_by: int = strawberry.field(description="The undo that took it back, 0 while it stands.")


@strawberry.type(description="One decision of a page, with the cursor to go on after it.")
class DecisionEdge:
    """A node and its cursor."""

    node: Decision
    cursor: str


@strawberry.type(description="One page of decisions, by number.")
class DecisionConnection:
    """A page."""

    edges: list[DecisionEdge]
    page_info: PageInfo


def shown_decision(record: Recorded, context: Context) -> Decision:
    """A decision, masked as the caller may see it."""
    one = masked_record(record, context.mask)
    return Decision(
        id=strawberry.ID(f"decision:{one.number}"),
        **{each.name: getattr(one, each.name) for each in fields(Decision) if each.name != "id"},
    )


History = Annotated[
    IdentifierHistory | CustomerHistory,
    strawberry.union("History", description="The history of an identifier, or of a customer."),
]
