"""Two places at once: sessions that overlap in time, in places that cannot be one."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from knotwork_resolvers.review.places import COLUMNS, of_bearers, overlaps

MINUTE = 60_000_000


def rows(*told):
    """Events as (minute, properties, bears)."""
    columns = list(zip(*told, strict=True)) or [(), (), ()]
    return pa.table(
        [
            pa.array([at * MINUTE for at in columns[0]], pa.int64()).cast(pa.timestamp("us")),
            pa.array([None if one is None else json.dumps(one) for one in columns[1]], pa.string()),
            pa.array(columns[2], pa.list_(pa.int64())),
        ],
        names=list(COLUMNS),
    )


def seen(left, right):
    """The kinds of place that differ, with the minutes from when until when."""
    found = overlaps(rows(*((*one, [1]) for one in left)), rows(*((*one, [2]) for one in right)))
    return [(one.begun.minute, one.ended.minute, one.place) for one in found]


HANOI, HUE = {"city": "Hanoi"}, {"city": "Hue"}


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        ([(0, HANOI), (20, None)], [(10, HUE)], [(10, 10, "city")]),
        ([(0, HANOI)], [(10, HUE)], []),
        ([(0, HANOI), (20, None)], [(10, {"city": " hanoi "})], []),
        ([(0, HANOI), (20, None)], [(10, None)], []),
        ([(0, HANOI), (31, None)], [(10, HUE)], []),
        ([(0, HANOI), (20, HUE)], [(10, HUE)], []),
        ([(0, {"store": "s1"}), (20, None)], [(10, HUE)], []),
        ([(0, {"store": 1, **HANOI}), (20, None)], [(5, {"store": 2, **HANOI})], [(5, 5, "store")]),
        ([(0, HANOI), (20, None)], [(5, HUE), (50, HUE)], [(5, 5, "city")]),
        ([(0, HANOI), (9, None), (50, HANOI), (59, None)], [(5, HUE), (55, HUE)], [(5, 5, "city"), (55, 55, "city")]),
        ([], [(5, HUE)], []),
    ],
    ids=[
        "at once elsewhere", "one after the other", "the same place", "it is not told where", "a pause in between",
        "one of both went there", "another kind of place", "two tills of a city", "one of two", "twice", "nobody",
    ],
)  # fmt: skip
def test_sessions_that_overlap_elsewhere(left, right, found):
    assert seen(left, right) == found
    assert seen(right, left) == found


def test_of_one_customer_the_events_of_either_part_alone_count():
    table = rows((0, None, [1, 5]), (1, None, [2]), (2, None, [1, 2]), (3, None, None), (4, None, [5]))
    left, right = of_bearers(table, {1}, {2})
    assert [one["bears"] for one in left.to_pylist()] == [[1, 5]]
    assert [one["bears"] for one in right.to_pylist()] == [[2]]
