"""A short name of what people look at when they decide, which changes when that does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from knotwork_graph.model import Identifier
from knotwork_graph.ports import GraphReader


def revision_of(store: GraphReader, keys: Iterable[str]) -> str:
    """A name of whose ``keys`` are, with what else these customers hold, and of the decisions on them.

    Nothing that happens elsewhere changes it. O(identifiers of these customers).
    """
    asked = sorted(set(keys))
    owners = {key: store.customer_of(Identifier.parse(key)) for key in asked}
    members = store.members_of(sorted({number for number in owners.values() if number}))
    held = {str(number): sorted((one.key, one.status) for one in some) for number, some in members.items()}
    said = [one.number for one in store.decisions_on(asked)]
    return hashlib.sha256(json.dumps([owners, held, said], sort_keys=True).encode()).hexdigest()[:12]
