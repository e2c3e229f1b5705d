"""Errors of GraphQL: each has a code in its extensions, and none shows what went on inside."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import MaskErrors

log = logging.getLogger("knotwork.graphql")

INTERNAL = "Something failed inside the server; its log says what. Try again, or ask whoever runs it."


def problem(code: str, message: str, **more: object) -> GraphQLError:
    """An error for the caller, with ``code`` and whatever else a program can use in its extensions."""
    return GraphQLError(message, extensions={"code": code, **more})


def is_internal(error: GraphQLError) -> bool:
    """Whether the error came from inside, rather than from ``problem`` or from checking the query."""
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


def without_suggestions(error: GraphQLError) -> GraphQLError:
    """The error without the names that it suggests in place of a wrong one."""
    plain, found, _ = error.message.partition(" Did you mean")
    if not found:
        return error
    return GraphQLError(plain, nodes=error.nodes, path=error.path, extensions=error.extensions)


class HideInternalErrors(MaskErrors):
    """Shows what is meant for the caller and hides the rest, whose type alone is logged: messages can be personal."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_internal, error_message=INTERNAL)

    def on_operation(self) -> Iterator[None]:
        """Hide what is internal once the operation is done, and the schema's names from whoever may not read it."""
        yield from super().on_operation()
        result: Any = self.execution_context.result
        if not self.execution_context.context.introspects and getattr(result, "errors", None):
            result.errors = [without_suggestions(error) for error in result.errors]

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The error without its cause."""
        log.error("a field failed: %s at %s", type(error.original_error).__name__, error.path)
        hidden = super().anonymise_error(error)
        hidden.extensions = {"code": "INTERNAL"}
        return hidden
