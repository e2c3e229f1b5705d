"""Tables that are made in another way for some customers than for everybody, and say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.model import Status
from knotwork_graph.policy import Policy, Stages
from knotwork_resolvers.profiles.consent import words_of
from knotwork_resolvers.profiles.figures import micros
from knotwork_resolvers.profiles.reading import ProfileReader

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import GraphReader
    from knotwork_resolvers.home import Home

STAGED = """(
SELECT customer, stage, CASE stage WHEN 'lost' THEN NULL WHEN 'at risk' THEN last + {at_risk} + 1
    ELSE least(last + {active} + 1, CASE WHEN {now} - back <= {active} THEN back + {active} + 1 END,
        CASE WHEN {now} - first <= {new} THEN first + {new} + 1 END) END AS until
FROM (SELECT customer, stage, epoch_us(first_seen) AS first, epoch_us(last_seen) AS last, epoch_us(back_at) AS back
    FROM {lifecycles}))
"""


def held_identifiers(store: GraphReader, customers: Sequence[int] | None) -> pa.Table:
    """The linking identifiers of some customers, or of all: Arrow columns ``customer, type``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if customers is None:
        rows = store.member_rows()
        return rows.filter(pc.equal(rows["status"], Status.LINKING.value)).select(["customer", "type"])
    held = store.members_of(customers)
    pairs = [(one, each.type) for one, every in held.items() for each in every if each.status is Status.LINKING]
    columns = list(zip(*pairs, strict=True)) or [(), ()]
    return pa.table({"customer": pa.array(columns[0], pa.int64()), "type": pa.array(columns[1], pa.string())})


def words_of_few(home: Home, policy: Policy, customers: Sequence[int]) -> pa.Table:
    """What some customers allow: Arrow columns ``customer, purpose, allowed``. Milliseconds for each."""
    import pyarrow as pa

    reader, held = ProfileReader(home, policy), home.store.members_of(customers)
    rows = [
        {"customer": one, "purpose": purpose, "allowed": words[0].allowed}
        for one, identifiers in held.items()
        for purpose, words in words_of(reader.said(one, identifiers)).items()
    ]
    types = [("customer", pa.int64()), ("purpose", pa.string()), ("allowed", pa.bool_())]
    return pa.Table.from_pylist(rows, schema=pa.schema(types))


def staged(lifecycles: str, stages: Stages, now: int) -> str:
    """The stage of each customer of ``lifecycles``, and ``until`` when (microseconds) time alone may change it."""
    spans = {name: micros(getattr(stages, name)) for name in ("new", "active", "at_risk")}
    return STAGED.format(lifecycles=lifecycles, now=now, **spans)
