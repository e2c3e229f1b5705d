"""Queries that passed every check already: programs send the same few texts over and over."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from graphql.language import DocumentNode

KEPT, LONGEST = 128, 8_000
"""So many texts are kept, none of more characters: a parsed text takes some hundred times its length."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The documents of queries that nothing was wrong with, the least recently asked forgotten first.

    What is wrong for one caller may be right for another, so each is kept with whether its caller could ask for the
    schema. Used on the event loop alone.
    """

    _documents: OrderedDict[tuple[str, bool], DocumentNode] = field(default_factory=OrderedDict)

    def find(self, query: str, *, introspects: bool) -> DocumentNode | None:
        """The document of a text that was checked for such a caller; O(1)."""
        found = self._documents.get((query, introspects))
        if found is not None:
            self._documents.move_to_end((query, introspects))
        return found

    def keep(self, query: str, document: DocumentNode, *, introspects: bool) -> None:
        """Remember a document that passed."""
        if len(query) > LONGEST:
            return
        self._documents[query, introspects] = document
        if len(self._documents) > KEPT:
            self._documents.popitem(last=False)

    def __len__(self) -> int:
        return len(self._documents)
