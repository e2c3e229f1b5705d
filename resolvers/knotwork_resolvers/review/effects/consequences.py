"""What a run that nobody made would do to segments, told by the functions that tell them of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork_graph.model import customer_id
from knotwork_graph.policy import Policy
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import NOBODY

if TYPE_CHECKING:
    from knotwork_resolvers.segments import Definitions

Named = tuple[tuple[str, str], ...]
MOST = 200
"""So many customers are asked for their segments one by one; of a decision that changes more these are not told."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Which customers there were and will be, and for each that will be those it had anything of.

    ``owners``: customers that lose or gain events, though maybe no identifier.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    sources: Mapping[int, frozenset[int]]
    owners: frozenset[int] = frozenset()

    @property
    def everybody(self) -> frozenset[int]:
        """All of them."""
        return self.owners.union(self.before, self.after)


def handover(before: Iterable[int], after: Iterable[int], owners: frozenset[int]) -> Handover:
    """The customers of identifiers, before and after, a pair for each identifier; only those of whom one changed.

    ``owners`` lose or gain events.
    """
    pairs = set(zip(before, after, strict=True))
    touched = {one for pair in pairs if pair[0] != pair[1] for one in pair} - {NOBODY}
    sources: dict[int, set[int]] = {}
    for old, new in pairs:
        if new in touched and old != NOBODY:
            sources.setdefault(new, set()).add(old)
    olds, news = ({pair[side] for pair in pairs} & touched for side in (0, 1))
    held = {one: frozenset(some) for one, some in sources.items()}
    return Handover(tuple(sorted(olds)), tuple(sorted(news)), held, owners)


def segments_moved(
    now: Home, then: Home, policy: Policy, hands: Handover, definitions: Definitions, at: int
) -> tuple[Named, Named]:
    """What customers would enter, and what they would leave: (customer, segment); at a moment in microseconds."""
    from knotwork_resolvers.segments import Ground
    from knotwork_resolvers.segments.query import query_of

    query = query_of(definitions.segments, policy.profiles)
    found = []
    for home, some in ((now, hands.before), (then, hands.after)):
        customers = sorted(hands.owners.union(some))
        with closing(Ground(home, policy)) as ground:
            rows = ground.ask(query, at, customers) if customers else []
        inside = {(row["customer"], name) for row in rows for name, column in query.segments.items() if row[column]}
        found.append({(customer_id(one), name) for one, name in inside})
    was, will = found
    return tuple(sorted(will - was)), tuple(sorted(was - will))
