"""Questions about everybody: a field for each kind of analysis, with the options that the kind declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from inspect import Parameter, Signature
from typing import Annotated, Any, get_type_hints

import strawberry
from strawberry.scalars import JSON

from knotwork.access.masks import Mask
from knotwork.graphql.context import Context, Info, aware
from knotwork.graphql.errors import problem
from knotwork_resolvers.analyses import KINDS, Table
from knotwork_resolvers.analyses.options import options_of

MOST_CUSTOMERS = 1_000
MEANINGS = {
    "transitions": "Which event follows which.",
    "paths": "The ways that journeys take, step by step.",
    "steps": "How frequent each event is at each step of a journey.",
    "funnel": "How many customers come through a series of events, and where they are lost.",
    "retention": "How many of those who began together come back, period by period.",
    "rfm": "Customers by how recently, how often and for how much they bought.",
    "lifecycle": "How many customers are new, active, at risk and lost.",
    "attribution": "Which touchpoints earn how much of the conversions, by several models.",
    "sessions": "How sessions are: how many, how long, how many events.",
    "stitching": "How many events belong to customers who can be named, and how that came.",
}
OWN = ("customers", "segment", "since", "until")


@strawberry.type(description="One column of a table.")
class Column:
    """A column."""

    name: str = strawberry.field(description="Its heading.")
    form: str = strawberry.field(description="key, count, share, seconds or number")


@strawberry.type(name="Table", description="Rows under named columns; the key columns stand first.")
class TableType:
    """A table."""

    name: str = strawberry.field(description="What the rows are.")
    columns: list[Column] = strawberry.field(description="The columns, in order.")
    rows: JSON = strawberry.field(description="A list of lists of cells; null is a figure that there is none of.")


@strawberry.type(description="The answer to a question about everybody, or about some customers.")
class Analysis:
    """An answer."""

    kind: str = strawberry.field(description="Which question was asked.")
    notes: list[str] = strawberry.field(description="Why there is nothing, or what was taken for granted.")
    tables: list[TableType] = strawberry.field(description="The answer, the table that people ask for first.")


def table_of(table: Table, mask: Mask) -> TableType:
    """The table with its texts masked: names of events come from other people's data."""
    shown = table.masked(mask.text)
    columns = [Column(name=name, form=form.value) for name, form in shown.columns]
    return TableType(name=shown.name, columns=columns, rows=JSON([list(row) for row in shown.rows]))


async def answered(context: Context, kind: str, given: Mapping[str, Any]) -> Analysis:
    """The answer to a question of this kind. Who may not see customers may not choose them either."""
    context.sums()
    customers = given.get("customers")
    if customers is not None:
        context.single_customers()
        if len(customers) > MOST_CUSTOMERS:
            raise problem("BAD_REQUEST", f"{len(customers)} customers are too many; name at most {MOST_CUSTOMERS}")
    if given.get("each"):  # the customers one by one
        context.single_customers()
    options = {name: value for name, value in given.items() if name not in OWN and value is not None}
    whom: dict[str, Any] = {"customers": customers, "segment": given.get("segment")}
    times: dict[str, Any] = {"since": aware(given.get("since")), "until": aware(given.get("until"))}
    found = await context.ask(lambda: context.explorer.analyse(kind, **whom, **times, **options), long=True)
    notes = [context.mask.text(note) for note in found.notes]
    return Analysis(kind=kind, notes=notes, tables=[table_of(one, context.mask) for one in found.tables()])


def field_of(kind: str) -> Any:
    """The field that asks a question of this kind."""

    async def resolver(self: Any, info: Info, **given: Any) -> Analysis:  # noqa: ARG001 - the root, which holds nothing
        return await answered(info.context, kind, given)

    resolver.__name__ = kind
    parameters = [Parameter("self", Parameter.POSITIONAL_OR_KEYWORD), parameter("info", Info), *parameters_of(kind)]
    resolver.__signature__ = Signature(parameters, return_annotation=Analysis)  # type: ignore[attr-defined]  # inspect reads it
    resolver.__annotations__ = {one.name: one.annotation for one in parameters[1:]} | {"return": Analysis}
    return strawberry.field(resolver, description=MEANINGS[kind])


def parameters_of(kind: str) -> list[Parameter]:
    """The options of a kind and those of all kinds, as arguments."""
    question = KINDS[kind].question
    hints, declared = get_type_hints(question), options_of(question)
    required = {one.name for one in fields(question) if one.default is MISSING and one.default_factory is MISSING}
    made = [
        parameter(name, argument(hints[name], option.meaning, needed=name in required), needed=name in required)
        for name, option in declared.items()
    ]
    whom = argument(list[str], "Only these customers, by ids or keys; at most 1000.", needed=False)
    since, until = (
        argument(datetime, words, needed=False) for words in ("Events from this time on.", "Events before it.")
    )
    segment = argument(str, "Only the members of this segment.", needed=False)
    more = [parameter("customers", whom), parameter("segment", segment)]
    more += [parameter("since", since), parameter("until", until)]
    return sorted([*made, *more], key=lambda one: one.default is not Parameter.empty)


def parameter(name: str, annotation: Any, *, needed: bool = False) -> Parameter:
    """One argument; None where it may be left out."""
    default = Parameter.empty if needed or annotation is Info else None
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def argument(hint: Any, meaning: str, *, needed: bool) -> Any:
    """The annotation of an argument for a value of this type; spans are written as 30m, 12h, 7d."""
    plain = {timedelta: str, timedelta | None: str, tuple[str, ...]: list[str]}.get(hint, hint)
    kind = plain if needed else plain | None
    return Annotated[kind, strawberry.argument(description=re.sub(r"\s+", " ", meaning))]


Analyses: Any = strawberry.type(
    type("Analyses", (), {"__doc__": "Questions about everybody.", **{kind: field_of(kind) for kind in KINDS}})
)
