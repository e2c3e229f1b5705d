"""The short way for fields that are an attribute and nothing more: most of a page is made of them.

The executor gives each field a record of where it stands and its arguments, and asks five times what kind of type it
has. A text that stands in an attribute needs none of that, nor does an object of such texts alone, nor a list of these.
Whatever is not plainly such a field, and whatever is wrong with its value, goes the executor's own way, so that answers
and errors are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLField, GraphQLList, GraphQLNonNull, GraphQLObjectType, is_leaf_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

Plain = tuple[str, Callable[[Any], Any], bool]
"""The attribute that a field shows, what makes its answer, and whether it may be missing.

What makes the answer raises or gives None for what is not plain.
"""
Plains = tuple[tuple[str, Plain], ...]
"""The fields that are asked for of an object, by the names of their answers."""
SETTLED = frozenset({str, int, float, bool, list, dict})
"""What an answer mostly is, and nobody waits for."""


class Execution(StrawberryGraphQLCoreExecutionContext):
    """Runs one operation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plains: dict[int, tuple[Any, Plains | None]] = {}

    def execute_field(self, parent_type: Any, source: Any, nodes: Any, path: Any, *more: Any) -> Any:
        """The answer of one field."""
        plain = self._plain(parent_type, nodes)
        if plain is not None:
            found = self._answers(source, (("", plain),))
            if found is not None:
                return found[""]
        return super().execute_field(parent_type, source, nodes, path, *more)

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, grouped_field_set: Any, *more: Any) -> Any:
        """The answers of all fields of one object."""
        plains = self._plains_of(parent_type, grouped_field_set)
        found = None if plains is None else self._answers(source_value, plains)
        if found is not None:
            return found
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, *more)

    def complete_list_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, *more: Any
    ) -> Any:
        """A list of objects, or of anything."""
        plains = self._plains_of_each(return_type, field_details_list) if type(result) is list else None
        if plains is not None:
            found = [self._answers(one, plains) for one in result]
            if None not in found:
                return found
        return super().complete_list_value(return_type, field_details_list, info, path, result, *more)

    def _answers(self, source: Any, plains: Plains) -> dict[str, Any] | None:
        """The answers of some fields; None where one of them is not plain after all."""
        found: dict[str, Any] = {}
        try:
            for name, (attribute, answer, may_miss) in plains:
                value = getattr(source, attribute)
                made = None if value is None else answer(value)
                if made is None:
                    if value is not None or not may_miss:
                        return None
                elif type(made) not in SETTLED and self.is_awaitable(made):
                    return None
                found[name] = made
        except Exception:  # noqa: BLE001 - the executor meets the same, and makes an error of it that says where
            return None
        return found

    def _plains_of_each(self, kind: Any, nodes: Any) -> Plains | None:
        """The fields of each object of a list, where the objects are all of one type and have plain fields alone."""
        bare = kind.of_type.of_type if isinstance(kind.of_type, GraphQLNonNull) else kind.of_type
        if not isinstance(bare, GraphQLObjectType) or bare.is_type_of or nodes[0].node.directives:
            return None
        grouped, deferred, *_ = self.collect_subfields(bare, nodes)
        return None if deferred else self._plains_of(bare, grouped)

    def _plains_of(self, parent_type: Any, grouped: Any) -> Plains | None:
        """The fields of an object where all are plain; looked at once a selection."""
        known = self._plains.get(id(grouped))
        if known is None:
            every = [(name, self._plain(parent_type, nodes)) for name, nodes in grouped.items()]
            plains = tuple((name, plain) for name, plain in every if plain is not None)
            # kept with its selection, whose number would else be another's one day
            known = self._plains[id(grouped)] = grouped, plains if len(plains) == len(every) else None
        return known[1]

    def _plain(self, parent_type: Any, nodes: Any) -> Plain | None:
        field = self.schema.get_field(parent_type, nodes[0].node.name.value)
        return None if field is None or self._wrapped(field) else plain_of(field)

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
    return None if answer is None else (own.python_name, answer, not isinstance(field.type, GraphQLNonNull))


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
