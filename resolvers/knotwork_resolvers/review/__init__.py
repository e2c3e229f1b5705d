"""Review: a machine suggests, a person decides. Here are the rules that decisions obey among themselves."""

from knotwork_resolvers.review.decisions import Book, Objection

__all__ = ["Book", "Objection"]
