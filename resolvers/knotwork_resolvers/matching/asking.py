"""What a model says of two records, whether they were proposed or not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from knotwork_graph.errors import UnknownCustomerError, UsageError
from knotwork_graph.model import Identifier
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import MatchBook
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.match.columns import Prepared, prepare
from knotwork_resolvers.match.index import meet
from knotwork_resolvers.match.model import Model
from knotwork_resolvers.matching.evidence import Waterfall, waterfalls
from knotwork_resolvers.matching.gathering import Gathered, gather
from knotwork_resolvers.matching.recent import MOST_FRESH, changed_customers, recent
from knotwork_resolvers.matching.running import evidence_in
from knotwork_resolvers.matching.shelved import kept_model, shelved
from knotwork_resolvers.run.guessed import is_stray

NEVER = "nothing was matched yet by this version, so there is no model to ask; `knotwork match` makes one"


def compare_two(home: Home, policy: Policy, book: MatchBook, a: str, b: str) -> tuple[Waterfall, bool]:
    """The evidence on the records of two keys by the last model, and whether they are one without any joined pair.

    Gathers both and what changed since the last matching of everybody, whose index tells how rare a value is; every
    record where there is no index, or one of the two is an event of nobody. Raises ``UsageError`` before the first
    matching, ``UnknownCustomerError`` for a key that is no record's.
    """
    model = kept_model(book)
    if model is None:
        raise UsageError(NEVER)
    gathered, ready = _beside_index(home, policy, book, model, (a, b)) or _among_all(home, policy, (a, b))
    for key in (a, b):
        if key not in gathered.named:
            raise UnknownCustomerError(
                f"{key}: nobody holds it, or it links nothing. `knotwork customer {key}` says which."
            )
    rows = _rows(gathered, (a, b))
    (found,) = waterfalls(ready, rows[:1], rows[1:], model)
    return found, gathered.named[a] == gathered.named[b]


def _rows(gathered: Gathered, keys: tuple[str, str]) -> Ints:
    named: Mapping[str, int] = gathered.named
    return np.asarray(np.searchsorted(gathered.records.id, [named[key] for key in keys]), np.int64)


def _among_all(home: Home, policy: Policy, keys: tuple[str, str]) -> tuple[Gathered, Prepared]:
    """Every record."""
    gathered = gather(home, policy, frozenset(keys))
    return gathered, prepare(evidence_in(gathered))


def _beside_index(
    home: Home, policy: Policy, book: MatchBook, model: Model, keys: tuple[str, str]
) -> tuple[Gathered, Prepared] | None:
    """The records of both keys, with values as common as the index and what came since say; None without an index."""
    found = None if any(map(is_stray, keys)) else shelved(book, model)
    if found is None:
        return None
    owners = np.array([home.store.customer_of(Identifier.parse(key)) for key in keys], np.int64)
    customers = np.union1d(changed_customers(home, policy, found.made), owners[owners > 0])
    if len(customers) > MOST_FRESH or not owners.all():
        return None
    new = recent(home, policy, found.made, found.made, customers, found.index.roles, frozenset(keys))
    met = meet(found.index, evidence_in(new.gathered), np.zeros(0, np.int64), found.rows(new.gone))
    return new.gathered, met.prepared
