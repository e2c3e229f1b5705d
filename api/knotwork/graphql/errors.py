"""Errors of GraphQL: each has a code in its extensions, and none shows what went on inside."""

from __future__ import annotations

import logging

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


class HideInternalErrors(MaskErrors):
    """Shows what is meant for the caller and hides the rest, whose type alone is logged: messages can be personal."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_internal, error_message=INTERNAL)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The error without its cause."""
        log.error("a field failed: %s at %s", type(error.original_error).__name__, error.path)
        hidden = super().anonymise_error(error)
        hidden.extensions = {"code": "INTERNAL"}
        return hidden
