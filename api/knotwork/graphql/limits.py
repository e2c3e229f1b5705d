"""What a query may cost before any of it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError
from graphql.language import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    visit,
)
from graphql.validation import ValidationContext, ValidationRule
from strawberry.extensions import AddValidationRules, MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter

DEPTH = 10
ALIASES = 15
TOKENS = 1_000
DIRECTIVES = 5
ROWS = 60_000
PAGES = {"first": 100, "last": 500}  # what a variable is taken for, and the most that a field allows
DEFAULT_ROWS = {"changes": 50, "customers": 20, "decisions": 50, "journey": 50}


def limits() -> list[Any]:
    """Factories of the extensions that refuse a query that is too deep, too long, or asks for too many rows."""
    return [
        lambda: QueryDepthLimiter(max_depth=DEPTH),
        lambda: MaxAliasesLimiter(max_alias_count=ALIASES),
        lambda: MaxTokensLimiter(max_token_count=TOKENS),
        lambda: AddValidationRules([CostRule]),
    ]


class CostRule(ValidationRule):
    """Refuses more than ``DIRECTIVES`` directives, and page sizes whose products add up to more than ``ROWS``."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        document = context.document
        directives = _directives(document)
        if directives > DIRECTIVES:
            self._refuse(f"{directives} directives are too many; at most {DIRECTIVES} are allowed")
        parts = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
        for operation in document.definitions:
            if isinstance(operation, OperationDefinitionNode):
                rows = _rows(operation.selection_set, parts, 1, frozenset())
                if rows > ROWS:
                    self._refuse(f"this query can ask for {rows} rows; ask for smaller pages, at most {ROWS} in all")

    def _refuse(self, message: str) -> None:
        self.report_error(GraphQLError(message, extensions={"code": "TOO_COSTLY"}))


Parts = Mapping[str, FragmentDefinitionNode]


def _rows(selection: SelectionSetNode | None, parts: Parts, times: int, within: frozenset[str]) -> int:
    """The rows that a selection can ask for; a fragment inside itself counts once, other rules refuse it."""
    total = 0
    for node in selection.selections if selection else ():
        if isinstance(node, FieldNode):
            size = _size(node)
            total += times * size if size > 1 else 0
            total += _rows(node.selection_set, parts, times * size, within)
        elif isinstance(node, InlineFragmentNode):
            total += _rows(node.selection_set, parts, times, within)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in parts.keys() - within:
            name = node.name.value
            total += _rows(parts[name].selection_set, parts, times, within | {name})
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


def _directives(document: DocumentNode) -> int:
    counted = _DirectiveCounter()
    visit(document, counted)
    return counted.count


class _DirectiveCounter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def enter_directive(self, *_: DirectiveNode | Any) -> None:
        self.count += 1
