"""The short way for fields that are an attribute and nothing more: most of a page is made of them.

The executor gives each field a record of where it stands and its arguments, and asks five times what kind of type it
has. A text that stands in an attribute needs none of that. Whatever is not plainly such a field, and whatever is wrong
with its value, goes the executor's own way, so that answers and errors are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLField, GraphQLList, GraphQLNonNull, is_leaf_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

Plain = tuple[str, Callable[[Any], Any]]
"""The attribute that a field shows, and what makes its answer; that raises or gives None for what is not plain."""


class Execution(StrawberryGraphQLCoreExecutionContext):
    """Runs one operation."""

    def execute_field(self, parent_type: Any, source: Any, nodes: Any, path: Any, *more: Any) -> Any:
        """The answer of one field."""
        field = self.schema.get_field(parent_type, nodes[0].node.name.value)
        plain = None if field is None or self._wrapped(field) else plain_of(field)
        if plain is not None:
            attribute, answer = plain
            try:
                found = answer(getattr(source, attribute))
            except Exception:  # noqa: BLE001 - the executor meets the same, and makes an error of it that says where
                found = None
            if found is not None and not self.is_awaitable(found):
                return found
        return super().execute_field(parent_type, source, nodes, path, *more)

    def _wrapped(self, field: GraphQLField) -> bool:
        """Whether an extension of the schema stands around the fields."""
        manager, resolve = self.middleware_manager, field.resolve
        return manager is not None and resolve is not None and manager.get_field_resolver(resolve) is not resolve


def plain_of(field: GraphQLField) -> Plain | None:
    """How a field is answered the short way; None for one that is more than an attribute. Looked at once a field."""
    if __name__ not in field.extensions:
        field.extensions[__name__] = _plain(field)
    known: Plain | None = field.extensions[__name__]
    return known


def _plain(field: GraphQLField) -> Plain | None:
    own = field.extensions.get("strawberry-definition")
    if own is None or not getattr(field.resolve, "_is_default", False) or field.args:
        return None
    answer = _answer(field.type)
    return None if answer is None else (own.python_name, answer)


def _answer(kind: Any) -> Callable[[Any], Any] | None:
    """What makes an answer of a value that is there: for leaves, and for lists of leaves that are all there."""
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if is_leaf_type(bare):
        made: Callable[[Any], Any] = bare.coerce_output_value
        return made
    if not isinstance(bare, GraphQLList):
        return None
    inner = bare.of_type.of_type if isinstance(bare.of_type, GraphQLNonNull) else bare.of_type
    return _each(inner.coerce_output_value) if is_leaf_type(inner) else None


def _each(made: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What makes a list of answers; None where one of them is missing."""

    def answer(values: Any) -> list[Any] | None:
        found = [None if value is None else made(value) for value in values] if type(values) is list else [None]
        return None if None in found else found

    return answer
