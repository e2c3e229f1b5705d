"""What a model says of two records, whether they were proposed or not."""

from __future__ import annotations

import numpy as np

from knotwork_graph.errors import UnknownCustomerError, UsageError
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import MatchBook
from knotwork_resolvers.home import Home
from knotwork_resolvers.match.columns import prepare
from knotwork_resolvers.matching.evidence import Waterfall, waterfalls
from knotwork_resolvers.matching.gathering import gather
from knotwork_resolvers.matching.running import evidence_in
from knotwork_resolvers.matching.shelved import kept_model

NEVER = "nothing was matched yet by this version, so there is no model to ask; `knotwork match` makes one"


def compare_two(home: Home, policy: Policy, book: MatchBook, a: str, b: str) -> tuple[Waterfall, bool]:
    """The evidence on the records of two keys by the last model, and whether they are one without any joined pair.

    Gathers every record, for how rare a value is stands in all of them. Raises ``UsageError`` before the first
    matching, ``UnknownCustomerError`` for a key that is no record's.
    """
    model = kept_model(book)
    if model is None:
        raise UsageError(NEVER)
    gathered = gather(home, policy, frozenset({a, b}))
    for key in (a, b):
        if key not in gathered.named:
            raise UnknownCustomerError(
                f"{key}: nobody holds it, or it links nothing. `knotwork customer {key}` says which."
            )
    rows = np.searchsorted(gathered.records.id, [gathered.named[a], gathered.named[b]])
    (found,) = waterfalls(prepare(evidence_in(gathered)), rows[:1], rows[1:], model)
    return found, gathered.named[a] == gathered.named[b]
