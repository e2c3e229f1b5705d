"""What a query may cost before any of it runs. Each refusal names the limit, what it allows and what was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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

from knotwork.graphql.checked import Checked
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
DEFAULT_ROWS = {
    "changes": 50, "customers": 20, "decisions": 50, "journey": 50, "reviewCases": 20, "runs": 20, "segmentMembers": 50,
    "sessions": 50,
}  # fmt: skip


def over(limit: str, allowed: int, found: int, words: str) -> GraphQLError:
    """The refusal of what goes over ``limit``."""
    message = f"{words}: {found} {limit}, and at most {allowed} are allowed"
    return problem("TOO_COSTLY", message, limit=limit, allowed=allowed, found=found)


class Bounds(SchemaExtension):
    """Counts what a query has before it is parsed, and asks the rules of this module when it is checked.

    A text that passed once is neither parsed nor checked again, for nothing in it can have changed.
    """

    def __init__(self, checked: Checked) -> None:
        super().__init__()
        self._checked = checked
        self._known = False

    def on_operation(self) -> Iterator[None]:
        """Refuse what is too long to be read; hand the rest to the rules."""
        context = self.execution_context
        query, introspects = context.query or "", context.context.introspects
        known = self._checked.find(query, introspects=introspects)
        self._known = known is not None
        if known is not None:
            context.graphql_document = known
        else:
            check_length(query)
            closed = () if introspects else (NoSchemaIntrospectionCustomRule,)
            context.validation_rules = (*context.validation_rules, CostRule, *closed)
        yield

    def on_validate(self) -> Iterator[None]:
        """Nothing is wrong with what was checked already; remember what passes now."""
        context = self.execution_context
        if self._known:
            context.pre_execution_errors = []
        yield
        if not self._known and not context.pre_execution_errors and context.graphql_document is not None:
            introspects = context.context.introspects
            self._checked.keep(context.query or "", context.graphql_document, introspects=introspects)


def check_length(query: str) -> None:
    """Refuse a text of too many characters or tokens, before it is parsed."""
    if len(query) > CHARACTERS:
        raise over("characters", CHARACTERS, len(query), "this query is too long")
    found = tokens(query)
    if found > TOKENS:
        raise over("tokens", TOKENS, found, "this query is too long")


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
    extent = Extent(document)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            deep, rows = extent.of(operation.selection_set)
            deepest = DEEPEST_TYPE if _asks_for_types(operation.selection_set) else DEPTH
            yield "levels of depth", deepest, deep, "this query is too deep"
            yield "rows", ROWS, rows, "this query can ask for too many rows; ask for smaller pages"


def _asks_for_types(selection: SelectionSetNode) -> bool:
    return any(isinstance(node, FieldNode) and node.name.value.startswith("__") for node in selection.selections)


class Extent:
    """How deep selections of one document go, and how many rows they can ask for; each fragment is measured once.

    Measured anew wherever it stands, fragments within fragments would make counting itself the attack.
    """

    def __init__(self, document: DocumentNode) -> None:
        definitions = document.definitions
        self._parts = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        self._known: dict[str, tuple[int, int]] = {}

    def of(self, selection: SelectionSetNode | None) -> tuple[int, int]:
        """The levels of fields below each other, and the rows: page sizes multiplied along each path and added up."""
        deepest = total = 0
        for node in selection.selections if selection else ():
            depth, rows = self._node(node)
            deepest, total = max(deepest, depth), total + rows
        return deepest, total

    def _node(self, node: Node) -> tuple[int, int]:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if not isinstance(node, FieldNode):
            return self.of(node.selection_set if isinstance(node, InlineFragmentNode) else None)
        depth, rows = self.of(node.selection_set)
        size = _size(node)
        return depth + 1, size * rows + (size if size > 1 else 0)

    def _fragment(self, name: str) -> tuple[int, int]:
        """The extent of a fragment; one inside itself adds nothing, for other rules refuse it."""
        if name in self._parts and name not in self._known:
            self._known[name] = (0, 0)
            self._known[name] = self.of(self._parts[name].selection_set)
        return self._known.get(name, (0, 0))


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
