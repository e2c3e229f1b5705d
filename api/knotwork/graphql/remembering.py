"""The types that the past and decisions are shown in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from knotwork.graphql.made import twin
from knotwork.graphql.types import PageInfo
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
class Decision:
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


@strawberry.input(description="A decision to be made.")
class DecideInput:
    """What a steward says."""

    kind: str = strawberry.field(description="must_link, cannot_link, mark_shared, keep_linking or block")
    a: str = strawberry.field(description="An identifier as type:value.")
    b: str | None = strawberry.field(default=None, description="The other identifier, for a link.")
    reason: str = strawberry.field(description="Why, for whoever reads it in a year.")
    comment: str = ""
    by: str = strawberry.field(default="", description="Who decides; the server's user if unsaid.")
    client_mutation_id: str | None = None


@strawberry.input(description="A decision to be taken back.")
class UndoDecisionInput:
    """What a steward takes back."""

    number: int
    reason: str = ""
    comment: str = ""
    by: str = strawberry.field(default="", description="Who takes it back; the server's user if unsaid.")
    client_mutation_id: str | None = None


@strawberry.type(description="The decision stands; it holds from the next run on.")
class Applied:
    """What came of it."""

    client_mutation_id: str | None
    decision: Decision
    fresh: bool = strawberry.field(description="False where the same had been said before; it is not kept twice.")
    remarks: list[str]


@strawberry.type(description="The decision is refused: it contradicts an earlier one that stands.")
class Contradiction:
    """Why not."""

    client_mutation_id: str | None
    message: str
    first: int = strawberry.field(description="The number of the earlier decision.")


History = Annotated[IdentifierHistory | CustomerHistory, strawberry.union("History")]
Decided = Annotated[Applied | Contradiction, strawberry.union("Decided")]
