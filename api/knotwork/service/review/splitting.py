"""Proposals to split a customer, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.errors import UnknownCustomerError
from knotwork_graph.model import customer_number
from knotwork_graph.policy import Policy

if TYPE_CHECKING:
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.review.split import SplitProposal

BIRTH_DATES = """
SELECT identifier, min(said) AS said FROM (
    SELECT unnest(bears) AS identifier, traits->>'$.birth_date' AS said FROM {events}
    WHERE traits LIKE '%"birth_date"%')
WHERE said IS NOT NULL GROUP BY identifier HAVING count(DISTINCT said) = 1
"""


def split_of(home: Home, policy: Policy, customer: str, side: Sequence[str] = ()) -> SplitProposal:
    """Where a customer falls apart most easily, or with ``side`` (keys) between these and all others.

    Raises ``UnknownCustomerError``, ``UsageError`` for what cannot be parted.
    """
    import numpy as np

    from knotwork_graph.model import Identifier
    from knotwork_resolvers.review.finding import scene_of
    from knotwork_resolvers.review.split import split_by_hand, suggest_split

    number = customer_number(customer) or 0
    members = home.store.members(number) if number else ()
    if not members:
        raise UnknownCustomerError(f"there is no customer {customer} now. Ask for one that there is.")
    ids = home.store.ids_of([Identifier(members[0].type, members[0].value)])
    scene = scene_of(home.store, policy, np.array(sorted(ids.values()), np.int64))
    if side:
        return split_by_hand(scene, number, side)
    return suggest_split(scene, number, contradicting(home, policy, number))


def contradicting(home: Home, policy: Policy, number: int) -> dict[str, str]:
    """For the identifiers of a customer whose events all bear one birth date, that date as a day."""
    import pyarrow as pa

    from knotwork_resolvers.engine import engine
    from knotwork_resolvers.normalise.dates import read_dates
    from knotwork_resolvers.profiles.events import events_of

    with engine(home.scratch) as connection:
        events = events_of(connection, home, policy, [number])
        rows = connection.sql(BIRTH_DATES.format(events=events)).fetchall()
    days = read_dates(pa.array([said for _, said in rows], pa.string())).day.to_pylist()
    keys = home.store.keys_of([identifier for identifier, _ in rows])
    told = zip(rows, days, strict=True)
    return {keys[identifier]: str(day) for (identifier, _), day in told if day is not None and identifier in keys}
