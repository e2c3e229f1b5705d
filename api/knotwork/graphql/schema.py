"""The schema; ``schema.graphql`` beside this file is its text, and a test keeps both equal."""

from __future__ import annotations

from functools import partial

import strawberry
from graphql import GraphQLError
from strawberry.types.execution import ExecutionContext

from knotwork.graphql.analysing import Analyses
from knotwork.graphql.asking import Explanations, Memory
from knotwork.graphql.browsing import Browsing
from knotwork.graphql.checked import Checked
from knotwork.graphql.deciding import Deciding
from knotwork.graphql.errors import HideInternalErrors
from knotwork.graphql.following import Following, Subscription
from knotwork.graphql.house import House
from knotwork.graphql.leaves import Execution
from knotwork.graphql.limits import Bounds
from knotwork.graphql.matching import Matching
from knotwork.graphql.operating import Operating
from knotwork.graphql.previewing import Previews
from knotwork.graphql.reviewing import Desk, Reviewing
from knotwork.graphql.running import Running
from knotwork.graphql.segmenting import Defining, Segments
from knotwork.graphql.splitting import Splitting
from knotwork.graphql.travelling import Travelling
from knotwork.graphql.words import describe


@strawberry.type(description="What can be asked.")
class Query(
    Browsing,
    Travelling,
    Explanations,
    Memory,
    Following,
    Analyses,  # type: ignore[misc]  # it is made of fields
    Segments,
    Desk,
    Previews,
    Matching,
    Running,
    House,
):
    """What can be asked."""


@strawberry.type(description="What can be changed, by those whose role allows it.")
class Mutation(Deciding, Reviewing, Splitting, Defining, Operating):
    """What can be changed."""


class Schema(strawberry.Schema):
    """A schema that leaves logging to ``HideInternalErrors``: the default log shows messages, which can be personal."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here."""


def schema() -> Schema:
    """The schema with its limits."""
    bounds = partial(Bounds, Checked())
    made = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=[HideInternalErrors, bounds],
        execution_context_class=Execution,
    )
    describe(made)
    return made
