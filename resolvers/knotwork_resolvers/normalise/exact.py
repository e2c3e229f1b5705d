"""Values that are taken as they are: cookies, account numbers, order numbers."""

from __future__ import annotations

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise.draft import Draft, Strings, linking


def normalise_exact(values: Strings, _rule: IdentifierRule) -> Draft:
    """The trimmed values themselves."""
    return linking(values)
