"""Few events on doubtful identifiers are settled in plain Python, as the query settles many."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.ownership import sharing
from knotwork_resolvers.ownership.sharing import Doubtful, settle_doubtful

RULES = ("session", "device_split", "last_identified")


def world(seed: int) -> tuple[Doubtful, np.ndarray, np.ndarray, pa.Table]:
    """Events on up to three doubtful identifiers, some of them of a known customer, around the gap of a session."""
    chance = Random(seed)  # noqa: S311 - no secret hangs on it
    count = chance.randint(1, 12)
    minutes = [chance.choice((0, 1, 29, 30, 31, 60, 61, 90, 200)) for _ in range(count)]
    bears = [sorted(chance.sample(range(3), chance.randint(1, 3))) for _ in range(count)]
    sighted = [(event, one) for event, some in enumerate(bears) for one in some]
    marked = np.array([True, True, chance.random() < 0.5])
    moment = datetime(2026, 3, 1)  # noqa: DTZ001 - as Arrow's columns have it, without a zone
    facts = pa.table(
        {
            "event_id": list(range(count)),
            "timestamp": pa.array([moment + timedelta(minutes=one) for one in minutes], pa.timestamp("us")),
            "source": [chance.choice(("app", "web")) for _ in range(count)],
            "message_id": [f"m-{event:02}" for event in range(count)],
        }
    )
    customers = np.array([chance.choice((0, 0, 0, 1, 2)) for _ in range(count)], np.int64)
    events, identifiers = (np.array(column, np.int64) for column in zip(*sighted, strict=True))
    return Doubtful(events, identifiers, marked, np.array([5, 3, 9])), np.arange(count), customers, facts


@pytest.mark.parametrize("rule", RULES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_both_ways_say_the_same(rule, seed):
    doubtful, events, customers, facts = world(seed)
    few = settle_doubtful(doubtful, events, customers, rule, facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "FEW", -1)
        many = settle_doubtful(doubtful, events, customers, rule, facts)
    for name in ("place", "customer", "reason"):
        assert getattr(few, name).tolist() == getattr(many, name).tolist(), name
