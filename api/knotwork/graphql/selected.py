"""Which fields a query asks for, so that nothing is looked up that nobody will read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graphql.language import FieldNode, FragmentSpreadNode

if TYPE_CHECKING:
    from knotwork.graphql.context import Info


def selected(info: Info, *path: str) -> frozenset[str]:
    """The names of the fields that are asked for below this one, at the end of ``path``; O(query).

    A field that a directive may leave out counts as asked for.
    """
    raw: Any = info._raw_info  # noqa: SLF001 - Strawberry's own way in reads a fragment anew wherever it is named
    nodes: list[FieldNode] = list(raw.field_nodes)
    for name in path:
        nodes = [one for one in below(nodes, raw.fragments) if one.name.value == name]
    return frozenset(one.name.value for one in below(nodes, raw.fragments))


def below(nodes: Iterable[FieldNode], fragments: Mapping[str, Any]) -> list[FieldNode]:
    """The fields right below some fields, those of fragments among them; each fragment is read once."""
    found: list[FieldNode] = []
    seen: set[str] = set()
    todo: list[Any] = [one.selection_set for one in nodes]
    while todo:
        selection = todo.pop()
        for one in selection.selections if selection else ():
            if isinstance(one, FieldNode):
                found.append(one)
            elif not isinstance(one, FragmentSpreadNode):
                todo.append(one.selection_set)
            elif one.name.value not in seen:
                seen.add(one.name.value)
                todo.append(fragments[one.name.value].selection_set)
    return found
