"""What a query may cost before any of it runs. Each refusal names the limit, what it allows and what was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLError, Source
from graphql.language import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    Lexer,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    TokenKind,
    Visitor,
    visit,
)
from graphql.validation import NoSchemaIntrospectionCustomRule, ValidationContext, ValidationRule
from strawberry.extensions import SchemaExtension

from knotwork.graphql.errors import problem

DEPTH = 10
DEEPEST_TYPE = 15  # the standard question for a schema asks for lists of lists of types
ALIASES = 15
TOKENS = 1_000
DIRECTIVES = 5
REPEATS = 5
ROWS = 60_000
CHARACTERS = 20_000
PAGES = {"first": 100, "last": 500, "ids": 100}  # what a variable is taken for, and the most that a field allows
DEFAULT_ROWS = {"changes": 50, "customers": 20, "decisions": 50, "journey": 50, "runs": 20, "sessions": 50}


def over(limit: str, allowed: int, found: int, words: str) -> GraphQLError:
    """The refusal of what goes over ``limit``."""
    message = f"{words}: {found} {limit}, and at most {allowed} are allowed"
    return problem("TOO_COSTLY", message, limit=limit, allowed=allowed, found=found)


class Bounds(SchemaExtension):
    """Counts what a query has before it is parsed, and asks the rules of this module when it is checked."""

    def on_operation(self) -> Iterator[None]:
        """Refuse what is too long to be read; hand the rest to the rules."""
        query = self.execution_context.query or ""
        if len(query) > CHARACTERS:
            raise over("characters", CHARACTERS, len(query), "this query is too long")
        found = tokens(query)
        if found > TOKENS:
            raise over("tokens", TOKENS, found, "this query is too long")
        rules: tuple[type[Any], ...] = (*self.execution_context.validation_rules, CostRule)
        if not self.execution_context.context.introspects:
            rules = (*rules, NoSchemaIntrospectionCustomRule)
        self.execution_context.validation_rules = rules
        yield


def tokens(query: str) -> int:
    """How many tokens a text has; counting ends beyond the limit, or where it is no GraphQL."""
    lexer, count = Lexer(Source(query)), 0
    try:
        while count <= TOKENS and lexer.advance().kind is not TokenKind.EOF:
            count += 1
    except GraphQLError:
        pass  # the parser will say it better
    return count


class CostRule(ValidationRule):
    """Refuses what is too deep, has too many aliases, directives or repeats, or asks for too many rows."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        document = context.document
        for limit, allowed, found, words in measured(document):
            if found > allowed:
                self.report_error(over(limit, allowed, found, words))


def measured(document: DocumentNode) -> Iterator[tuple[str, int, int, str]]:
    """Each limit, what it allows, what a document has of it, and what to say where that is more."""
    counted = _Counter()
    visit(document, counted)
    yield "directives", DIRECTIVES, counted.directives, "this query is too costly"
    yield "aliases", ALIASES, counted.aliases, "this query is too costly"
    yield "repeats of one field", REPEATS, counted.repeats, "ask for each field once"
    parts = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            types = any(name.startswith("__") for name in names(operation.selection_set))
            deepest = DEEPEST_TYPE if types else DEPTH
            found = _depth(operation.selection_set, parts, frozenset(), deepest + 1)
            yield "levels of depth", deepest, found, "this query is too deep"
            rows = _rows(operation.selection_set, parts, 1, frozenset())
            yield "rows", ROWS, rows, "this query can ask for too many rows; ask for smaller pages"


Parts = Mapping[str, FragmentDefinitionNode]


def names(selection: SelectionSetNode) -> list[str]:
    """The names of the fields that stand in a selection itself."""
    return [node.name.value for node in selection.selections if isinstance(node, FieldNode)]


def _inner(node: Node, parts: Parts, within: frozenset[str]) -> tuple[SelectionSetNode | None, frozenset[str]]:
    """What a node selects; a fragment inside itself selects nothing, other rules refuse it."""
    if isinstance(node, FragmentSpreadNode):
        name = node.name.value
        return (parts[name].selection_set, within | {name}) if name in parts.keys() - within else (None, within)
    return (node.selection_set if isinstance(node, FieldNode | InlineFragmentNode) else None), within


def _depth(selection: SelectionSetNode | None, parts: Parts, within: frozenset[str], most: int) -> int:
    """How many levels of fields lie below each other, counted no further than ``most``."""
    deepest = 0
    for node in selection.selections if selection else ():
        own = isinstance(node, FieldNode)
        if most - own < 0 or deepest >= most:
            return most
        inner, inside = _inner(node, parts, within)
        deepest = max(deepest, own + _depth(inner, parts, inside, most - own))
    return deepest


def _rows(selection: SelectionSetNode | None, parts: Parts, times: int, within: frozenset[str]) -> int:
    """The rows that a selection can ask for."""
    total = 0
    for node in selection.selections if selection else ():
        size = _size(node) if isinstance(node, FieldNode) else 1
        total += times * size if size > 1 else 0
        inner, inside = _inner(node, parts, within)
        total += _rows(inner, parts, times * size, inside)
        if total > ROWS:  # nested fragments could make counting itself the attack
            return total
    return total


def _size(node: FieldNode) -> int:
    for argument in node.arguments or ():
        if argument.name.value in PAGES:
            value = argument.value
            most = PAGES[argument.name.value]
            return max(1, int(value.value)) if isinstance(value, IntValueNode) else most
    return DEFAULT_ROWS.get(node.name.value, 1)


class _Counter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.directives = self.aliases = self.repeats = 0

    def enter_directive(self, *_: DirectiveNode | Any) -> None:
        self.directives += 1

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.aliases += node.alias is not None

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        keys = Counter((one.alias or one.name).value for one in node.selections if isinstance(one, FieldNode))
        self.repeats = max(self.repeats, *keys.values()) if keys else self.repeats
