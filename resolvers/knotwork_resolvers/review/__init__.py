"""Review: a machine suggests, a person decides. Here are the rules that decisions obey among themselves."""

from knotwork_resolvers.review.decisions import Book, Objection
from knotwork_resolvers.review.gathering import book_around, decisions_around

__all__ = ["Book", "Objection", "book_around", "decisions_around"]
